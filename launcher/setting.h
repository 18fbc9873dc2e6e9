/*
 * One key of the table as this profile has it: written or by default, parsed
 * to its type.
 */
#ifndef LIFTOFF_SETTING_H
#define LIFTOFF_SETTING_H

#include "profile.h"
#include "value.h"

struct setting {
	const struct profile_key *row;
	const char *text; /* as written after substitution, or the default; NULL: unset */
	struct origin at; /* of the default: "built-in default" */
	const struct entry *entry; /* NULL: the default */
	struct value value;        /* of text; zero if that is NULL */
	bool wrong; /* complained about: text and value are the default's */
};

/*
 * A value that does not parse becomes a complaint, once. An empty value is as
 * good as none: the default holds. The key must be in the table.
 */
struct setting setting_get(struct profile *profile, const char *section,
			   const char *argument, const char *key);

/* Complains about the setting: "[stack] users: <what>". */
void setting_complain(struct profile *profile, const struct setting *setting,
		      const char *argument, const char *what);

#endif
