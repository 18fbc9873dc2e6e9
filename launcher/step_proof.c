/* The last step: the stack answers as a whole. */
#include "proof.h"
#include "run.h"

struct proof_state {
	struct proof *proof;
	const char *missing; /* what last failed, in words; or NULL */
};

static void on_change(void *context, const char *missing)
{
	struct run *run = context;
	struct proof_state *state = run->state;

	state->missing = arena_strdup(run->job->arena, missing);
	run_progress(run, 0, 0, state->missing);
}

static void on_proven(void *context, const char *summary)
{
	struct run *run = context;
	struct proof_state *state = run->state;

	state->proof = NULL;
	run_done(run, summary);
}

static void start_proof(struct run *run)
{
	struct proof_state *state = arena_alloc(run->job->arena, sizeof(*state));

	run->state = state;
	state->proof = proof_start(engine_loop(run->job->engine), run->job->stack,
				   on_change, on_proven, run);
}

static void cancel_proof(struct run *run)
{
	struct proof_state *state = run->state;

	proof_cancel(state->proof);
	state->proof = NULL;
}

/* The only event of interest is the deadline. */
static void on_event(struct run *run, const struct container_event *event)
{
	struct proof_state *state = run->state;
	struct err err = { 0 };

	if (event)
		return;
	err_set(&err, ERR_TIMEOUT,
		"every replica is ready, but the stack does not answer "
		"through the proxy: %s",
		state->missing ? state->missing : "no answer");
	err_hint(&err, "look at `liftoff logs proxy rocketchat ddp-streamer`");
	cancel_proof(run);
	run_fail(run, &err, NULL);
}

const struct step_class step_proof_class = { .start = start_proof,
					     .cancel = cancel_proof,
					     .on_event = on_event };
