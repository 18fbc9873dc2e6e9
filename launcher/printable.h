/*
 * Text of strangers made safe to show. What engines, containers and profiles
 * say may hold escape sequences, broken UTF-8 or marks that turn the reading
 * direction; none of that may steer a terminal. Pure.
 */
#ifndef LIFTOFF_PRINTABLE_H
#define LIFTOFF_PRINTABLE_H

#include "buf.h"

#include <stdint.h>

enum printable_keep {
	PRINTABLE_LINE = 0,    /* one line: a newline becomes \n, a tab a space */
	PRINTABLE_NEWLINE = 1, /* newlines stay */
	PRINTABLE_TAB = 2,     /* tabs stay */
	PRINTABLE_PLAIN = 4,   /* colour sequences vanish instead of being escaped */
};

/*
 * Adds the text with every control character, every byte that is no UTF-8 and
 * every direction override spelled out: \x1b, \xff, \u202e. `keep` is made of
 * enum printable_keep.
 */
void printable_add(struct buf *out, const char *text, size_t size, unsigned keep);

/*
 * One line for a fixed buffer: control characters, direction marks and white
 * space become single blanks, none at either end; bytes that are no UTF-8
 * become '?'. What does not fit in `room` (with its NUL) is cut at a
 * character, and "…" says so.
 */
void printable_copy(char *out, size_t room, const char *text, size_t size);

/*
 * Adds the text as UTF-8 that JSON can hold unchanged: broken bytes and the
 * C1 controls (which JSON does not escape) become U+FFFD.
 */
void printable_json(struct buf *out, const char *text, size_t size);

/* Terminal columns of printable text. */
size_t printable_width(const char *text);

/* Adds printable text cut to that many columns, ending in "…" if it was cut. */
void printable_cut(struct buf *out, const char *text, size_t columns);

/* The first character of text: its code point and size in bytes; 0: no UTF-8. */
size_t utf8_decode(const char *text, size_t size, uint32_t *point);

#endif
