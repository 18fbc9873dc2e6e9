/*
 * What the parts of profile reading share. Nobody else includes this.
 *
 *   profile_lines  bytes -> sections and entries as written (through inih)
 *   profile_set    --set over them
 *   profile_vars   ${VARIABLE} in every value
 *   profile_file   *_file keys
 *   profile_names  refuses unknown sections and keys
 */
#ifndef LIFTOFF_PROFILE_PARTS_H
#define LIFTOFF_PROFILE_PARTS_H

#include "buf.h"
#include "profile.h"

#define PROFILE_FILE_MAX (64 * 1024)   /* bytes of a file named by a *_file key */
#define PROFILE_TEXT_MAX (1024 * 1024) /* bytes of a profile */
#define PROFILE_VALUE_MAX (64 * 1024)  /* bytes of a value after substitution */

/* Origin of what comes from the command line. */
extern const char profile_set_origin[]; /* "--set" */

/* -1 when the text is none at all. */
int profile_lines(struct profile *profile, const char *text, size_t size);

/* A new section at the end; the pointer goes stale with the next one. */
struct section *profile_add_section(struct profile *profile, const char *name,
				    const char *argument, struct origin at);
struct entry *profile_add_entry(struct profile *profile, struct section *section,
				const char *key, const char *value, struct origin at);
/* Takes the argument's place in [name argument]: "accounts" is "account". */
const char *profile_canonical_argument(const char *section, const char *argument);

void profile_set(struct profile *profile, const char *const *sets);
void profile_vars(struct profile *profile, profile_lookup *lookup, void *context);
void profile_files(struct profile *profile);
void profile_names(struct profile *profile);

/*
 * Reads a file whole into `out`, at most `limit` bytes. False: *why (arena)
 * says what is wrong. "-" is standard input.
 */
bool profile_slurp(struct arena *arena, const char *path, size_t limit, struct buf *out,
		   bool *exposed, const char **why);

/*
 * Does the key read a file, as "license_file" does? Then *base (arena) is the
 * key it stands for.
 */
bool profile_key_reads_file(struct arena *arena, const struct section *section,
			    const char *key, const char **base);

/* NULL if `text` may be a value that takes several lines; else what it holds. */
const char *profile_bad_text(const char *text, size_t size);

#endif
