/*
 * One question to one replica, asked straight at its address: are you ready?
 */
#ifndef LIFTOFF_PROBE_H
#define LIFTOFF_PROBE_H

#include "loop.h"
#include "stack.h"

struct probe_result {
	bool ready;
	bool answered; /* something spoke, ready or not */
	char why[256]; /* in words: "HTTP 500", "connection refused", "no primary yet" */
};

struct probe_call {
	const struct probe *probe;
	const char *address;              /* IPv4, dotted */
	const char *replica_set, *member; /* with PROBE_REPLICA_SET: what must be */
	int64_t timeout_ms;
	void (*on_result)(void *context, const struct probe_result *result);
	void *context;
};

struct probing;

/* on_result comes once, later, unless cancelled; the probing is gone after it. */
struct probing *probe_start(struct loop *loop, const struct probe_call *call);
void probe_cancel(struct probing *probing); /* NULL is fine */

#endif
