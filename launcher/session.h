/*
 * What most commands begin with: the profile, the stack built from it, and an
 * engine that answers. Part of the command layer: it may write to stderr.
 */
#ifndef LIFTOFF_SESSION_H
#define LIFTOFF_SESSION_H

#include "engine.h"
#include "opts.h"
#include "stack.h"

/*
 * Picks the profile (--profile, else ./liftoff.ini, else the built-in default;
 * says which on stderr when it was not named, unless quiet), reads it and
 * builds the stack. All its mistakes go to stderr, one a line; err counts them
 * (ERR_PROFILE). The profile points into the arena and must stay where it is.
 */
int session_profile(struct arena *arena, const struct options *options,
		    struct profile *profile, struct stack *stack, struct err *err);

/*
 * The stack's warnings to stderr: for commands that act on the whole profile
 * or show it, not for each look at a running stack.
 */
void session_warn(const struct stack *stack);

struct session {
	struct arena arena;
	struct profile profile;
	struct stack stack;
	struct loop *loop;
	struct engine *engine;
};

/* The profile, the stack, and a connected engine. Close it even if it failed. */
int session_open(struct session *session, const struct options *options,
		 enum engine_access access, struct err *err);
void session_close(struct session *session);

#define auto_session __attribute__((cleanup(session_close)))

#endif
