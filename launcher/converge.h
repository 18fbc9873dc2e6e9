/*
 * The executor: runs a plan's steps, as many at once as may be, reports them,
 * and ends when nothing is left that can be done.
 */
#ifndef LIFTOFF_CONVERGE_H
#define LIFTOFF_CONVERGE_H

#include "engine.h"
#include "plan.h"
#include "report.h"

struct converge_job {
	struct engine *engine;
	struct arena *arena;
	const struct stack *stack;
	const struct world *world;
	struct plan *plan; /* its subnet changes if the first choice was taken */
	struct reporter *reporter;
	int64_t timeout_ms; /* for the whole; 0: none */
};

/*
 * Blocks on the loop until every step is done, failed or skipped. The first
 * SIGINT, SIGTERM or SIGHUP lets what is in flight finish and starts nothing
 * more (ERR_SIGNAL; what remains is in the message); the second leaves at
 * once. Both leave a state that the next run resumes.
 */
int converge(const struct converge_job *job, struct err *err);

#endif
