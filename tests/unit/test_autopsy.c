/*
 * tests/cases/autopsy/NAME.json is {"object", "inspect", "log": [lines],
 * "secrets": [strings]}; NAME.expect the block that people see.
 */
#include "unit.h"

#include "autopsy.h"

#include <dirent.h>
#include <string.h>

#define CASES SOURCE_DIR "/tests/cases/autopsy"

static void read_file(struct buf *out, const char *path)
{
	FILE *file = fopen(path, "r");
	char piece[4096];
	size_t size;

	if (!file)
		fail_msg("cannot open %s", path);
	while ((size = fread(piece, 1, sizeof(piece), file)) > 0)
		buf_add(out, piece, size);
	fclose(file);
}

static void explain_case(struct autopsy *autopsy, struct arena *arena, const json_t *test)
{
	auto_buf struct buf log = { 0 };
	const json_t *line, *secrets = json_object_get(test, "secrets");
	const json_t *inspect = json_object_get(test, "inspect");
	const char **list = arena_array(arena, json_array_size(secrets) + 1,
					sizeof(*list));
	size_t i;

	json_array_foreach(json_object_get(test, "log"), i, line)
		buf_printf(&log, "%s\n", json_string_value(line));
	json_array_foreach(secrets, i, line) list[i] = json_string_value(line);
	autopsy_explain(
		autopsy, arena, json_string_value(json_object_get(test, "object")),
		json_is_null(inspect) ? NULL : inspect, buf_text(&log), log.size, list);
}

static void run_case(const char *name)
{
	auto_arena struct arena arena = { 0 };
	auto_buf struct buf expect = { 0 }, out = { 0 };
	json_auto_t *test = NULL, *json = NULL;
	struct autopsy autopsy;
	json_error_t error;

	test = json_load_file(arena_printf(&arena, CASES "/%s.json", name), 0, &error);
	if (!test)
		fail_msg("%s: %s", name, error.text);
	read_file(&expect, arena_printf(&arena, CASES "/%s.expect", name));
	explain_case(&autopsy, &arena, test);
	autopsy_text(&out, &autopsy);
	if (strcmp(buf_text(&out), buf_text(&expect)) != 0)
		fail_msg("%s:\n%s\nexpected:\n%s", name, buf_text(&out),
			 buf_text(&expect));
	json = autopsy_json(&autopsy);
	assert_int_equal(json_array_size(json_object_get(json, "log")),
			 autopsy.line_count);
}

static void every_case_is_explained(void **state)
{
	DIR *folder = opendir(CASES);
	const struct dirent *file;
	size_t count = 0;

	(void)state;
	assert_non_null(folder);
	while ((file = readdir(folder))) {
		size_t size = strlen(file->d_name);
		char name[256];

		if (size < 6 || strcmp(file->d_name + size - 5, ".json") != 0)
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)(size - 5), file->d_name);
		run_case(name);
		count++;
	}
	closedir(folder);
	assert_true(count >= 10);
}

static void every_known_failure_is_recognised(void **state)
{
	(void)state;
	for (const struct autopsy_known *known = autopsy_known; known->needle; known++) {
		auto_arena struct arena arena = { 0 };
		struct autopsy autopsy;
		json_auto_t *inspect = json_object();
		const char *log = arena_printf(&arena, "12:00 error %s xx %s yy\n",
					       known->needle,
					       known->also ? known->also : "");

		autopsy_explain(&autopsy, &arena, "x-1", inspect, log, strlen(log), NULL);
		if (!autopsy.cause || strcmp(autopsy.cause, known->cause) != 0)
			fail_msg("%s: %s", known->needle,
				 autopsy.cause ? autopsy.cause : "nothing");
	}
}

static void only_the_last_lines_are_kept(void **state)
{
	auto_arena struct arena arena = { 0 };
	auto_buf struct buf log = { 0 };
	struct autopsy autopsy;

	(void)state;
	for (int i = 1; i <= 50; i++)
		buf_printf(&log, "line %d\n\n", i);
	autopsy_explain(&autopsy, &arena, "x-1", NULL, log.data, log.size, NULL);
	assert_int_equal(autopsy.line_count, AUTOPSY_LINES);
	assert_string_equal(autopsy.lines[0], "line 31");
	assert_string_equal(autopsy.lines[19], "line 50");
	autopsy_explain(&autopsy, &arena, "x-1", NULL, "no newline", 10, NULL);
	assert_int_equal(autopsy.line_count, 1);
	autopsy_explain(&autopsy, &arena, "x-1", NULL, "", 0, NULL);
	assert_int_equal(autopsy.line_count, 0);
}

static void a_secret_at_the_cut_is_masked_too(void **state)
{
	static const char *const secrets[] = { "hunter2hunter2", "hunter2", "", NULL };
	auto_arena struct arena arena = { 0 };
	auto_buf struct buf log = { 0 };
	struct autopsy autopsy;

	(void)state;
	for (int i = 0; i < 1995; i++)
		buf_puts(&log, "x");
	buf_puts(&log, "hunter2hunter2 and more\n");
	autopsy_explain(&autopsy, &arena, "x-1", NULL, log.data, log.size, secrets);
	assert_null(strstr(autopsy.lines[0], "hunt"));
	assert_non_null(strstr(autopsy.lines[0], "…"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case_is_explained),
		cmocka_unit_test(every_known_failure_is_recognised),
		cmocka_unit_test(only_the_last_lines_are_kept),
		cmocka_unit_test(a_secret_at_the_cut_is_masked_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
