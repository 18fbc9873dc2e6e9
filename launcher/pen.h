/*
 * Writes one line of a terminal: counts columns, cuts what does not fit, and
 * colours where colours are wanted.
 */
#ifndef LIFTOFF_PEN_H
#define LIFTOFF_PEN_H

#include "buf.h"

#include <stdbool.h>

/* Writes one line of at most `left` more columns. */
struct pen {
	struct buf *out;
	size_t left, used;
	bool color;
};

#define STYLE_NONE ""
#define STYLE_DIM "2"
#define STYLE_BOLD "1"
#define STYLE_GOOD "32"
#define STYLE_BAD "31"
#define STYLE_WARN "33"
#define STYLE_BUSY "36"

/* Adds printable text, as much as there is room for. */
void pen_put(struct pen *pen, const char *style, const char *text);
/* Adds blanks up to a column. */
void pen_pad(struct pen *pen, size_t column);

#endif
