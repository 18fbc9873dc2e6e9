/* Pulling an image. */
#include "pull.h"
#include "run.h"

static void on_progress(void *context, uint64_t done, uint64_t total)
{
	run_progress(context, done, total, NULL);
}

static void on_pulled(void *context, const struct err *err)
{
	struct run *run = context;
	struct err copy;

	run->state = NULL;
	if (!err) {
		run_done(run, NULL);
		return;
	}
	copy = *err;
	err_hint(&copy,
		 "no registry in reach? load the image (docker load), name a registry of "
		 "yours ([stack] image_prefix), or try `liftoff pull` alone");
	run_fail(run, &copy, NULL);
}

static void start_pull(struct run *run)
{
	run->state = pull_start(run->job->engine,
				&(struct pull_call){ .image = run->step->name,
						     .on_progress = on_progress,
						     .on_done = on_pulled,
						     .context = run });
}

static void cancel_pull(struct run *run)
{
	pull_cancel(run->state);
	run->state = NULL;
}

/* Not drained: what was pulled so far is kept by the engine in any case. */
const struct step_class step_pull_class = { .start = start_pull, .cancel = cancel_pull };
