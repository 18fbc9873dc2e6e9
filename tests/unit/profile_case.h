/* Profiles as test cases: read with a fixed environment and their own --set. */
#ifndef LIFTOFF_PROFILE_CASE_H
#define LIFTOFF_PROFILE_CASE_H

#include "profile.h"
#include "stack.h"

/* The environment of every case; context is not used. */
const char *case_lookup(void *context, const char *name);

/*
 * Reads and builds the profile at `path`, with the assignments that lines
 * "; --set …" at its top give. 0, or -1 with *report.
 */
int case_build(struct profile *profile, struct stack *stack, struct arena *arena,
	       const char *path, const char **report);

/* Calls `run` for each *.ini of the folder, in order; returns how many. */
size_t case_each(const char *folder, void (*run)(const char *path));

/*
 * Holds `text` against the file. With UPDATE=1 in the environment it is
 * written there instead. Fails the test when they differ.
 */
void case_expect(const char *path, const char *text);

/* "<path without .ini><suffix>" in a static buffer. */
const char *case_file(const char *path, const char *suffix);

#endif
