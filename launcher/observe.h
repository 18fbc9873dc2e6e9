/*
 * From the engine's lists to the world. The readers are pure; observe() asks
 * the engine for all lists at once.
 */
#ifndef LIFTOFF_OBSERVE_H
#define LIFTOFF_OBSERVE_H

#include "stack.h"
#include "world.h"

#include <jansson.h>

struct engine;

/* Each reads one list; parts of the wrong type are passed over. */
void observe_containers(struct world *world, struct arena *arena, const json_t *list,
			const char *stack_name);
void observe_networks(struct world *world, struct arena *arena, const json_t *list,
		      const char *stack_name);
void observe_volumes(struct world *world, struct arena *arena, const json_t *answer,
		     const char *stack_name);
void observe_images(struct world *world, struct arena *arena, const json_t *list);

/*
 * Fills the world by concurrent reads, one a kind of object: containers,
 * networks and volumes; images too when `stack` is given (its references),
 * and the host's own subnets. Blocks on the loop.
 */
int observe(struct world *world, struct arena *arena, struct engine *engine,
	    const char *stack_name, const struct stack *stack, struct err *err);

/* The id of the image that reference names now, or NULL. */
const char *world_image_id(const struct world *world, const char *reference);

/* "running", "exited" …: the engine's word. */
const char *container_state_name(enum container_state state);

#endif
