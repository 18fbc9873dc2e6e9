/*
 * A websocket server's answer and frames: at once and in pieces must come to
 * the same. The first byte seeds how they are split.
 */
#include "err.h"
#include "wsframe.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_message(void *context, enum ws_opcode opcode, const char *data,
		       size_t size)
{
	buf_printf(context, "%d %zu:", (int)opcode, size);
	buf_add(context, data, size);
}

static bool run(const char *data, size_t size, unsigned seed, struct buf *seen)
{
	struct ws_decoder decoder = { 0 };
	bool good = true;

	while (size && good) {
		size_t piece = seed ? (seed = seed * 1103515245u + 12345u,
				       (seed >> 16) % 9)
				    : size;

		if (piece > size)
			piece = size;
		good = ws_feed(&decoder, data, piece, on_message, seen);
		data += piece;
		size -= piece;
	}
	ws_decoder_free(&decoder);
	return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_buf struct buf whole = { 0 }, pieces = { 0 };
	const char *frames = (const char *)data + 1;
	struct ws_answer answer;
	bool good;

	if (!size)
		return 0;
	size--;
	if (ws_check_upgrade(frames, size, "dGhlIHNhbXBsZSBub25jZQ==", &answer) !=
	    WS_UPGRADE_MORE) {
		if (answer.size > size)
			BUG("an answer beyond its end");
		frames += answer.size;
		size -= answer.size;
	}
	good = run(frames, size, 0, &whole);
	if (run(frames, size, data[0] + 1u, &pieces) != good ||
	    whole.size != pieces.size ||
	    (whole.size && memcmp(whole.data, pieces.data, whole.size) != 0))
		BUG("the pieces come to something else than the whole");
	return 0;
}
