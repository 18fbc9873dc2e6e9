/*
 * The client's side of a websocket (RFC 6455), bytes in and bytes out: the
 * upgrade, masked frames to send, the server's frames taken apart wherever
 * they are split. Pure but for the randomness of keys and masks.
 */
#ifndef LIFTOFF_WSFRAME_H
#define LIFTOFF_WSFRAME_H

#include "buf.h"

#include <stdbool.h>
#include <stdint.h>

#define WS_KEY_ROOM 25    /* base64 of 16 bytes */
#define WS_ACCEPT_ROOM 29 /* base64 of a SHA-1 */
#define WS_MESSAGE_LIMIT ((size_t)1 << 20)

enum ws_opcode {
	WS_CONTINUATION = 0,
	WS_TEXT = 1,
	WS_BINARY = 2,
	WS_CLOSE = 8,
	WS_PING = 9,
	WS_PONG = 10,
};

/* A fresh random key for one upgrade. */
void ws_key_new(char key[WS_KEY_ROOM]);
/* What a server must answer to the key. */
void ws_accept_for(const char *key, char accept[WS_ACCEPT_ROOM]);
/* Adds the upgrade request; host and path end at their first control character. */
void ws_request(struct buf *out, const char *host, const char *path, const char *key);

enum ws_upgrade { WS_UPGRADE_MORE, WS_UPGRADE_DONE, WS_UPGRADE_REFUSED };

struct ws_answer {
	size_t size;     /* with DONE: of the answer; frames may follow it */
	int status;      /* HTTP status; 0: it was no HTTP */
	const char *why; /* with REFUSED, in words */
};

/* Looks at what the server answered so far to the upgrade. */
enum ws_upgrade ws_check_upgrade(const char *data, size_t size, const char *key,
				 struct ws_answer *answer);

/* Adds one masked frame that is a message of its own, with a random mask. */
void ws_send(struct buf *out, enum ws_opcode opcode, const void *data, size_t size);
/* Adds a close frame; code 1000 is a normal end. */
void ws_send_close(struct buf *out, uint16_t code);
/* The same as ws_send() with the mask given: for tests. */
void ws_encode(struct buf *out, enum ws_opcode opcode, const void *data, size_t size,
	       const unsigned char mask[4]);

struct ws_decoder {
	struct buf input;   /* an unfinished frame */
	struct buf message; /* an unfinished message */
	enum ws_opcode opcode;
	bool in_message;
	bool closed;     /* a close frame came: the rest is not looked at */
	const char *why; /* the server broke the rules: how; feed no more */
};

/*
 * Takes bytes in; calls on_message for each whole message (WS_TEXT, WS_BINARY)
 * and each WS_PING, WS_PONG and WS_CLOSE. A ping wants a WS_PONG with the same
 * data sent back, a close (its first two bytes are the code) a close.
 * False when the server broke the rules or a message is over 1 MiB.
 */
bool ws_feed(struct ws_decoder *decoder, const char *data, size_t size,
	     void (*on_message)(void *context, enum ws_opcode opcode, const char *data,
				size_t size),
	     void *context);
void ws_decoder_free(struct ws_decoder *decoder);

#endif
