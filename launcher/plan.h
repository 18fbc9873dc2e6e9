/*
 * The plan: steps from the world to the wish, each with its cause and the
 * steps it waits for. Pure.
 */
#ifndef LIFTOFF_PLAN_H
#define LIFTOFF_PLAN_H

#include "arena.h"
#include "stack.h"
#include "world.h"

enum step_kind {
	STEP_PULL,
	STEP_CREATE_NETWORK,
	STEP_CREATE_VOLUME,
	STEP_CREATE, /* container, with its files */
	STEP_START,
	STEP_READY, /* wait until the replica's own health says so; changes nothing */
	STEP_PROOF, /* the whole stack answers through the proxy; changes nothing */
	STEP_STOP,
	STEP_REMOVE,
	STEP_REMOVE_NETWORK,
	STEP_REMOVE_VOLUME,
	STEP_KIND_COUNT,
};

struct step {
	enum step_kind kind;
	const struct service
		*service;   /* of the wish; NULL for networks, volumes, leftovers */
	unsigned replica;   /* from 1 */
	const char *object; /* as shown: "mongodb-1", "network rocketchat", an image */
	const char *name;   /* the engine's name of it */
	const char *id;     /* of the existing object, if there is one */
	const char *cause; /* why: "missing", "in the profile no more"; NULL: of course */
	size_t *needs;     /* indices of steps that must be done first */
	size_t need_count;
};

struct plan {
	struct step *steps;
	size_t count;
	struct subnet subnet;   /* what the stack's addresses come from */
	const char *network_id; /* the existing network, or NULL: a step creates it */
};

/* -1 when the wish cannot be reached (a stranger holds a name, no free subnet). */
int plan_up(struct plan *plan, struct arena *arena, const struct stack *stack,
	    const struct world *world, struct err *err);

/* Takes away what carries the stack's label: all of it, volumes only if asked. */
void plan_down(struct plan *plan, struct arena *arena, const struct world *world,
	       bool volumes);

/* Pulls every image of the stack, there already or not. */
void plan_pull(struct plan *plan, struct arena *arena, const struct stack *stack);

/* Does the step change anything in the engine? (STEP_READY and STEP_PROOF do not.) */
bool step_changes(const struct step *step);
bool plan_changes(const struct plan *plan);

/* "create", "start", "remove": the verb people and JSON see. */
const char *step_verb(enum step_kind kind);

#endif
