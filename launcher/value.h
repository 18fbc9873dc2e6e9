/*
 * Values of a profile: text of a type, parsed and held against its limits.
 * Pure.
 */
#ifndef LIFTOFF_VALUE_H
#define LIFTOFF_VALUE_H

#include "arena.h"
#include "profile_key.h"
#include "release.h"
#include "subnet.h"

struct value {
	/* seconds × 1000, bytes, billionths of a CPU, a port, the place of a choice */
	int64_t number;
	const char *host; /* with KEY_ADDRESS, without brackets (arena) */
	bool subnet_auto;
	struct subnet subnet;
	struct release_version release;
};

/*
 * Parses `text` as the row's type. False: *why (arena) says what is wrong, as
 * the end of a sentence that begins with the value: "is no duration (…)".
 */
bool value_parse(struct arena *arena, const struct profile_key *row, const char *text,
		 struct value *value, const char **why);

#endif
