#include "buf.h"

#include "err.h"

#include <stdarg.h>
#include <stdint.h>
#include <string.h>

static void buf_reserve(struct buf *buf, size_t more)
{
	size_t room = buf->room ? buf->room : 64;
	char *data;

	if (more >= SIZE_MAX / 4 - buf->size)
		die_out_of_memory();
	while (room < buf->size + more + 1)
		room *= 2;
	if (room == buf->room)
		return;
	data = realloc(buf->data, room);
	if (!data)
		die_out_of_memory();
	buf->data = data;
	buf->room = room;
}

void buf_add(struct buf *buf, const void *data, size_t size)
{
	buf_reserve(buf, size);
	if (size)
		memcpy(buf->data + buf->size, data, size);
	buf->size += size;
	buf->data[buf->size] = '\0';
}

void buf_puts(struct buf *buf, const char *text)
{
	buf_add(buf, text, strlen(text));
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args, again;
	int size;

	va_start(args, format);
	va_copy(again, args);
	size = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (size < 0)
		BUG("bad format");
	buf_reserve(buf, (size_t)size);
	vsnprintf(buf->data + buf->size, (size_t)size + 1, format, again);
	va_end(again);
	buf->size += (size_t)size;
}

void buf_consume(struct buf *buf, size_t size)
{
	if (size > buf->size)
		BUG("consuming more than there is");
	if (!size)
		return;
	memmove(buf->data, buf->data + size, buf->size - size + 1);
	buf->size -= size;
}

void buf_clear(struct buf *buf)
{
	buf->size = 0;
	if (buf->data)
		buf->data[0] = '\0';
}

void buf_free(struct buf *buf)
{
	free(buf->data);
	*buf = (struct buf){ 0 };
}

const char *buf_text(const struct buf *buf)
{
	return buf->data ? buf->data : "";
}
