/*
 * The replica set: one command run in the MongoDB container that waits for
 * the server, initiates or repairs the set, and ends when it has a primary.
 * Pure; the running is exec_run.h's.
 */
#ifndef LIFTOFF_REPLSET_H
#define LIFTOFF_REPLSET_H

#include "arena.h"

#include <stdint.h>

/*
 * argv of that command, NULL-terminated: mongosh, or mongo in images that have
 * only that. `set` and `member` are checked names of the stack (no quoting
 * is needed for them beyond JavaScript's). Nothing in it is secret.
 */
const char *const *replset_command(struct arena *arena, const char *set,
				   const char *member, int64_t limit_ms);

/* What a line of its output says to people, or NULL if it is not for them. */
const char *replset_line(const char *line);

/* launcher/replset.js */
extern const char replset_script[];

#endif
