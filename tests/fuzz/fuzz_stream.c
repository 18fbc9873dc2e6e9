/*
 * JSON lines and multiplexed frames: the same bytes at once and in pieces
 * must come to the same. The first byte seeds how they are split.
 */
#include "err.h"
#include "stream.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_object(void *context, json_t *object)
{
	auto_free char *text = json_dumps(object, JSON_COMPACT);
	const char *error = ndjson_error(object);

	buf_printf(context, "%s %s\n", text ? text : "", error ? error : "");
}

static void on_piece(void *context, int fd, const char *data, size_t size)
{
	struct buf *outs = context;

	buf_add(&outs[fd - 1], data, size);
}

struct result {
	struct buf objects;
	struct buf outs[2];
	bool broken;
};

static void run(const char *data, size_t size, unsigned seed, struct result *result)
{
	struct ndjson ndjson = { 0 };
	struct demux demux = { 0 };

	*result = (struct result){ 0 };
	while (size) {
		size_t piece = seed ? (seed = seed * 1103515245u + 12345u,
				       (seed >> 16) % 9)
				    : size;

		if (piece > size)
			piece = size;
		ndjson_feed(&ndjson, data, piece, on_object, &result->objects);
		demux_feed(&demux, data, piece, on_piece, result->outs);
		data += piece;
		size -= piece;
	}
	ndjson_end(&ndjson, on_object, &result->objects);
	result->broken = demux.broken;
	ndjson_free(&ndjson);
}

static void must_equal(const struct buf *a, const struct buf *b)
{
	if (a->size != b->size || (a->size && memcmp(a->data, b->data, a->size) != 0))
		BUG("the pieces come to something else than the whole");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct result whole, pieces;

	if (!size)
		return 0;
	run((const char *)data + 1, size - 1, 0, &whole);
	run((const char *)data + 1, size - 1, data[0] + 1u, &pieces);
	must_equal(&whole.objects, &pieces.objects);
	must_equal(&whole.outs[0], &pieces.outs[0]);
	must_equal(&whole.outs[1], &pieces.outs[1]);
	if (whole.broken != pieces.broken)
		BUG("broken in one, not in the other");
	buf_free(&whole.objects);
	buf_free(&pieces.objects);
	for (int i = 0; i < 2; i++) {
		buf_free(&whole.outs[i]);
		buf_free(&pieces.outs[i]);
	}
	return 0;
}
