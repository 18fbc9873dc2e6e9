/* Shared by plan.c and plan_down.c: adding steps to a plan. */
#ifndef LIFTOFF_PLAN_BUILD_H
#define LIFTOFF_PLAN_BUILD_H

#include "plan.h"

/* The new step; valid until the next one is added. Its index is count - 1. */
struct step *plan_add(struct plan *plan, struct arena *arena, enum step_kind kind,
		      const char *object, const char *cause);
/* `step` waits for `needed`, unless that is SIZE_MAX. */
void plan_need(struct plan *plan, struct arena *arena, size_t step, size_t needed);
/* The index of the last of the steps that take a container away. */
size_t plan_remove_container(struct plan *plan, struct arena *arena,
			     const struct world_container *container, const char *cause);
/* The step that pulls an image, or SIZE_MAX. */
size_t plan_find_pull(const struct plan *plan, const char *image);

#endif
