/* What `ps` shows: every replica wished or found, and how it is. Pure. */
#ifndef LIFTOFF_STATUS_H
#define LIFTOFF_STATUS_H

#include "buf.h"
#include "stack.h"
#include "world.h"

#include <jansson.h>

struct status_row {
	const char *service;
	unsigned replica;
	const char *state;  /* the engine's word, or "missing" */
	const char *health; /* "healthy", "unhealthy: …", "-" where it was not asked */
	const char *address, *image;
	const char *uptime; /* the engine's words without "Up "; "-" when not running */
	const char *container;      /* name; "" when missing */
	const struct service *wish; /* NULL: in the profile no more */
	bool running;
};

struct status {
	struct status_row *rows;
	size_t count;
};

/* Rows in the stack's order, leftovers last. health is "-" throughout. */
void status_build(struct status *status, struct arena *arena, const struct stack *stack,
		  const struct world *world);
void status_text(struct buf *out, const struct status *status);
json_t *status_json(const struct status *status, const struct stack *stack);

#endif
