/*
 * An arena: everything allocated from it lives until arena_free(). The
 * profile, stack, world and plan each live in one. Under AddressSanitizer
 * every allocation is a malloc of its own, so that overflows stay visible.
 * Allocation never fails: it dies instead.
 */
#ifndef LIFTOFF_ARENA_H
#define LIFTOFF_ARENA_H

#include "cleanup.h"

#include <stddef.h>

struct arena {
	struct arena_block *blocks; /* newest first; zero-initialise to start */
};

/* Zeroed memory, aligned for any type; size 0 gives a unique pointer. */
void *arena_alloc(struct arena *arena, size_t size);
/* `count` zeroed elements; dies on overflow. */
void *arena_array(struct arena *arena, size_t count, size_t size);
char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t size);
char *arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
void arena_free(struct arena *arena);

/*
 * Room for one more element at the end of an arena array that has *count of
 * them: returns the element, zeroed, and adds 1 to *count. The array moves
 * when it grows; element pointers held across calls go stale.
 */
void *arena_grow(struct arena *arena, void *array_pointer, size_t *count, size_t size);

#define auto_arena __attribute__((cleanup(arena_free)))

#endif
