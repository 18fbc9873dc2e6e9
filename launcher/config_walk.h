/*
 * The walk over a resolved profile that both of its forms are made from. Only
 * config_*.c include this.
 */
#ifndef LIFTOFF_CONFIG_WALK_H
#define LIFTOFF_CONFIG_WALK_H

#include "profile.h"
#include "stack.h"

/* One key with what it came to. */
struct config_item {
	const char *key;
	const char *value;    /* masked if secret; NULL: not set */
	const char *origin;   /* "liftoff.ini:7", "built-in default"; safe to print */
	const char *variable; /* ${VARIABLE} it was made of, or NULL */
	bool secret;          /* value is not the real one */
};

struct config_walk {
	struct arena *arena;
	const struct profile *profile;
	const struct stack *stack;
	void (*on_section)(void *context, const char *section, const char *argument);
	void (*on_item)(void *context, const struct config_item *item);
	void *context;
};

void config_walk(const struct config_walk *walk);

/* The value as it may be shown. */
const char *config_masked(struct arena *arena, const char *value);

#endif
