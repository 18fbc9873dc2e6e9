/*
 * One step on its way: what converge.c and the step_*.c modules share. A step
 * module starts the work in start(), ends it by run_done() or run_fail()
 * exactly once, and abandons it in cancel().
 */
#ifndef LIFTOFF_RUN_H
#define LIFTOFF_RUN_H

#include "converge.h"
#include "events.h"

#include <stdint.h>

struct converge;

struct run {
	struct converge *owner;
	const struct converge_job *job;
	const struct step *step;
	size_t index;  /* of the step in the plan */
	int64_t began; /* loop_now() */
	bool running;
	bool retried; /* a call without an answer was sent again already */
	const struct step_class *class;
	struct request *request; /* the call in flight; cancelled with the run */
	void (*on_answer)(struct run *run, const struct response *response);
	struct timer timer; /* unset with the run */
	void *state;        /* the step module's own, in the arena */
};

struct step_class {
	void (*start)(struct run *run);
	void (*cancel)(struct run *run); /* NULL: request and timer are all there is */
	/* A container of the stack changed its state; NULL: of no interest. */
	void (*on_event)(struct run *run, const struct container_event *event);
	/* Must an interrupted launcher let it finish (it changes the engine)? */
	bool drain;
};

extern const struct step_class step_pull_class, step_network_class,
	step_network_remove_class, step_volume_class, step_volume_remove_class,
	step_create_class, step_start_class, step_stop_class, step_remove_class,
	step_ready_class, step_proof_class;

void run_done(struct run *run, const char *detail);
/* `more`: a longer text for people (log lines and the like), or NULL. */
void run_fail(struct run *run, const struct err *err, const char *more);
void run_progress(struct run *run, uint64_t done, uint64_t total, const char *detail);
/* Something to be said aloud that is no step of its own. */
void run_note(struct run *run, const char *text);

/* Sends an engine call, and its answer to `then`. It ends a call in flight. */
void run_call(struct run *run, const char *method, const char *path, json_t *json,
	      void (*then)(struct run *run, const struct response *response));
/* The same with a tar as body. */
void run_put(struct run *run, const char *path, const struct buf *tar,
	     void (*then)(struct run *run, const struct response *response));

/*
 * The usual end of a call: success ends the step, a lost answer sends it
 * `again` (NULL: no) once, and anything else fails it, with `what` was done.
 */
void run_answered(struct run *run, const struct response *response, const char *what,
		  void (*again)(struct run *run));

/*
 * Did the call end without an answer, for the first time? The engine may have
 * done it or not: the caller looks, or sends it again where that is harmless.
 */
bool run_lost_answer(struct run *run, const struct response *response);

/* The engine's id of a container: created by this plan or seen before. */
const char *run_container_id(const struct run *run);
void run_set_container_id(struct run *run, const char *id);
/* Was that container started by this plan? */
bool run_was_started(const struct run *run);
/* From now on on_event() is called, also in a plan that starts nothing. */
void run_watch(struct run *run);
/* Is there no core, since its first replica could not be brought up? */
bool run_core_failed(const struct run *run);
/* Milliseconds until the job's deadline; INT64_MAX without one. */
int64_t run_time_left(const struct run *run);
/* Do the stack's addresses answer from this host? Decided once the network stands. */
bool run_reaches_directly(struct run *run);

#endif
