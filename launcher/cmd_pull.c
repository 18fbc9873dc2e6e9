#include "command.h"
#include "observe.h"
#include "work.h"

#include <stdio.h>

static int pull_images(struct session *session, const struct options *options,
		       struct reporter *reporter, struct err *err)
{
	struct stack *stack = &session->stack;
	int64_t began = loop_now();
	struct world world = { 0 };
	struct plan plan;
	char text[80];

	if (stack->pull == PULL_NEVER || options->offline) {
		err_set(err, ERR_USAGE, "pull = never: nothing may be pulled");
		return err_hint(err, "set [stack] pull = missing");
	}
	/* asked for by name, a pull is meant: also of what is there already */
	plan_pull(&plan, &session->arena, stack);
	if (work_converge(session, &world, &plan, reporter, work_timeout(options, 0),
			  err) < 0)
		return -1;
	snprintf(text, sizeof(text), "%zu images are in the engine", plan.count);
	report(reporter, &(struct event){ .kind = EVENT_END,
					  .detail = text,
					  .elapsed_ms = loop_now() - began });
	return 0;
}

int cmd_pull(const struct options *options, struct err *err)
{
	return work_run(options, pull_images, err);
}
