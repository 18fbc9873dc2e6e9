#include "config.h"

#include "printable.h"

#include <stdbool.h>
#include <string.h>
#include <wchar.h>

size_t utf8_decode(const char *text, size_t size, uint32_t *point)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *bytes = (const unsigned char *)text;
	size_t length;
	uint32_t value;

	if (size == 0)
		return 0;
	if (bytes[0] < 0x80) {
		*point = bytes[0];
		return 1;
	}
	length = bytes[0] >= 0xf0 ? 4 : bytes[0] >= 0xe0 ? 3 : 2;
	if (bytes[0] < 0xc2 || bytes[0] > 0xf4 || size < length)
		return 0;
	value = bytes[0] & (0x7fU >> length);
	for (size_t i = 1; i < length; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (bytes[i] & 0x3f);
	}
	if (value < smallest[length] || value > 0x10ffff ||
	    (value >= 0xd800 && value <= 0xdfff))
		return 0;
	*point = value;
	return length;
}

static bool is_control(uint32_t point)
{
	return point < 0x20 || (point >= 0x7f && point <= 0x9f);
}

/* Marks that reorder what stands beside them, and line separators. */
static bool is_steering(uint32_t point)
{
	return (point >= 0x202a && point <= 0x202e) ||
	       (point >= 0x2066 && point <= 0x2069) || point == 0x2028 ||
	       point == 0x2029 || point == 0x200e || point == 0x200f || point == 0x061c ||
	       point == 0xfeff;
}

/* The size of a colour sequence (ESC [ digits m) at the start of text, or 0. */
static size_t colour_size(const char *text, size_t size)
{
	size_t at = 2;

	if (size < 3 || text[0] != '\033' || text[1] != '[')
		return 0;
	while (at < size && strchr("0123456789;:", text[at]) && text[at])
		at++;
	return at < size && text[at] == 'm' ? at + 1 : 0;
}

static void add_control(struct buf *out, uint32_t point, unsigned keep)
{
	if (point == '\n')
		buf_puts(out, keep & PRINTABLE_NEWLINE ? "\n" : "\\n");
	else if (point == '\t')
		buf_puts(out, keep & PRINTABLE_TAB ? "\t" : " ");
	else if (point == '\r')
		buf_puts(out, "\\r");
	else
		buf_printf(out, "\\x%02x", point);
}

void printable_add(struct buf *out, const char *text, size_t size, unsigned keep)
{
	while (size) {
		uint32_t point = 0;
		size_t length = utf8_decode(text, size, &point);
		size_t colour = keep & PRINTABLE_PLAIN ? colour_size(text, size) : 0;

		if (colour)
			length = colour;
		else if (!length)
			buf_printf(out, "\\x%02x", (unsigned char)text[0]);
		else if (is_control(point))
			add_control(out, point, keep);
		else if (is_steering(point))
			buf_printf(out, "\\u%04x", point);
		else
			buf_add(out, text, length);
		if (!length)
			length = 1;
		text += length;
		size -= length;
	}
}

static const char ellipsis[] = "…";

void printable_json(struct buf *out, const char *text, size_t size)
{
	while (size) {
		uint32_t point = 0;
		size_t length = utf8_decode(text, size, &point);

		if (!length || (point >= 0x7f && point <= 0x9f))
			buf_puts(out, "\xef\xbf\xbd");
		else
			buf_add(out, text, length);
		if (!length)
			length = 1;
		text += length;
		size -= length;
	}
}

static size_t point_width(uint32_t point)
{
	int width = wcwidth((wchar_t)point);

	/* A locale that does not know the character: most take one column. */
	return width < 0 ? 1 : (size_t)width;
}

/* The bytes of text that fill at most that many columns. */
static size_t fitting(const char *text, size_t columns, size_t *used)
{
	size_t size = strlen(text), at = 0;

	*used = 0;
	while (at < size) {
		uint32_t point = '?';
		size_t length = utf8_decode(text + at, size - at, &point);
		size_t width = point_width(point);

		if (*used + width > columns)
			break;
		*used += width;
		at += length ? length : 1;
	}
	return at;
}

size_t printable_width(const char *text)
{
	size_t used;

	fitting(text, (size_t)-1 / 2, &used);
	return used;
}

void printable_cut(struct buf *out, const char *text, size_t columns)
{
	size_t used, size = fitting(text, columns, &used);

	if (text[size] == '\0') {
		buf_add(out, text, size);
		return;
	}
	if (columns == 0)
		return;
	buf_add(out, text, fitting(text, columns - 1, &used));
	buf_puts(out, ellipsis);
}
