/*
 * A DDP client that does one thing: connects over a websocket, says
 * `connect` and waits for `connected`; raw at /websocket, or SockJS-framed
 * below /sockjs. Specification: meteor/meteor packages/ddp/DDP.md; SockJS
 * framing: sockjs-protocol 0.3.3 (o, a[…], h, c[…]).
 */
#ifndef LIFTOFF_DDP_H
#define LIFTOFF_DDP_H

#include "loop.h"

struct ddp_call {
	const char *url;  /* "http://127.0.0.1:3000", without path */
	const char *host; /* Host header */
	const char *path; /* "/websocket", or "/sockjs/000/abcdefgh/websocket" */
	bool sockjs;
	int64_t timeout_ms;
	/* Once, later, unless cancelled: why is NULL when connected. */
	void (*on_result)(void *context, const char *why);
	void *context;
};

struct ddp;

struct ddp *ddp_start(struct loop *loop, const struct ddp_call *call);
void ddp_cancel(struct ddp *ddp); /* NULL is fine */

/*
 * What one websocket message means. Pure: 1 connected, 0 wait on, -1 refused
 * (why says it).
 */
int ddp_read(const char *message, size_t size, bool sockjs, char *why, size_t why_size);

#endif
