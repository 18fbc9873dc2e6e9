#include "config.h"

#include "profile.h"

#include "buf.h"
#include "printable.h"
#include "profile_parts.h"

#include <stdarg.h>
#include <string.h>

const char profile_set_origin[] = "--set";

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

const struct section *profile_section(const struct profile *profile, const char *name,
				      const char *argument)
{
	for (size_t i = 0; i < profile->section_count; i++) {
		const struct section *section = &profile->sections[i];

		if (!strcmp(section->name, name) && same(section->argument, argument))
			return section;
	}
	return NULL;
}

struct entry *profile_entry(const struct profile *profile, const char *name,
			    const char *argument, const char *key)
{
	const struct section *section = profile_section(profile, name, argument);

	for (size_t i = 0; section && i < section->count; i++)
		if (!strcmp(section->entries[i].key, key))
			return &section->entries[i];
	return NULL;
}

const char *profile_label(struct arena *arena, const char *section, const char *argument)
{
	return argument ? arena_printf(arena, "[%s %s]", section, argument)
			: arena_printf(arena, "[%s]", section);
}

struct section *profile_add_section(struct profile *profile, const char *name,
				    const char *argument, struct origin at)
{
	struct section *section = arena_grow(profile->arena, &profile->sections,
					     &profile->section_count, sizeof(*section));

	*section = (struct section){ .name = name, .argument = argument, .at = at };
	return section;
}

struct entry *profile_add_entry(struct profile *profile, struct section *section,
				const char *key, const char *value, struct origin at)
{
	struct entry *entry = arena_grow(profile->arena, &section->entries,
					 &section->count, sizeof(*entry));

	*entry = (struct entry){ .key = key, .value = value, .at = at };
	return entry;
}

void profile_complain(struct profile *profile, struct origin at, const char *format, ...)
{
	auto_buf struct buf safe = { 0 };
	auto_free char *text = NULL;
	struct complaint *complaint;
	va_list args;
	int size;

	if (profile->complaint_count == PROFILE_COMPLAINTS_MAX) {
		profile->complaints_left_out++;
		return;
	}
	va_start(args, format);
	size = vasprintf(&text, format, args);
	va_end(args);
	if (size < 0)
		die_out_of_memory();
	printable_add(&safe, text, (size_t)size, PRINTABLE_LINE);
	complaint = arena_grow(profile->arena, &profile->complaints,
			       &profile->complaint_count, sizeof(*complaint));
	complaint->at = at;
	complaint->text = arena_strdup(profile->arena, buf_text(&safe));
}

/* The profile's own lines first, then the command line. */
static bool comes_before(const struct complaint *a, const struct complaint *b)
{
	const bool a_set = !strcmp(a->at.file, profile_set_origin);
	const bool b_set = !strcmp(b->at.file, profile_set_origin);

	if (a_set != b_set)
		return b_set;
	return a->at.line < b->at.line;
}

/* Sorted by insertion, which is stable and quick for a hundred. */
static struct complaint *sorted(const struct profile *profile)
{
	struct complaint *list = arena_array(profile->arena, profile->complaint_count,
					     sizeof(*list));

	for (size_t i = 0; i < profile->complaint_count; i++) {
		size_t at = i;

		for (; at && comes_before(&profile->complaints[i], &list[at - 1]); at--)
			list[at] = list[at - 1];
		list[at] = profile->complaints[i];
	}
	return list;
}

int profile_check(const struct profile *profile, const char **report, struct err *err)
{
	const struct complaint *list = sorted(profile);
	auto_buf struct buf text = { 0 };

	if (!profile->complaint_count)
		return 0;
	for (size_t i = 0; i < profile->complaint_count; i++) {
		const struct origin at = list[i].at;

		buf_puts(&text, i ? "\n" : "");
		printable_add(&text, at.file, strlen(at.file), PRINTABLE_LINE);
		if (at.line)
			buf_printf(&text, ":%d", at.line);
		buf_printf(&text, ": %s", list[i].text);
	}
	if (profile->complaints_left_out)
		buf_printf(&text, "\n… and %zu more", profile->complaints_left_out);
	*report = arena_strdup(profile->arena, buf_text(&text));
	return err_set(err, ERR_PROFILE, "%s", *report);
}
