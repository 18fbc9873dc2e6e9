#include "printable.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static const char ellipsis[] = "…";

static bool code_is_blank(uint32_t code)
{
	return code <= 0x20 || (code >= 0x7f && code <= 0xa0) || code == 0x061c ||
	       (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2060 && code <= 0x206f) || code == 0xfeff;
}

struct sink {
	char *out;
	size_t room, size;
	size_t last_fit; /* where an ellipsis still fits behind */
	bool full;
};

static void sink_add(struct sink *sink, const char *piece, size_t size)
{
	if (sink->full || sink->size + size >= sink->room) {
		sink->full = true;
		return;
	}
	memcpy(sink->out + sink->size, piece, size);
	sink->size += size;
	if (sink->size + sizeof(ellipsis) <= sink->room)
		sink->last_fit = sink->size;
}

static void sink_finish(struct sink *sink)
{
	if (sink->full && sizeof(ellipsis) <= sink->room) {
		memcpy(sink->out + sink->last_fit, ellipsis, sizeof(ellipsis) - 1);
		sink->size = sink->last_fit + sizeof(ellipsis) - 1;
	}
	sink->out[sink->size] = '\0';
}

void printable_copy(char *out, size_t room, const char *text, size_t size)
{
	struct sink sink = { .out = out, .room = room };
	bool blank = false;

	if (!room)
		return;
	for (size_t at = 0; at < size && !sink.full;) {
		uint32_t code = 0;
		size_t length = utf8_decode(text + at, size - at, &code);

		if (length && code_is_blank(code)) {
			blank = true;
			at += length;
			continue;
		}
		if (blank && sink.size)
			sink_add(&sink, " ", 1);
		blank = false;
		sink_add(&sink, length ? text + at : "?", length ? length : 1);
		at += length ? length : 1;
	}
	sink_finish(&sink);
}
