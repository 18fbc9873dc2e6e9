/*
 * Asking a replica by a command run inside it: MongoDB's replica set, and
 * every service where this host does not reach the stack's addresses.
 */
#ifndef LIFTOFF_READY_EXEC_H
#define LIFTOFF_READY_EXEC_H

#include "run.h"

enum ready_exec_outcome {
	READY_EXEC_NOTE,     /* something to say aloud; it goes on */
	READY_EXEC_WAITING,  /* why it is not ready yet; it goes on */
	READY_EXEC_READY,    /* the end: ready */
	READY_EXEC_NOT_YET,  /* the end: ask again later */
	READY_EXEC_HOPELESS, /* the end: asking again will not help */
};

struct ready_exec;

/* `text` says more in words; borrowed. The exec is gone after an end. */
struct ready_exec *ready_exec_start(struct run *run,
				    void (*on_outcome)(void *run,
						       enum ready_exec_outcome outcome,
						       const char *text));
void ready_exec_cancel(struct ready_exec *exec); /* NULL is fine */

#endif
