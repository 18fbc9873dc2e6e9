#include "utf8.h"

#include "printable.h"

size_t utf8_valid(const char *text, size_t size)
{
	size_t at = 0, length;
	uint32_t point;

	while ((length = utf8_decode(text + at, size - at, &point)))
		at += length;
	return at;
}

bool utf8_has_control(const char *text, size_t size)
{
	for (size_t at = 0, length; at < size; at += length ? length : 1) {
		uint32_t point = 0;

		length = utf8_decode(text + at, size - at, &point);
		if ((point < 0x20 && point != '\t') || (point >= 0x7f && point <= 0x9f))
			return true;
	}
	return false;
}
