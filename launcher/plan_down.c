/* Taking a stack away, and what all plans share. */
#include "plan_build.h"

#include <string.h>

/* Databases and the bus stop last, so that nobody loses them while working. */
static bool is_foundation(const struct world_container *container)
{
	return !strcmp(container->service, "mongodb") ||
	       !strcmp(container->service, "nats");
}

/* The steps of taking away all containers of one wave, after the wave before it. */
static void add_wave(struct plan *plan, struct arena *arena, const struct world *world,
		     bool foundation)
{
	size_t before = plan->count;

	for (size_t i = 0; i < world->container_count; i++) {
		const struct world_container *container = &world->containers[i];
		size_t first = plan->count;

		if (is_foundation(container) != foundation)
			continue;
		plan_remove_container(plan, arena, container, NULL);
		if (plan->steps[first].kind != STEP_STOP)
			continue;
		for (size_t needed = 0; needed < before; needed++)
			if (plan->steps[needed].kind == STEP_STOP)
				plan_need(plan, arena, first, needed);
	}
}

void plan_down(struct plan *plan, struct arena *arena, const struct world *world,
	       bool volumes)
{
	size_t containers;

	*plan = (struct plan){ 0 };
	add_wave(plan, arena, world, false);
	add_wave(plan, arena, world, true);
	containers = plan->count;
	for (size_t i = 0; i < world->network_count; i++) {
		const struct world_network *network = &world->networks[i];
		struct step *step;

		if (!network->ours)
			continue;
		step = plan_add(plan, arena, STEP_REMOVE_NETWORK,
				arena_printf(arena, "network %s", network->name), NULL);
		step->name = network->name;
		step->id = network->id;
		for (size_t needed = 0; needed < containers; needed++)
			if (plan->steps[needed].kind == STEP_REMOVE)
				plan_need(plan, arena, plan->count - 1, needed);
	}
	for (size_t i = 0; volumes && i < world->volume_count; i++) {
		const char *name = world->volumes[i].name;

		if (!world->volumes[i].ours)
			continue;
		plan_add(plan, arena, STEP_REMOVE_VOLUME,
			 arena_printf(arena, "volume %s", name), "down --volumes")
			->name = name;
		for (size_t needed = 0; needed < containers; needed++)
			if (plan->steps[needed].kind == STEP_REMOVE)
				plan_need(plan, arena, plan->count - 1, needed);
	}
}

void plan_pull(struct plan *plan, struct arena *arena, const struct stack *stack)
{
	*plan = (struct plan){ 0 };
	for (size_t i = 0; i < stack->service_count; i++) {
		const char *image = stack->services[i].image;

		if (plan_find_pull(plan, image) == SIZE_MAX)
			plan_add(plan, arena, STEP_PULL, image, "asked for")->name =
				image;
	}
}

bool step_changes(const struct step *step)
{
	return step->kind != STEP_READY && step->kind != STEP_PROOF;
}

bool plan_changes(const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		if (step_changes(&plan->steps[i]))
			return true;
	return false;
}

const char *step_verb(enum step_kind kind)
{
	static const char *const verbs[STEP_KIND_COUNT] = {
		[STEP_PULL] = "pull",
		[STEP_CREATE_NETWORK] = "create",
		[STEP_CREATE_VOLUME] = "create",
		[STEP_CREATE] = "create",
		[STEP_START] = "start",
		[STEP_READY] = "ready",
		[STEP_PROOF] = "prove",
		[STEP_STOP] = "stop",
		[STEP_REMOVE] = "remove",
		[STEP_REMOVE_NETWORK] = "remove",
		[STEP_REMOVE_VOLUME] = "remove",
	};

	return verbs[kind];
}
