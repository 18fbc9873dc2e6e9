/*
 * What loop.c, http.c and conn.c share: one libcurl easy handle on the loop.
 * libcurl forbids adding and removing handles inside its callbacks, so both
 * always wait for the loop's next safe point; that makes starting and ending
 * anything fine everywhere.
 */
#ifndef LIFTOFF_LOOP_TRANSFER_H
#define LIFTOFF_LOOP_TRANSFER_H

#include "loop.h"

struct transfer {
	CURL *easy; /* owned by whoever embeds the transfer; on_free cleans it up */
	void (*on_done)(struct transfer *transfer, CURLcode code);
	void (*on_free)(struct transfer *transfer);
	bool waiting;  /* to be added at the next safe point */
	bool in_multi; /* libcurl has it */
	bool dead;     /* dropped: no callback may run any more */
	TAILQ_ENTRY(transfer) link;
};

/* Adds it at the next safe point; again after on_done sends it once more. */
void transfer_start(struct loop *loop, struct transfer *transfer);
/* Ends it and calls on_free, both at the next safe point. Twice is fine. */
void transfer_drop(struct loop *loop, struct transfer *transfer);
/* http and https, nothing else that libcurl could do. */
void transfer_limit_protocols(CURL *easy);
/* A callback ran: the caller of loop_step() must look around before it polls. */
void loop_touch(struct loop *loop);

#endif
