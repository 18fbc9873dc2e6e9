/* *_file keys: the value is what a file holds. */
#include "profile_parts.h"

#include "buf.h"
#include "profile_key.h"

#include <string.h>

static const char suffix[] = "_file";

bool profile_key_reads_file(struct arena *arena, const struct section *section,
			    const char *key, const char **base)
{
	const size_t size = strlen(key), end = sizeof(suffix) - 1;
	const struct profile_key *row;

	if (size <= end || strcmp(key + size - end, suffix) != 0)
		return false;
	*base = arena_strndup(arena, key, size - end);
	if (!strcmp(section->name, "env"))
		return true;
	row = profile_key_find(section->name, section->argument, *base);
	return row && (row->flags & KEY_FILE);
}

/* Relative to the profile; on the command line, to where that was written. */
static const char *resolved(struct profile *profile, const struct entry *entry)
{
	const char *slash = strrchr(profile->path, '/');

	if (entry->value[0] == '/' || !slash || entry->at.file == profile_set_origin)
		return entry->value;
	return arena_printf(profile->arena, "%.*s/%s", (int)(slash - profile->path),
			    profile->path, entry->value);
}

/* The file's text without the line end(s) that editors put at its end. */
static const char *read_value(struct profile *profile, struct entry *entry,
			      const char *path)
{
	auto_buf struct buf text = { 0 };
	const char *why = NULL;
	size_t size;

	if (profile_slurp(profile->arena, path, PROFILE_FILE_MAX, &text, &entry->exposed,
			  &why)) {
		why = profile_bad_text(buf_text(&text), text.size);
		if (why)
			why = arena_printf(profile->arena, "it holds %s", why);
	}
	if (why) {
		profile_complain(profile, entry->at, "%s: cannot take %s: %s", entry->key,
				 path, why);
		entry->wrong = true;
		return "";
	}
	for (size = text.size; size && strchr("\r\n", text.data[size - 1]); size--)
		;
	return arena_strndup(profile->arena, buf_text(&text), size);
}

static void load(struct profile *profile, struct section *section, struct entry *entry,
		 const char *base)
{
	for (size_t i = 0; i < section->count; i++)
		if (!strcmp(section->entries[i].key, base)) {
			profile_complain(profile, entry->at,
					 "%s and %s (line %d) are both "
					 "given: keep one",
					 entry->key, base, section->entries[i].at.line);
			entry->wrong = true;
			entry->key = base;
			return;
		}
	entry->from_file = true;
	if (!entry->wrong)
		entry->value = *entry->value ? read_value(profile, entry,
							  resolved(profile, entry))
					     : "";
	entry->key = base;
}

void profile_files(struct profile *profile)
{
	for (size_t i = 0; i < profile->section_count; i++) {
		struct section *section = &profile->sections[i];

		for (size_t j = 0; j < section->count; j++) {
			struct entry *entry = &section->entries[j];
			const char *base;

			if (!entry->from_file &&
			    profile_key_reads_file(profile->arena, section, entry->key,
						   &base))
				load(profile, section, entry, base);
		}
	}
}
