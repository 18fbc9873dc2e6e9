#include "arena.h"

#include "err.h"

#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_BLOCK_SIZE 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_BLOCK_SIZE 0
#endif
#endif
#ifndef ARENA_BLOCK_SIZE
#define ARENA_BLOCK_SIZE 16384
#endif

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	max_align_t data[];
};

void *arena_alloc(struct arena *arena, size_t size)
{
	const size_t align = sizeof(max_align_t), least = ARENA_BLOCK_SIZE;
	struct arena_block *block = arena->blocks;
	size_t rounded, capacity;
	char *at;

	if (size > SIZE_MAX / 2)
		die_out_of_memory();
	rounded = (size + align - 1) / align * align;
	if (!rounded)
		rounded = align;
	if (!block || block->size - block->used < rounded) {
		/* exact when each allocation is its own block, so overflows show */
		capacity = least ? rounded : size;
		if (capacity < least)
			capacity = least;
		block = calloc(1, sizeof(*block) + capacity);
		if (!block)
			die_out_of_memory();
		block->size = capacity;
		block->next = arena->blocks;
		arena->blocks = block;
	}
	at = (char *)block->data + block->used;
	block->used = least ? block->used + rounded : block->size;
	return at;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	if (size && count > SIZE_MAX / 2 / size)
		die_out_of_memory();
	return arena_alloc(arena, count * size);
}

char *arena_strndup(struct arena *arena, const char *text, size_t size)
{
	char *copy = arena_alloc(arena, size + 1);

	memcpy(copy, text, size);
	return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
	return arena_strndup(arena, text, strlen(text));
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args, again;
	int size;
	char *text;

	va_start(args, format);
	va_copy(again, args);
	size = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (size < 0)
		BUG("bad format");
	text = arena_alloc(arena, (size_t)size + 1);
	vsnprintf(text, (size_t)size + 1, format, again);
	va_end(again);
	return text;
}

void *arena_grow(struct arena *arena, void *array_pointer, size_t *count, size_t size)
{
	char **array = array_pointer;
	size_t n = *count;

	/* full exactly when n is 0 or a power of two: doubles from there */
	if ((n & (n - 1)) == 0) {
		char *bigger = arena_array(arena, n ? n * 2 : 1, size);

		if (n)
			memcpy(bigger, *array, n * size);
		*array = bigger;
	}
	*count = n + 1;
	return memset(*array + n * size, 0, size);
}

void arena_free(struct arena *arena)
{
	while (arena->blocks) {
		struct arena_block *next = arena->blocks->next;

		free(arena->blocks);
		arena->blocks = next;
	}
}
