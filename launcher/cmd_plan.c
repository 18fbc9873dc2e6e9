#include "command.h"
#include "observe.h"
#include "plan_show.h"
#include "session.h"

/* `plan --detailed-exitcode`: changes are due. */
#define EXIT_CHANGES 2

int cmd_plan(const struct options *options, struct err *err)
{
	auto_session struct session session = { 0 };
	struct stack *stack = &session.stack;
	struct world world;
	struct plan plan;

	if (session_open(&session, options, ENGINE_READ_ONLY, err) < 0)
		return -1;
	session_warn(stack);
	if (options->offline)
		stack->pull = PULL_NEVER;
	if (observe(&world, &session.arena, session.engine, stack->name, stack, err) <
		    0 ||
	    plan_up(&plan, &session.arena, stack, &world, err) < 0 ||
	    plan_print(&plan, stack->name, options->json, err) < 0)
		return -1;
	return options->detailed_exitcode && plan_changes(&plan) ? EXIT_CHANGES : 0;
}
