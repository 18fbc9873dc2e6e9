/*
 * Which step may run now. A counter per step says how many steps it still
 * waits for; at 0 it is ready. A failed step takes those that need it with
 * it, the rest goes on. Pure.
 */
#ifndef LIFTOFF_SCHED_H
#define LIFTOFF_SCHED_H

#include "plan.h"

enum sched_state {
	SCHED_WAITING,
	SCHED_READY,
	SCHED_RUNNING,
	SCHED_DONE,
	SCHED_FAILED,
	SCHED_SKIPPED, /* something it needs failed */
};

struct sched {
	const struct plan *plan;
	enum sched_state *states;
	size_t *blockers;     /* steps each still waits for */
	size_t *culprits;     /* with SCHED_SKIPPED: the step that failed */
	size_t running, left; /* left: neither done, failed nor skipped */
};

void sched_init(struct sched *sched, struct arena *arena, const struct plan *plan);
/*
 * The first ready step, marked running; SIZE_MAX if none. Plan order is
 * priority: what others wait for stands first. `allowed` decides whether a
 * ready step may start now (a cap per kind); NULL allows all.
 */
size_t sched_next(struct sched *sched,
		  bool (*allowed)(void *context, const struct step *step), void *context);
void sched_done(struct sched *sched, size_t step);
/* Fails it and skips everything that needs it, directly or not. */
void sched_fail(struct sched *sched, size_t step);

#endif
