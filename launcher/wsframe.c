#include "wsframe.h"

#include "err.h"
#include "printable.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

struct frame {
	enum ws_opcode opcode;
	bool last;
	const char *data;
	size_t size;  /* of its payload */
	size_t total; /* with its header */
};

/* ---- to the server ---- */

void ws_key_new(char key[WS_KEY_ROOM])
{
	unsigned char bytes[16];

	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		die_out_of_memory();
	EVP_EncodeBlock((unsigned char *)key, bytes, sizeof(bytes));
}

void ws_accept_for(const char *key, char accept[WS_ACCEPT_ROOM])
{
	static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
	auto_buf struct buf text = { 0 };
	unsigned char digest[EVP_MAX_MD_SIZE];

	buf_printf(&text, "%s%s", key, guid);
	if (EVP_Digest(text.data, text.size, digest, NULL, EVP_sha1(), NULL) != 1)
		die_out_of_memory();
	EVP_EncodeBlock((unsigned char *)accept, digest, 20);
}

static void add_clean(struct buf *out, const char *text)
{
	size_t size = 0;

	while ((unsigned char)text[size] > ' ' && text[size] != 0x7f)
		size++;
	buf_add(out, text, size);
}

void ws_request(struct buf *out, const char *host, const char *path, const char *key)
{
	buf_puts(out, "GET ");
	add_clean(out, path);
	buf_puts(out, " HTTP/1.1\r\nHost: ");
	add_clean(out, host);
	buf_printf(out,
		   "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
		   "Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n\r\n",
		   key);
}

static void add_big_endian(struct buf *out, uint64_t value, unsigned bytes)
{
	while (bytes--) {
		char byte = (char)(unsigned char)(value >> (8 * bytes));

		buf_add(out, &byte, 1);
	}
}

void ws_encode(struct buf *out, enum ws_opcode opcode, const void *data, size_t size,
	       const unsigned char mask[4])
{
	size_t start;

	add_big_endian(out, 0x80u | (unsigned)opcode, 1);
	add_big_endian(out, 0x80u | (size < 126 ? size : size <= 0xffff ? 126 : 127), 1);
	if (size > 0xffff)
		add_big_endian(out, size, 8);
	else if (size >= 126)
		add_big_endian(out, size, 2);
	buf_add(out, mask, 4);
	start = out->size;
	buf_add(out, data, size);
	for (size_t i = 0; i < size; i++)
		out->data[start + i] = (char)((unsigned char)out->data[start + i] ^
					      mask[i % 4]);
}

void ws_send(struct buf *out, enum ws_opcode opcode, const void *data, size_t size)
{
	unsigned char mask[4];

	if (RAND_bytes(mask, sizeof(mask)) != 1)
		die_out_of_memory();
	ws_encode(out, opcode, data, size, mask);
}

void ws_send_close(struct buf *out, uint16_t code)
{
	unsigned char data[2] = { (unsigned char)(code >> 8), (unsigned char)code };

	ws_send(out, WS_CLOSE, data, sizeof(data));
}

/* ---- frames from the server ---- */

static bool broken(struct ws_decoder *decoder, const char *why)
{
	decoder->why = why;
	return false;
}

static uint64_t big_endian(const unsigned char *data, unsigned bytes)
{
	uint64_t value = 0;

	while (bytes--)
		value = value << 8 | *data++;
	return value;
}

/* Why a frame's first two bytes and length break the rules; NULL: they do not. */
static const char *frame_fault(const unsigned char *head,
			       const struct ws_decoder *decoder)
{
	unsigned opcode = head[0] & 0x0f;
	bool control = opcode >= WS_CLOSE;

	if (head[0] & 0x70)
		return "a frame with reserved bits set";
	if (head[1] & 0x80)
		return "a masked frame from the server";
	if ((opcode > WS_BINARY && opcode < WS_CLOSE) || opcode > WS_PONG)
		return "a frame of unknown kind";
	if (control && (!(head[0] & 0x80) || (head[1] & 0x7f) > 125))
		return "a control frame that is fragmented or too long";
	if (!control && decoder->in_message != (opcode == WS_CONTINUATION))
		return "fragments out of order";
	return NULL;
}

/* 1: a whole frame; 0: more is needed; -1: broken. */
static int frame_take(struct ws_decoder *decoder, const char *data, size_t size,
		      struct frame *frame)
{
	const unsigned char *head = (const unsigned char *)data;
	unsigned wide;
	uint64_t length;

	if (size < 2)
		return 0;
	decoder->why = frame_fault(head, decoder);
	if (decoder->why)
		return -1;
	length = head[1] & 0x7f;
	wide = length == 127 ? 8 : length == 126 ? 2 : 0;
	if (size < 2 + wide)
		return 0;
	if (wide)
		length = big_endian(head + 2, wide);
	if (wide && length < (wide == 8 ? 0x10000u : 126u))
		decoder->why = "a length that is not the shortest";
	else if (length > WS_MESSAGE_LIMIT)
		decoder->why = "a message over 1 MiB";
	if (decoder->why)
		return -1;
	frame->opcode = (enum ws_opcode)(head[0] & 0x0f);
	frame->last = head[0] & 0x80;
	frame->data = data + 2 + wide;
	frame->size = (size_t)length;
	frame->total = 2 + wide + frame->size;
	return size >= frame->total;
}

static bool text_is_utf8(const char *data, size_t size)
{
	while (size) {
		uint32_t point;
		size_t length = utf8_decode(data, size, &point);

		if (!length)
			return false;
		data += length;
		size -= length;
	}
	return true;
}

static bool frame_into_message(struct ws_decoder *decoder, const struct frame *frame)
{
	if (frame->opcode != WS_CONTINUATION) {
		decoder->opcode = frame->opcode;
		decoder->in_message = true;
	}
	if (frame->size > WS_MESSAGE_LIMIT - decoder->message.size)
		return broken(decoder, "a message over 1 MiB");
	buf_add(&decoder->message, frame->data, frame->size);
	if (!frame->last)
		return true;
	if (decoder->opcode == WS_TEXT &&
	    !text_is_utf8(decoder->message.data, decoder->message.size))
		return broken(decoder, "text that is no UTF-8");
	return true;
}

static bool frame_handle(struct ws_decoder *decoder, const struct frame *frame,
			 void (*on_message)(void *context, enum ws_opcode opcode,
					    const char *data, size_t size),
			 void *context)
{
	if (frame->opcode >= WS_CLOSE) {
		if (frame->opcode == WS_CLOSE && frame->size == 1)
			return broken(decoder, "a close frame with half a code");
		decoder->closed = frame->opcode == WS_CLOSE;
		on_message(context, frame->opcode, frame->data, frame->size);
		return true;
	}
	if (!frame_into_message(decoder, frame))
		return false;
	if (frame->last) {
		decoder->in_message = false;
		on_message(context, decoder->opcode, buf_text(&decoder->message),
			   decoder->message.size);
		buf_clear(&decoder->message);
	}
	return true;
}

bool ws_feed(struct ws_decoder *decoder, const char *data, size_t size,
	     void (*on_message)(void *context, enum ws_opcode opcode, const char *data,
				size_t size),
	     void *context)
{
	struct frame frame;
	size_t at = 0;
	int taken = 0;

	if (decoder->why)
		return false;
	buf_add(&decoder->input, data, size);
	while (!decoder->closed &&
	       (taken = frame_take(decoder, decoder->input.data + at,
				   decoder->input.size - at, &frame)) > 0) {
		if (!frame_handle(decoder, &frame, on_message, context))
			return false;
		at += frame.total;
	}
	buf_consume(&decoder->input, decoder->closed ? decoder->input.size : at);
	return taken >= 0;
}

void ws_decoder_free(struct ws_decoder *decoder)
{
	buf_free(&decoder->input);
	buf_free(&decoder->message);
}
