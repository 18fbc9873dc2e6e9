#include "command.h"
#include "observe.h"
#include "plan_show.h"
#include "work.h"

#include <stdio.h>

static int look(struct session *session, struct world *world, struct err *err)
{
	return observe(world, &session->arena, session->engine, session->stack.name,
		       &session->stack, err);
}

/* `pull = always`: first of all, since what it brings decides what is recreated. */
static int pull_first(struct session *session, struct world *world,
		      struct reporter *reporter, struct err *err)
{
	struct plan plan;

	plan_pull(&plan, &session->arena, &session->stack);
	if (work_converge(session, world, &plan, reporter, 0, err) < 0)
		return -1;
	return look(session, world, err);
}

static void tell_end(struct reporter *reporter, const struct stack *stack, bool changed,
		     int64_t began)
{
	int64_t elapsed = loop_now() - began;
	char text[160];

	snprintf(text, sizeof(text),
		 "Stack %s is %s and answers, after %.1f s:", stack->name,
		 changed ? "up" : "as it should be", (double)elapsed / 1000);
	report(reporter, &(struct event){ .kind = EVENT_END,
					  .detail = text,
					  .url = stack->root_url,
					  .elapsed_ms = elapsed });
}

static int bring_up(struct session *session, const struct options *options,
		    struct reporter *reporter, struct err *err)
{
	struct stack *stack = &session->stack;
	int64_t began = loop_now();
	struct world world;
	struct plan plan;

	session_warn(stack);
	if (options->offline)
		stack->pull = PULL_NEVER;
	if (look(session, &world, err) < 0)
		return -1;
	if (stack->pull == PULL_ALWAYS && !options->dry_run &&
	    pull_first(session, &world, reporter, err) < 0)
		return -1;
	if (plan_up(&plan, &session->arena, stack, &world, err) < 0)
		return -1;
	if (options->dry_run)
		return plan_print(&plan, stack->name, options->json, err);
	if (work_converge(session, &world, &plan, reporter,
			  work_timeout(options, stack->timeout), err) < 0)
		return -1;
	tell_end(reporter, stack, plan_changes(&plan), began);
	return 0;
}

int cmd_up(const struct options *options, struct err *err)
{
	return work_run(options, bring_up, err);
}
