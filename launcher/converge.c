#include "converge.h"

#include "host_net.h"
#include "run.h"
#include "sched.h"

#include <inttypes.h>
#include <signal.h>
#include <string.h>

/* Stops mostly wait for the container's own end: many at once cost little. */
#define STOP_CAP 32
/* How often a live terminal is redrawn while nothing else happens. */
#define TICK_MS 100
/* How long calls in flight may take once time is up; an engine may be stuck for good. */
#define GRACE_MS 10000

struct known_id {
	const char *name, *id;
};

struct converge {
	const struct converge_job *job;
	struct sched sched;
	struct run *runs;
	struct known_id *ids; /* containers created by this plan */
	size_t id_count;
	size_t starting, stopping; /* running steps of either kind */
	size_t start_cap;
	struct events *events;
	struct timer tick, deadline;
	int signal;
	bool leave_now; /* second signal */
	bool timed_out;
	bool done;
	bool reach_known, reach;
	size_t failed;
	struct err first; /* of the failures */
};

static const struct step_class *class_of(enum step_kind kind)
{
	static const struct step_class *const classes[STEP_KIND_COUNT] = {
		[STEP_PULL] = &step_pull_class,
		[STEP_CREATE_NETWORK] = &step_network_class,
		[STEP_CREATE_VOLUME] = &step_volume_class,
		[STEP_CREATE] = &step_create_class,
		[STEP_START] = &step_start_class,
		[STEP_READY] = &step_ready_class,
		[STEP_PROOF] = &step_proof_class,
		[STEP_STOP] = &step_stop_class,
		[STEP_REMOVE] = &step_remove_class,
		[STEP_REMOVE_NETWORK] = &step_network_remove_class,
		[STEP_REMOVE_VOLUME] = &step_volume_remove_class,
	};

	return classes[kind];
}

static void tell(const struct run *run, enum event_kind kind, const char *detail)
{
	report(run->job->reporter,
	       &(struct event){
		       .kind = kind,
		       .verb = step_verb(run->step->kind),
		       .object = run->step->object,
		       .detail = detail,
		       .elapsed_ms = run->began ? loop_now() - run->began : 0,
	       });
}

static size_t *counter_of(struct converge *converge, enum step_kind kind)
{
	if (kind == STEP_CREATE || kind == STEP_START)
		return &converge->starting;
	if (kind == STEP_STOP || kind == STEP_REMOVE)
		return &converge->stopping;
	return NULL;
}

static bool may_start(void *context, const struct step *step)
{
	struct converge *converge = context;
	const size_t *counter = counter_of(converge, step->kind);

	if (!counter)
		return true;
	return *counter <
	       (counter == &converge->starting ? converge->start_cap : STOP_CAP);
}

static void check_done(struct converge *converge)
{
	bool stopping = converge->signal || converge->timed_out;

	if (!converge->sched.running && (stopping || !converge->sched.left))
		converge->done = true;
	if (converge->leave_now)
		converge->done = true;
}

static void start_ready_steps(struct converge *converge)
{
	size_t index;

	while (!converge->signal && !converge->timed_out &&
	       (index = sched_next(&converge->sched, may_start, converge)) != SIZE_MAX) {
		struct run *run = &converge->runs[index];
		size_t *counter = counter_of(converge, run->step->kind);

		if (counter)
			++*counter;
		run->running = true;
		run->began = loop_now();
		tell(run, EVENT_STARTED, run->step->cause);
		run->class->start(run);
	}
	check_done(converge);
}

static void end_run(struct run *run)
{
	size_t *counter = counter_of(run->owner, run->step->kind);

	if (!run->running)
		BUG("a step ended twice");
	run->running = false;
	timer_unset(&run->timer);
	request_cancel(run->request);
	run->request = NULL;
	if (counter)
		--*counter;
}

void run_done(struct run *run, const char *detail)
{
	struct converge *converge = run->owner;

	end_run(run);
	tell(run, EVENT_DONE, detail);
	sched_done(&converge->sched, run->index);
	start_ready_steps(converge);
}

static void tell_skipped(struct converge *converge, size_t culprit)
{
	for (size_t i = 0; i < converge->sched.plan->count; i++) {
		struct run *run = &converge->runs[i];

		if (converge->sched.states[i] != SCHED_SKIPPED ||
		    converge->sched.culprits[i] != culprit)
			continue;
		/* one line a replica is enough, and none where its failure was told */
		if (!strcmp(run->step->object,
			    converge->sched.plan->steps[culprit].object) ||
		    (i && converge->sched.states[i - 1] == SCHED_SKIPPED &&
		     !strcmp(run->step->object, run[-1].step->object)))
			continue;
		tell(run, EVENT_SKIPPED,
		     arena_printf(converge->job->arena, "since %s failed",
				  converge->sched.plan->steps[culprit].object));
	}
}

void run_fail(struct run *run, const struct err *err, const char *more)
{
	struct converge *converge = run->owner;

	end_run(run);
	tell(run, EVENT_FAILED,
	     more ? arena_printf(converge->job->arena, "%s\n%s", err->message, more)
		  : err->message);
	if (!converge->failed++)
		converge->first = *err;
	sched_fail(&converge->sched, run->index);
	tell_skipped(converge, run->index);
	start_ready_steps(converge);
}

const char *run_container_id(const struct run *run)
{
	const struct converge *converge = run->owner;

	for (size_t i = 0; i < converge->id_count; i++)
		if (!strcmp(converge->ids[i].name, run->step->name))
			return converge->ids[i].id;
	if (!run->step->id)
		BUG("a container without an id");
	return run->step->id;
}

void run_set_container_id(struct run *run, const char *id)
{
	struct converge *converge = run->owner;
	struct known_id *known = arena_grow(converge->job->arena, &converge->ids,
					    &converge->id_count, sizeof(*known));

	known->name = run->step->name;
	known->id = arena_strdup(converge->job->arena, id);
}

bool run_was_started(const struct run *run)
{
	const struct plan *plan = run->job->plan;

	for (size_t i = 0; i < plan->count; i++)
		if (plan->steps[i].kind == STEP_START &&
		    !strcmp(plan->steps[i].name, run->step->name))
			return true;
	return false;
}

bool run_core_failed(const struct run *run)
{
	const struct converge *converge = run->owner;
	const struct plan *plan = run->job->plan;

	for (size_t i = 0; i < plan->count; i++)
		if (plan->steps[i].service && plan->steps[i].replica == 1 &&
		    plan->steps[i].service->id == SERVICE_ROCKETCHAT &&
		    (converge->sched.states[i] == SCHED_FAILED ||
		     converge->sched.states[i] == SCHED_SKIPPED))
			return true;
	return false;
}

int64_t run_time_left(const struct run *run)
{
	const struct timer *deadline = &run->owner->deadline;

	return deadline->due ? deadline->due - loop_now() : INT64_MAX;
}

bool run_reaches_directly(struct run *run)
{
	struct converge *converge = run->owner;
	const struct stack *stack = run->job->stack;
	char gateway[SUBNET_TEXT];

	if (stack->probe != PROBE_AUTO)
		return stack->probe == PROBE_DIRECT;
	if (!converge->reach_known) {
		subnet_gateway(&run->job->plan->subnet, gateway);
		converge->reach = host_has_address(gateway);
		converge->reach_known = true;
	}
	return converge->reach;
}

static void on_engine_event(void *context, const struct container_event *event)
{
	struct converge *converge = context;

	for (size_t i = 0; i < converge->sched.plan->count; i++) {
		struct run *run = &converge->runs[i];

		/* by id: what a replica of the same place did earlier in this
		 * second may be replayed, and is not this one's story */
		if (run->running && run->class->on_event && run->step->service &&
		    !strcmp(run_container_id(run), event->id))
			run->class->on_event(run, event);
	}
}

/* Nothing to list anew: whatever happened meanwhile is replayed. */
static void on_stands(void *context)
{
	(void)context;
}

static void abandon(struct run *run)
{
	if (!run->running)
		return;
	if (run->class->cancel)
		run->class->cancel(run);
	end_run(run);
	/* what was told to have begun is told to have ended */
	tell(run, EVENT_FAILED,
	     run->owner->signal ? "interrupted" : "time is up, and no answer yet");
	run->owner->sched.running--;
}

/* Ends what only waits; what changes the engine is left to finish. */
static void abandon_waiting(struct converge *converge)
{
	for (size_t i = 0; i < converge->sched.plan->count; i++)
		if (!converge->runs[i].class->drain)
			abandon(&converge->runs[i]);
	check_done(converge);
}

static void on_signal(void *context, int signal)
{
	struct converge *converge = context;

	if (signal == SIGWINCH)
		return;
	if (converge->signal) {
		converge->leave_now = converge->done = true;
		return;
	}
	converge->signal = signal;
	report(converge->job->reporter,
	       &(struct event){ .kind = EVENT_WARNING,
				.detail = "interrupted: finishing what is in flight "
					  "(once more to leave at once)" });
	abandon_waiting(converge);
}

static void on_grace_over(void *context)
{
	struct converge *converge = context;

	converge->leave_now = converge->done = true;
}

/*
 * Time is up: waits end with their own story, what changes the engine is left
 * to finish within reason, the rest is not started any more.
 */
static void on_deadline(void *context)
{
	struct converge *converge = context;

	converge->timed_out = true;
	for (size_t i = 0; i < converge->sched.plan->count; i++) {
		struct run *run = &converge->runs[i];

		if (run->running && run->class->on_event)
			run->class->on_event(run, NULL);
		else if (run->running && !run->class->drain)
			abandon(run);
	}
	timer_set(engine_loop(converge->job->engine), &converge->deadline, GRACE_MS,
		  on_grace_over, converge);
	check_done(converge);
}

static void on_tick(void *context)
{
	struct converge *converge = context;

	report_tick(converge->job->reporter);
	timer_set(engine_loop(converge->job->engine), &converge->tick, TICK_MS, on_tick,
		  context);
}

static void prepare(struct converge *converge, const struct converge_job *job)
{
	struct loop *loop = engine_loop(job->engine);
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	converge->job = job;
	/* the engine's own work on a start saturates at two a CPU (measured) */
	converge->start_cap = cpus > 2 ? (size_t)cpus * 2 : 4;
	sched_init(&converge->sched, job->arena, job->plan);
	converge->runs = arena_array(job->arena, job->plan->count,
				     sizeof(*converge->runs));
	for (size_t i = 0; i < job->plan->count; i++)
		converge->runs[i] = (struct run){
			.owner = converge,
			.job = job,
			.step = &job->plan->steps[i],
			.index = i,
			.class = class_of(job->plan->steps[i].kind),
		};
	loop_on_signal(loop, on_signal, converge);
	if (report_is_live(job->reporter))
		timer_set(loop, &converge->tick, TICK_MS, on_tick, converge);
	if (job->timeout_ms)
		timer_set(loop, &converge->deadline, job->timeout_ms, on_deadline,
			  converge);
}

static void watch(struct converge *converge)
{
	const struct converge_job *job = converge->job;

	if (!converge->events)
		converge->events = events_start(
			job->engine, &(struct events_call){ .stack = job->stack->name,
							    .on_stands = on_stands,
							    .on_event = on_engine_event,
							    .context = converge });
}

void run_watch(struct run *run)
{
	watch(run->owner);
}

/* Subscribed before anything starts, so that no death goes unseen. */
static bool needs_events(const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->steps[i].kind == STEP_START)
			return true;
	return false;
}

static int outcome(const struct converge *converge, struct err *err)
{
	size_t remaining = converge->sched.left;

	if (converge->signal) {
		err_set(err, ERR_SIGNAL, "interrupted with %zu of %zu steps not done",
			remaining, converge->sched.plan->count);
		err->signal = converge->signal;
		return err_hint(
			err,
			converge->job->stack
				? "run `liftoff up` again to go on, or `liftoff down`"
				: "run `liftoff down` again to go on");
	}
	if (converge->failed) {
		*err = converge->first;
		if (converge->failed > 1)
			err_wrap(err, "%zu steps failed; the first", converge->failed);
		if (converge->timed_out)
			err->kind = ERR_TIMEOUT;
		return -1;
	}
	if (converge->timed_out) {
		err_set(err, ERR_TIMEOUT,
			"time is up after %" PRId64 " s with %zu steps not done",
			converge->job->timeout_ms / 1000, remaining);
		return err_hint(
			err,
			"a slow host? give it more: --timeout 20m, or [stack] timeout");
	}
	return 0;
}

int converge(const struct converge_job *job, struct err *err)
{
	struct converge converge = { 0 };
	struct loop *loop = engine_loop(job->engine);

	prepare(&converge, job);
	report(job->reporter,
	       &(struct event){ .kind = EVENT_PLAN, .total = job->plan->count });
	if (needs_events(job->plan))
		watch(&converge);
	start_ready_steps(&converge);
	loop_run(loop, &converge.done);
	for (size_t i = 0; i < job->plan->count; i++)
		abandon(&converge.runs[i]);
	events_stop(converge.events);
	timer_unset(&converge.tick);
	timer_unset(&converge.deadline);
	loop_on_signal(loop, NULL, NULL);
	return outcome(&converge, err);
}
