/* --set section.key=value, over what the profile says. */
#include "profile_parts.h"

#include "utf8.h"

#include <string.h>

struct assignment {
	const char *section, *argument, *key, *value;
};

/* "service.ddp-streamer", "service ddp-streamer" or "stack". */
static bool split_section(struct arena *arena, const char *text, size_t size,
			  struct assignment *set)
{
	char *section = arena_strndup(arena, text, size);
	char *argument = strpbrk(section, ". ");

	if (argument) {
		*argument++ = '\0';
		argument += strspn(argument, " ");
	}
	set->section = section;
	set->argument = argument ? profile_canonical_argument(section, argument) : NULL;
	return *section && (!argument || (*argument && !strchr(argument, ' ')));
}

static bool split(struct arena *arena, const char *text, struct assignment *set)
{
	const char *equals = strchr(text, '='), *dot = NULL;

	if (!equals)
		return false;
	for (const char *c = text; c < equals; c++)
		if (*c == '.')
			dot = c;
	if (!dot || dot + 1 == equals)
		return false;
	set->key = arena_strndup(arena, dot + 1, (size_t)(equals - dot - 1));
	set->value = arena_strdup(arena, equals + 1);
	return split_section(arena, text, (size_t)(dot - text), set);
}

static void remove_key(struct section *section, const char *key)
{
	for (size_t i = 0; i < section->count; i++) {
		if (strcmp(section->entries[i].key, key) != 0)
			continue;
		memmove(&section->entries[i], &section->entries[i + 1],
			(section->count - i - 1) * sizeof(*section->entries));
		section->count--;
		return;
	}
}

/* The key itself, and the other way of giving the same value. */
static void remove_both_forms(struct profile *profile, struct section *section,
			      const char *key)
{
	const char *base;

	remove_key(section, key);
	if (profile_key_reads_file(profile->arena, section, key, &base))
		remove_key(section, base);
	else
		remove_key(section, arena_printf(profile->arena, "%s_file", key));
}

static void assign(struct profile *profile, const struct assignment *set)
{
	const struct origin at = { profile_set_origin, 0 };
	const struct section *found = profile_section(profile, set->section,
						      set->argument);
	struct section *section = found ? &profile->sections[found - profile->sections]
					: profile_add_section(profile, set->section,
							      set->argument, at);
	size_t count;
	struct entry *kept;

	remove_both_forms(profile, section, set->key);
	/* arena_grow() counts on room that removing may have moved: start afresh */
	count = section->count;
	kept = section->entries;
	section->entries = NULL;
	section->count = 0;
	for (size_t i = 0; i < count; i++)
		*(struct entry *)arena_grow(profile->arena, &section->entries,
					    &section->count, sizeof(*kept)) = kept[i];
	profile_add_entry(profile, section, set->key, set->value, at);
}

void profile_set(struct profile *profile, const char *const *sets)
{
	const struct origin at = { profile_set_origin, 0 };

	for (; sets && *sets; sets++) {
		struct assignment set;
		const char *why = profile_bad_text(*sets, strlen(*sets));

		if (why)
			profile_complain(profile, at, "%.*s holds %s",
					 (int)strcspn(*sets, "="), *sets, why);
		else if (!split(profile->arena, *sets, &set))
			profile_complain(profile, at,
					 "%.*s: write section.key=value, as in "
					 "service.ddp-streamer.replicas=3",
					 (int)strcspn(*sets, "="), *sets);
		else
			assign(profile, &set);
	}
}
