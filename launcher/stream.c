#include "stream.h"

#include <stdint.h>
#include <string.h>

#define LINE_LIMIT ((size_t)1 << 20)

static void ndjson_line(struct ndjson *ndjson,
			void (*on_object)(void *context, json_t *object), void *context)
{
	json_t *object = NULL;

	if (!ndjson->skipping && ndjson->line.size)
		object = json_loadb(ndjson->line.data, ndjson->line.size, 0, NULL);
	ndjson->skipping = false;
	buf_clear(&ndjson->line);
	if (json_is_object(object))
		on_object(context, object);
	json_decref(object);
}

static void ndjson_add(struct ndjson *ndjson, const char *data, size_t size)
{
	if (ndjson->skipping)
		return;
	if (size > LINE_LIMIT - ndjson->line.size) {
		ndjson->overlong = ndjson->skipping = true;
		buf_clear(&ndjson->line);
		return;
	}
	buf_add(&ndjson->line, data, size);
}

void ndjson_feed(struct ndjson *ndjson, const char *data, size_t size,
		 void (*on_object)(void *context, json_t *object), void *context)
{
	while (size) {
		const char *end = memchr(data, '\n', size);
		size_t piece = end ? (size_t)(end - data) : size;

		ndjson_add(ndjson, data, piece);
		if (!end)
			return;
		ndjson_line(ndjson, on_object, context);
		data += piece + 1;
		size -= piece + 1;
	}
}

void ndjson_end(struct ndjson *ndjson, void (*on_object)(void *context, json_t *object),
		void *context)
{
	ndjson_line(ndjson, on_object, context);
}

void ndjson_free(struct ndjson *ndjson)
{
	buf_free(&ndjson->line);
}

const char *ndjson_error(const json_t *object)
{
	const json_t *detail = json_object_get(object, "errorDetail");
	const char *text = json_string_value(json_object_get(detail, "message"));

	if (!text)
		text = json_string_value(json_object_get(object, "error"));
	if (!text && json_is_object(detail))
		text = "the engine reports an error without a message";
	return text;
}

static bool demux_header_is_good(const unsigned char header[8])
{
	/* 0 is stdin, which an engine may echo as stdout; 3 is a system error. */
	return header[0] <= 3 && !header[1] && !header[2] && !header[3];
}

/* Takes what of the frame's header is there; true when it is complete. */
static bool demux_take_header(struct demux *demux, const char **data, size_t *size)
{
	size_t missing = sizeof(demux->header) - demux->header_size;
	size_t piece = *size < missing ? *size : missing;
	const unsigned char *h = demux->header;

	memcpy(demux->header + demux->header_size, *data, piece);
	demux->header_size += piece;
	*data += piece;
	*size -= piece;
	if (demux->header_size < sizeof(demux->header))
		return false;
	if (!demux_header_is_good(h)) {
		demux->broken = true;
		return false;
	}
	demux->left = (size_t)((uint32_t)h[4] << 24 | (uint32_t)h[5] << 16 |
			       (uint32_t)h[6] << 8 | (uint32_t)h[7]);
	if (!demux->left)
		demux->header_size = 0;
	return true;
}

void demux_feed(struct demux *demux, const char *data, size_t size,
		void (*on_piece)(void *context, int fd, const char *data, size_t size),
		void *context)
{
	while (size && !demux->broken) {
		size_t piece;

		if (!demux->left) {
			demux_take_header(demux, &data, &size);
			continue;
		}
		piece = size < demux->left ? size : demux->left;
		demux->left -= piece;
		if (!demux->left)
			demux->header_size = 0;
		on_piece(context, demux->header[0] >= 2 ? 2 : 1, data, piece);
		data += piece;
		size -= piece;
	}
}
