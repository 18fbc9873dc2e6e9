/*
 * Waiting until a replica's own health says it is ready; and noticing at once
 * when it never will be.
 */
#include "autopsy.h"
#include "events.h"
#include "probe.h"
#include "ready_exec.h"
#include "run.h"

#include <inttypes.h>
#include <string.h>

/* Direct probes cost next to nothing: start quickly, then slow down a little. */
#define FIRST_INTERVAL_MS 20
#define LAST_INTERVAL_MS 250
#define PROBE_TIMEOUT_MS 5000
/* An exec costs the engine some 50 ms of CPU (measured): ask less often. */
#define EXEC_INTERVAL_MS 250
#define LAST_EXEC_INTERVAL_MS 1000
/* So many deaths while we wait are a crash loop, long before any timeout. */
#define CRASH_LOOP 3

struct ready_state {
	struct probing *probing;
	struct ready_exec *exec;
	struct autopsy_run *autopsy;
	char address[SUBNET_TEXT];
	char why[256]; /* why it was not ready when last asked */
	int64_t interval;
	unsigned deaths;
	bool oom;
	bool restarted; /* somebody stopped it, and it was started again */
	struct err err; /* the failure, while its autopsy is made */
};

static void ask(void *context);

static void stop_asking(struct run *run)
{
	struct ready_state *state = run->state;

	timer_unset(&run->timer);
	probe_cancel(state->probing);
	state->probing = NULL;
	ready_exec_cancel(state->exec);
	state->exec = NULL;
}

static void on_autopsy(void *context, const struct autopsy *autopsy)
{
	struct run *run = context;
	struct ready_state *state = run->state;
	auto_buf struct buf text = { 0 };

	state->autopsy = NULL;
	if (autopsy->hint)
		err_hint(&state->err, "%s", autopsy->hint);
	err_hint(&state->err,
		 "see `liftoff logs %s`, and `liftoff up` again once it is mended",
		 run->step->service->name);
	autopsy_text(&text, autopsy);
	run_fail(run, &state->err, buf_text(&text));
}

/* What no log line may show: the secrets of the service's own environment. */
static const char *const *secrets_of(const struct run *run)
{
	const struct service *service = run->step->service;
	const char **secrets = arena_array(run->job->arena, service->env_count + 1,
					   sizeof(*secrets));
	size_t count = 0;

	for (size_t i = 0; i < service->env_count; i++)
		if (service->env[i].secret && *service->env[i].value)
			secrets[count++] = service->env[i].value;
	return secrets;
}

/* Fails the step, but first finds out what the container itself has to say. */
static void fail(struct run *run)
{
	struct ready_state *state = run->state;

	if (state->autopsy)
		return;
	stop_asking(run);
	state->autopsy = autopsy_start(run->job->engine, run_container_id(run),
				       run->step->object, secrets_of(run), on_autopsy,
				       run);
}

/* Tells why it is not ready, when that is something new. */
static void still_waiting(struct run *run, const char *why)
{
	struct ready_state *state = run->state;

	if (!strcmp(why, state->why))
		return;
	snprintf(state->why, sizeof(state->why), "%s", why);
	run_progress(run, 0, 0, state->why);
}

/* The services wait for the core without end: no need to wait with them. */
static bool waits_in_vain(struct run *run)
{
	struct err err = { 0 };

	if (!service_is_micro(run->step->service->id) || !run_core_failed(run))
		return false;
	err_set(&err, ERR_FAILED, "%s waits for rocketchat-1, which failed",
		run->step->object);
	run_fail(run, &err, NULL);
	return true;
}

static void not_yet(struct run *run, const char *why)
{
	struct ready_state *state = run->state;
	int64_t last = run_reaches_directly(run) ? LAST_INTERVAL_MS
						 : LAST_EXEC_INTERVAL_MS;

	if (waits_in_vain(run))
		return;
	/* what ran before and is not ready may be dying again and again */
	run_watch(run);
	still_waiting(run, why);
	state->interval += state->interval / 3 + 1;
	if (state->interval > last)
		state->interval = last;
	timer_set(engine_loop(run->job->engine), &run->timer, state->interval, ask, run);
}

static void on_exec(void *context, enum ready_exec_outcome outcome, const char *text)
{
	struct run *run = context;
	struct ready_state *state = run->state;

	switch (outcome) {
	case READY_EXEC_NOTE:
		run_note(run, text);
		return;
	case READY_EXEC_WAITING:
		still_waiting(run, text);
		return;
	case READY_EXEC_READY:
		state->exec = NULL;
		run_done(run, text);
		return;
	case READY_EXEC_NOT_YET:
		state->exec = NULL;
		not_yet(run, text);
		return;
	case READY_EXEC_HOPELESS:
		state->exec = NULL;
		err_set(&state->err, ERR_FAILED, "%s: %s", run->step->object, text);
		fail(run);
		return;
	}
}

static void run_exec(struct run *run)
{
	struct ready_state *state = run->state;

	state->exec = ready_exec_start(run, on_exec);
}

static void on_probe(void *context, const struct probe_result *result)
{
	struct run *run = context;
	struct ready_state *state = run->state;

	state->probing = NULL;
	if (result->ready)
		run_done(run, result->why);
	else if (run->step->service->probe.kind == PROBE_REPLICA_SET)
		run_exec(run); /* waits, initiates or repairs, whatever it takes */
	else
		not_yet(run, result->why);
}

static void ask_directly(struct run *run)
{
	struct ready_state *state = run->state;
	const struct stack *stack = run->job->stack;

	state->probing = probe_start(engine_loop(run->job->engine),
				     &(struct probe_call){
					     .probe = &run->step->service->probe,
					     .address = state->address,
					     .replica_set = stack->replica_set,
					     .member = stack->mongo_member,
					     .timeout_ms = PROBE_TIMEOUT_MS,
					     .on_result = on_probe,
					     .context = run,
				     });
}

static void ask(void *context)
{
	struct run *run = context;
	enum probe_kind kind = run->step->service->probe.kind;
	bool direct = run_reaches_directly(run), fresh = run_was_started(run);

	/*
	 * One that runs already may have lost its launcher before it was
	 * initiated; then whatever needs it was not started yet, so there are
	 * changes.
	 */
	if (kind == PROBE_REPLICA_SET &&
	    (fresh || (!direct && plan_changes(run->job->plan))))
		run_exec(run);
	else if (direct)
		ask_directly(run);
	else if (!fresh)
		/* what ran before is asked by the proof: an exec is a changing call */
		run_done(run, "running");
	else
		run_exec(run);
}

static void start_ready(struct run *run)
{
	struct ready_state *state = arena_alloc(run->job->arena, sizeof(*state));

	run->state = state;
	state->interval = run_reaches_directly(run) ? FIRST_INTERVAL_MS
						    : EXEC_INTERVAL_MS;
	subnet_address(&run->job->plan->subnet, run->step->service->id,
		       run->step->replica, state->address);
	ask(run);
}

static void cancel_ready(struct run *run)
{
	struct ready_state *state = run->state;

	stop_asking(run);
	autopsy_cancel(state->autopsy);
	state->autopsy = NULL;
}

/*
 * 126 and 127: its command cannot run; 132: a CPU without the instructions it
 * needs. None gets better by trying again, as the engine may do.
 */
static bool is_hopeless(int exit_code)
{
	return exit_code == 126 || exit_code == 127 || exit_code == 132;
}

/* Does the engine leave it at that end? */
static bool is_final(const struct run *run, int exit_code)
{
	const char *restart = run->job->stack->restart;

	return !strcmp(restart, "no") || (!strcmp(restart, "on-failure") && !exit_code);
}

static void on_looked(struct run *run, const struct response *response)
{
	struct ready_state *state = run->state;
	json_auto_t *json = json_loadb(response->body, response->size, 0, NULL);
	int running = false;

	if (state->autopsy) /* it has failed for another reason meanwhile */
		return;
	json_unpack(json, "{s:{s:b}}", "State", "Running", &running);
	if (response_ok(response) && running)
		state->err = (struct err){ 0 }; /* it ended before it was started */
	else
		fail(run);
}

/*
 * Events are replayed from the begin of a second: an end they tell of may have
 * been before our start of the same container.
 */
static void fail_unless_running(struct run *run)
{
	const struct ready_state *state = run->state;

	if (state->autopsy)
		return;
	run_call(run, "GET",
		 arena_printf(run->job->arena, "/containers/%s/json",
			      run_container_id(run)),
		 NULL, on_looked);
}

static void on_death(struct run *run, const struct container_event *event)
{
	struct ready_state *state = run->state;

	state->deaths++;
	if (is_hopeless(event->exit_code) || is_final(run, event->exit_code))
		err_set(&state->err, ERR_FAILED, "%s ended with exit code %d",
			run->step->object, event->exit_code);
	else if (state->deaths >= CRASH_LOOP)
		err_set(&state->err, ERR_FAILED,
			"%s is in a crash loop: it ended %u times, "
			"last with exit code %d%s",
			run->step->object, state->deaths, event->exit_code,
			state->oom ? " (out of memory)" : "");
	else
		return;
	if (is_hopeless(event->exit_code) || !is_final(run, event->exit_code))
		fail(run);
	else
		fail_unless_running(run);
}

static void on_started_again(struct run *run, const struct response *response)
{
	struct ready_state *state = run->state;

	if (state->autopsy)
		return;
	if (response_ok(response)) {
		ask(run);
		return;
	}
	engine_error(&state->err, "starting the container", response);
	err_wrap(&state->err, "%s", run->step->object);
	fail(run);
}

/*
 * A stop that a killed `down` had asked for ends only now: what we were told
 * to bring up must not fail for that. A second stop is somebody's will.
 */
static void start_again(struct run *run)
{
	struct ready_state *state = run->state;

	state->restarted = true;
	stop_asking(run);
	run_note(run, arena_printf(run->job->arena,
				   "%s was stopped meanwhile: starting it again",
				   run->step->object));
	run_call(run, "POST",
		 arena_printf(run->job->arena, "/containers/%s/start",
			      run_container_id(run)),
		 NULL, on_started_again);
}

static void on_deadline(struct run *run)
{
	struct ready_state *state = run->state;

	err_set(&state->err, ERR_TIMEOUT, "%s was not ready after %" PRId64 " s: %s",
		run->step->object, (loop_now() - run->began) / 1000,
		*state->why ? state->why : "no answer");
	err_hint(&state->err,
		 "a slow host? give it more: --timeout 20m, or [stack] timeout; "
		 "else see `liftoff logs %s`",
		 run->step->service->name);
	fail(run);
}

static void on_event(struct run *run, const struct container_event *event)
{
	struct ready_state *state = run->state;

	if (!event) {
		on_deadline(run);
	} else if (!strcmp(event->action, "oom")) {
		state->oom = true;
	} else if (!strcmp(event->action, "die")) {
		on_death(run, event);
	} else if (!strcmp(event->action, "stop") && !state->restarted) {
		if (!state->autopsy)
			start_again(run);
	} else if (!strcmp(event->action, "stop") || !strcmp(event->action, "destroy")) {
		err_set(&state->err, ERR_FAILED,
			"%s was %s by somebody else while liftoff waited "
			"for it",
			run->step->object,
			event->action[0] == 's' ? "stopped" : "removed");
		fail_unless_running(run);
	}
}

const struct step_class step_ready_class = { .start = start_ready,
					     .cancel = cancel_ready,
					     .on_event = on_event };
