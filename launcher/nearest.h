/*
 * "Did you mean": the candidate nearest to a mistyped word. Pure.
 */
#ifndef LIFTOFF_NEAREST_H
#define LIFTOFF_NEAREST_H

#include <stddef.h>

struct nearest {
	const char *word; /* what was typed */
	const char *best; /* the nearest candidate so far, near enough to name; or NULL */
	size_t distance;  /* of best */
};

/* Offer the candidates one by one; the first of equals wins. */
void nearest_offer(struct nearest *nearest, const char *candidate);

#endif
