/*
 * The profile as written: an INI text read into sections and entries, each
 * with its place, variables substituted, *_file values read. Knows the key
 * table (profile_key.h) only far enough to refuse what it does not hold.
 * Everything lives in the arena given to profile_new().
 */
#ifndef LIFTOFF_PROFILE_H
#define LIFTOFF_PROFILE_H

#include "arena.h"
#include "err.h"

#include <stdbool.h>
#include <stddef.h>

/* Where a value came from. */
struct origin {
	const char
		*file; /* path as given, "default profile", "--set", "built-in default" */
	int line;      /* 0: the whole file, or no line */
};

/* One complaint about the profile. */
struct complaint {
	struct origin at;
	const char *text;
};

struct entry {
	const char *key, *value; /* value after substitution; UTF-8, no NUL */
	struct origin at;
	const char *variable; /* the first ${VARIABLE} it was made of, or NULL */
	bool from_file;       /* read through a *_file key: secret or long */
	bool exposed;         /* … and everyone on this host can read that file */
	bool wrong;           /* already complained about */
};

struct section {
	const char *name;     /* "service" */
	const char *argument; /* "ddp-streamer" in [service ddp-streamer], else NULL */
	struct origin at;
	struct entry *entries;
	size_t count;
	bool wrong; /* unknown or repeated: already complained about */
};

struct profile {
	struct arena *arena;
	const char *path; /* as shown to people */
	struct section *sections;
	size_t section_count;
	struct complaint *complaints; /* in order of discovery */
	size_t complaint_count;
	size_t complaints_left_out; /* beyond PROFILE_COMPLAINTS_MAX: only counted */
};

/* Nobody reads more than this; rubbish makes thousands. */
#define PROFILE_COMPLAINTS_MAX 100

/* How a variable's value is found: getenv in the launcher, a table in tests. */
typedef const char *profile_lookup(void *context, const char *name);

struct profile_source {
	const char *path;        /* file to read, "-" for stdin; NULL: use text */
	const char *text;        /* with path NULL: the profile itself … */
	const char *label;       /* … and what to call it */
	const char *const *sets; /* "section.key=value" from --set, NULL-terminated */
	profile_lookup *lookup;
	void *lookup_context;
};

/*
 * Reads a whole profile. Mistakes inside it become complaints, and reading
 * goes on; -1 only when there is nothing to go on with (no such file, a
 * directory, not text), which is a complaint too.
 */
int profile_read(struct profile *profile, struct arena *arena,
		 const struct profile_source *source);

/* [name] or [name argument]; NULL if the profile has none. */
const struct section *profile_section(const struct profile *profile, const char *name,
				      const char *argument);
/* The key's entry in that section, NULL if it is not written. */
struct entry *profile_entry(const struct profile *profile, const char *name,
			    const char *argument, const char *key);

/* "[service ddp-streamer]" (arena) */
const char *profile_label(struct arena *arena, const char *section, const char *argument);

/* The text is made safe to print, whatever the profile holds. */
void profile_complain(struct profile *profile, struct origin at, const char *format, ...)
	PRINTF_LIKE(3, 4);

/*
 * All complaints, sorted by place, one "file:line: message" a line, as one
 * err of kind ERR_PROFILE; 0 when there are none. The full text goes to
 * *report (arena), since it may be longer than an err holds.
 */
int profile_check(const struct profile *profile, const char **report, struct err *err);

/* The built-in default profile: the text of profiles/default.ini. */
extern const char profile_default_text[];

#endif
