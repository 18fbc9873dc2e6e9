/*
 * The manual page of profiles against the table of keys: every key with its
 * type, default and sentence stands there, and nothing that is no key.
 */
#include "config.h"

#include "unit.h"

#include "buf.h"
#include "profile_case.h"
#include "profile_key.h"

#include <stdio.h>
#include <string.h>

static void load(struct buf *page)
{
	auto_fclose FILE *file = fopen(SOURCE_DIR "/docs/liftoff-profile.5", "r");
	char piece[4096];
	size_t got;

	assert_non_null(file);
	while ((got = fread(piece, 1, sizeof(piece), file)))
		buf_add(page, piece, got);
}

/* As roff writes what is to be copied: "-" is "\-". */
static void add_literal(struct buf *out, const char *text)
{
	for (; *text; text++)
		buf_printf(out, *text == '-' ? "\\%c" : "%c", *text);
}

static void add_type(struct buf *out, const struct profile_key *row)
{
	const char *choice = row->choices;

	if (!choice) {
		buf_puts(out, profile_key_type_name(row->type));
		return;
	}
	for (size_t size; *choice; choice += size) {
		auto_buf struct buf word = { 0 };

		size = strcspn(choice, " ");
		buf_add(&word, choice, size);
		add_literal(out, buf_text(&word));
		if (choice[size]) {
			buf_puts(out, " or ");
			size++;
		}
	}
}

static void add_exceptions(struct buf *out, const struct profile_key *row)
{
	for (const struct profile_key *other = profile_keys; other->section; other++)
		if (other->argument && !strcmp(other->section, row->section) &&
		    !strcmp(other->key, row->key)) {
			buf_printf(out, " (%s for ", other->fallback);
			add_literal(out, other->argument);
			buf_puts(out, ")");
		}
}

/* The whole entry of a key, as it must stand in the page. */
static void add_entry(struct buf *out, const struct profile_key *row)
{
	buf_puts(out, ".TP\n.B ");
	add_literal(out, row->key);
	buf_puts(out, "\n");
	add_type(out, row);
	buf_puts(out, row->fallback ? "; default " : "; not set by default");
	add_literal(out, row->fallback ? row->fallback : "");
	add_exceptions(out, row);
	if (row->flags & KEY_FILE)
		buf_printf(out, "; or %s_file", row->key);
	buf_printf(out, "\n.br\n%s\n", row->doc);
}

/* The part of the page that is about the section, and its size. */
static const char *section_of(const char *page, const char *name, size_t *size)
{
	char head[64];
	const char *at, *end;

	snprintf(head, sizeof(head), "\n.SS [%s%s]\n", name,
		 strcmp(name, "service") != 0 ? "" : " \\fINAME\\fB");
	at = strstr(page, head);
	if (!at) {
		fail_msg("the manual has no section [%s]", name);
		abort(); /* fail_msg() does not come back, which compilers cannot see */
	}
	end = strstr(at + 1, "\n.S");
	*size = end ? (size_t)(end - at) + 1 : strlen(at);
	return at;
}

static void every_key_is_in_the_manual(void **state)
{
	auto_buf struct buf page = { 0 };

	(void)state;
	load(&page);
	for (const struct profile_key *row = profile_keys; row->section; row++) {
		auto_buf struct buf entry = { 0 };
		size_t size;
		const char *section = section_of(buf_text(&page), row->section, &size);

		if (row->argument)
			continue;
		add_entry(&entry, row);
		if (!memmem(section, size, entry.data, entry.size))
			fail_msg("[%s] must have\n%s", row->section, entry.data);
	}
}

static size_t count(const char *text, size_t size, const char *word)
{
	const char *end = text + size;
	size_t found = 0;

	while ((text = memmem(text, (size_t)(end - text), word, strlen(word)))) {
		found++;
		text += strlen(word);
	}
	return found;
}

static void the_manual_has_no_key_of_its_own(void **state)
{
	auto_buf struct buf page = { 0 };

	(void)state;
	load(&page);
	for (const struct profile_key *row = profile_keys; row->section; row++) {
		size_t size, keys = 0;
		const char *section = section_of(buf_text(&page), row->section, &size);

		for (const struct profile_key *other = profile_keys; other->section;
		     other++)
			keys += !other->argument && !strcmp(other->section, row->section);
		assert_int_equal(count(section, size, "\n.TP\n"), keys);
	}
}

static void every_type_is_explained(void **state)
{
	auto_buf struct buf page = { 0 };

	(void)state;
	load(&page);
	for (unsigned type = 0; type < KEY_TYPE_COUNT; type++) {
		char entry[64];

		if (type == KEY_ENUM) /* the choices themselves are shown */
			continue;
		snprintf(entry, sizeof(entry), "\n.TP\n.B %s\n",
			 profile_key_type_name((enum key_type)type));
		if (!strstr(buf_text(&page), entry))
			fail_msg("no word on the type %s", entry);
	}
}

static void build_example(const char *text)
{
	auto_arena struct arena arena = { 0 };
	struct profile profile;
	struct stack stack;
	struct err err;
	const char *report;
	const struct profile_source source = { .text = text,
					       .label = "an example",
					       .lookup = case_lookup };

	if (profile_read(&profile, &arena, &source) == 0)
		stack_build(&stack, &profile);
	/* the files that examples name are the reader's */
	if (profile_check(&profile, &report, &err) < 0 &&
	    (strstr(report, "\n") || !strstr(report, "cannot take")))
		fail_msg("%s\n%s", text, report);
}

/* What stands between ".RS" and ".RE" is a profile that builds. */
static void examples_build(void **state)
{
	auto_buf struct buf page = { 0 };
	auto_buf struct buf example = { 0 };
	unsigned examples = 0;
	bool inside = false;

	(void)state;
	load(&page);
	for (char *rest = page.data, *line; (line = strsep(&rest, "\n"));) {
		if (!strcmp(line, ".RE")) {
			build_example(buf_text(&example));
			buf_clear(&example);
			examples++;
			inside = false;
		} else if (inside) {
			for (; *line; line++)
				if (*line != '\\')
					buf_add(&example, line, 1);
			buf_puts(&example, "\n");
		} else {
			inside = !strcmp(line, ".RS");
		}
	}
	assert_true(examples >= 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_is_in_the_manual),
		cmocka_unit_test(the_manual_has_no_key_of_its_own),
		cmocka_unit_test(every_type_is_explained),
		cmocka_unit_test(examples_build),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
