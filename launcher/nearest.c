#include "nearest.h"

#include <string.h>

#define WORD_MAX 40

static size_t min_of(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * Optimal string alignment: insertions, deletions, replacements and swaps of
 * neighbours each cost 1. A candidate that the word begins costs 1 at most.
 */
static size_t distance(const char *a, size_t a_size, const char *b, size_t b_size)
{
	size_t rows[3][WORD_MAX + 1] = { 0 };
	size_t *before = rows[0], *last = rows[1], *row = rows[2];

	for (size_t j = 0; j <= b_size; j++)
		last[j] = j;
	for (size_t i = 1; i <= a_size; i++) {
		size_t *oldest = before;

		row[0] = i;
		for (size_t j = 1; j <= b_size; j++) {
			size_t replace = last[j - 1] + (a[i - 1] != b[j - 1]);

			row[j] = min_of(replace, min_of(last[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				row[j] = min_of(row[j], before[j - 2] + 1);
		}
		before = last;
		last = row;
		row = oldest;
	}
	return last[b_size];
}

void nearest_offer(struct nearest *nearest, const char *candidate)
{
	size_t word_size = strlen(nearest->word), size = strlen(candidate), found;

	if (word_size == 0 || word_size > WORD_MAX || size > WORD_MAX)
		return;
	found = distance(nearest->word, word_size, candidate, size);
	if (word_size >= 3 && size > word_size &&
	    strncmp(nearest->word, candidate, word_size) == 0)
		found = 1;
	/* Farther than a third of the word is another word, not a slip. */
	if (found > (word_size < 3 ? 1 : (word_size + 2) / 3))
		return;
	if (found >= size)
		return; /* nothing in common */
	if (nearest->best && nearest->distance <= found)
		return;
	nearest->best = candidate;
	nearest->distance = found;
}
