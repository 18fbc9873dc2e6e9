#include "command.h"
#include "observe.h"
#include "plan_show.h"
#include "work.h"

#include <stdio.h>

static size_t kept_volumes(const struct world *world, bool volumes)
{
	size_t count = 0;

	for (size_t i = 0; i < world->volume_count; i++)
		count += world->volumes[i].ours && !volumes;
	return count;
}

static void tell_end(struct reporter *reporter, const char *name, const struct plan *plan,
		     size_t kept, int64_t began)
{
	char text[200], volumes[80] = "";

	if (kept)
		snprintf(volumes, sizeof(volumes),
			 "; %zu volume%s kept (down --volumes removes)", kept,
			 kept == 1 ? "" : "s");
	snprintf(text, sizeof(text), "Stack %s%s%s", name,
		 plan->count ? " is gone" : ": nothing to take away", volumes);
	report(reporter, &(struct event){ .kind = EVENT_END,
					  .detail = text,
					  .elapsed_ms = loop_now() - began });
}

static int take_down(struct session *session, const struct options *options,
		     struct reporter *reporter, struct err *err)
{
	const char *name = session->stack.name;
	int64_t began = loop_now();
	struct world world;
	struct plan plan;

	if (observe(&world, &session->arena, session->engine, name, NULL, err) < 0)
		return -1;
	plan_down(&plan, &session->arena, &world, options->volumes);
	if (options->dry_run)
		return plan_print(&plan, name, options->json, err);
	if (plan.count && work_converge(session, &world, &plan, reporter,
					work_timeout(options, 0), err) < 0)
		return -1;
	tell_end(reporter, name, &plan, kept_volumes(&world, options->volumes), began);
	return 0;
}

int cmd_down(const struct options *options, struct err *err)
{
	return work_run(options, take_down, err);
}
