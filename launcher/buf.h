/*
 * A growing byte string, always followed by a NUL that is not counted.
 * Zero-initialise to start. Growing never fails: it dies instead.
 */
#ifndef LIFTOFF_BUF_H
#define LIFTOFF_BUF_H

#include "cleanup.h"

#include <stddef.h>

struct buf {
	char *data; /* NULL while nothing was ever added */
	size_t size, room;
};

void buf_add(struct buf *buf, const void *data, size_t size);
void buf_puts(struct buf *buf, const char *text);
void buf_printf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
/* Removes the first `size` bytes. */
void buf_consume(struct buf *buf, size_t size);
void buf_clear(struct buf *buf); /* keeps the memory */
void buf_free(struct buf *buf);
/* The text, "" if empty; valid until the next change. */
const char *buf_text(const struct buf *buf);

#define auto_buf __attribute__((cleanup(buf_free)))

#endif
