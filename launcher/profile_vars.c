/*
 * ${VARIABLE} in values:
 *   ${NAME}           its value; not set is a mistake
 *   ${NAME:-text}     text when it is not set or empty; ${NAME-text}: not set
 *   ${NAME:?message}  the mistake says the message; ${NAME?message}
 *   $$                a dollar sign
 * The text after :- is substituted as well. What comes in is never looked at
 * again: a value from the environment cannot name another variable.
 */
#include "profile_parts.h"

#include "buf.h"

#include <string.h>

#define DEPTH_MAX 8

struct vars {
	struct profile *profile;
	struct entry *entry;
	profile_lookup *lookup;
	void *context;
	const char *at; /* what is still to be read */
	struct buf out;
	unsigned depth;
	bool wrong;
};

static void complain(struct vars *vars, const char *text, const char *name)
{
	if (!vars->wrong)
		profile_complain(vars->profile, vars->entry->at, "%s: %s%s",
				 vars->entry->key, name, text);
	vars->wrong = true;
}

static size_t name_size(const char *text)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz_0123456789";

	return *text >= '0' && *text <= '9' ? 0 : strspn(text, letters);
}

static void expand(struct vars *vars, bool nested, bool keep);

/* The text between ":-" or ":?" and its '}', substituted if it is wanted. */
static void word(struct vars *vars, bool keep)
{
	if (++vars->depth > DEPTH_MAX)
		complain(vars, "${…} is nested too deep", "");
	else
		expand(vars, true, keep);
	vars->depth--;
	if (!vars->wrong && *vars->at != '}')
		complain(vars, "${ without }", "");
}

static void insert(struct vars *vars, const char *name, const char *value)
{
	const char *why = profile_bad_text(value, strlen(value));

	if (why)
		complain(vars, arena_printf(vars->profile->arena, "} holds %s", why),
			 arena_printf(vars->profile->arena, "${%s", name));
	else
		buf_puts(&vars->out, value);
}

/* ":?message": reads the message, and complains with it unless there is a value. */
static void demand(struct vars *vars, const char *name, bool missing)
{
	const size_t start = vars->out.size;
	const char *said;

	word(vars, missing);
	said = buf_text(&vars->out) + start;
	if (missing)
		complain(vars,
			 arena_printf(vars->profile->arena, "}: %s",
				      *said ? said : "it is not set"),
			 arena_printf(vars->profile->arena, "${%s", name));
}

/* What follows "${": a name, then "}", "-", ":-", "?" or ":?". */
static void reference(struct vars *vars, bool keep)
{
	struct arena *arena = vars->profile->arena;
	const size_t size = name_size(vars->at);
	const char *name = arena_strndup(arena, vars->at, size);
	const char *value = keep && size ? vars->lookup(vars->context, name) : NULL;
	const bool colon = vars->at[size] == ':';
	const bool missing = !value || (colon && !*value);
	const char how = vars->at[size + colon];

	if (size && !vars->at[size]) {
		complain(vars, arena_printf(arena, "${%s without }", name), "");
		return;
	}
	if (!size || (colon ? how != '-' && how != '?' : !strchr("}-?", how) || !how)) {
		complain(vars,
			 "is no variable: write ${NAME}, ${NAME:-default} or "
			 "${NAME:?message}",
			 "${ ");
		return;
	}
	if (keep && !vars->entry->variable)
		vars->entry->variable = name;
	vars->at += size + colon + (how != '}');
	if (how == '-')
		word(vars, keep && missing);
	else if (how == '?')
		demand(vars, name, keep && missing);
	else if (keep && missing)
		complain(vars,
			 arena_printf(arena,
				      "} is not set in the environment (${%s:-text} "
				      "would give a default)",
				      name),
			 arena_printf(arena, "${%s", name));
	if (vars->wrong)
		return;
	vars->at++; /* the '}' */
	if (keep && !missing)
		insert(vars, name, value);
}

/* Up to the end, or with `nested` up to '}'. Without `keep`, nothing comes out. */
static void expand(struct vars *vars, bool nested, bool keep)
{
	while (*vars->at && !vars->wrong) {
		const char c = *vars->at;

		if (nested && c == '}')
			return;
		if (c != '$') {
			if (keep)
				buf_add(&vars->out, vars->at, 1);
			vars->at++;
		} else if (vars->at[1] == '$') {
			if (keep)
				buf_puts(&vars->out, "$");
			vars->at += 2;
		} else if (vars->at[1] == '{') {
			vars->at += 2;
			reference(vars, keep);
		} else {
			complain(vars,
				 "'$' must be ${NAME} for a variable or $$ for a dollar "
				 "sign",
				 "");
		}
		if (vars->out.size > PROFILE_VALUE_MAX)
			complain(vars, "its value is larger than 64 KiB", "");
	}
}

static void expand_entry(struct profile *profile, struct entry *entry,
			 profile_lookup *lookup, void *context)
{
	struct vars vars = { .profile = profile,
			     .entry = entry,
			     .lookup = lookup,
			     .context = context,
			     .at = entry->value };

	expand(&vars, false, true);
	entry->wrong = vars.wrong;
	entry->value = arena_strdup(profile->arena, buf_text(&vars.out));
	buf_free(&vars.out);
}

void profile_vars(struct profile *profile, profile_lookup *lookup, void *context)
{
	for (size_t i = 0; i < profile->section_count; i++)
		for (size_t j = 0; j < profile->sections[i].count; j++) {
			struct entry *entry = &profile->sections[i].entries[j];

			/* a command line went through a shell already */
			if (entry->at.file != profile_set_origin)
				expand_entry(profile, entry, lookup, context);
		}
}
