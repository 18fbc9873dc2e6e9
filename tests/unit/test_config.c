/* config_show, stack and the default profile, seen through the API. */
#include "unit.h"

#include "config_show.h"
#include "profile_case.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int build_text(struct profile *profile, struct stack *stack, struct arena *arena,
		      const char *text, const char *const *sets, const char **report)
{
	const struct profile_source source = {
		.text = text, .label = "a text", .sets = sets, .lookup = case_lookup
	};
	struct err err;

	*stack = (struct stack){ 0 };
	if (profile_read(profile, arena, &source) == 0)
		stack_build(stack, profile);
	return profile_check(profile, report, &err);
}

static void the_default_profile_is_compiled_in(void **state)
{
	auto_arena struct arena arena = { 0 };
	struct profile profile;
	struct stack stack;
	const char *report;

	(void)state;
	assert_int_equal(
		build_text(&profile, &stack, &arena, profile_default_text, NULL, &report),
		0);
	assert_string_equal(stack.version, "8.6.1");
	assert_null(stack.warnings[0]);
	assert_non_null(stack_service(&stack, SERVICE_PROXY));
	assert_null(stack_service(&stack, SERVICE_STREAM_HUB));
	assert_string_equal(
		stack_container_name(&arena, &stack,
				     stack_service(&stack, SERVICE_DDP_STREAMER), 2),
		"rocketchat-ddp-streamer-2");
}

/* What a stack comes to, as one text to compare. */
static char *services_dump(const struct profile *profile, const struct stack *stack)
{
	json_t *root = config_json(profile, stack);
	char *text = json_dumps(json_object_get(root, "services"), JSON_SORT_KEYS);

	json_decref(root);
	return text;
}

static unsigned round_trips;

static void round_trip(const char *path)
{
	auto_arena struct arena arena = { 0 };
	auto_buf struct buf text = { 0 };
	auto_free char *before = NULL;
	auto_free char *after = NULL;
	struct profile profile, again;
	struct stack stack, built;
	const char *report = "";

	assert_int_equal(case_build(&profile, &stack, &arena, path, &report), 0);
	config_text(&text, &profile, &stack);
	if (strstr(buf_text(&text), "****") || strstr(buf_text(&text), "does not fit"))
		return;
	if (build_text(&again, &built, &arena, buf_text(&text), NULL, &report) < 0)
		fail_msg("%s: its own configuration is refused:\n%s", path, report);
	before = services_dump(&profile, &stack);
	after = services_dump(&again, &built);
	assert_string_equal(before, after);
	assert_string_equal(stack.root_url, built.root_url);
	assert_int_equal(stack.timeout, built.timeout);
	round_trips++;
}

static void what_is_shown_gives_the_same_stack_again(void **state)
{
	(void)state;
	case_each("tests/cases/profile/good", round_trip);
	case_each("profiles", round_trip);
	assert_true(round_trips >= 8);
}

static void json_says_where_from_and_hides_secrets(void **state)
{
	static const char text[] = "[mongodb]\nurl = mongodb://u:hunter2@db/chat\n"
				   "[env]\nMY_TOKEN = hunter2\nX = ${FOO}\n"
				   "[rocketchat]\nlicense = hunter2\n";
	auto_arena struct arena arena = { 0 };
	auto_free char *dump = NULL;
	struct profile profile;
	struct stack stack;
	const char *report;
	json_t *root;

	(void)state;
	assert_int_equal(build_text(&profile, &stack, &arena, text, NULL, &report), 0);
	root = config_json(&profile, &stack);
	dump = json_dumps(root, JSON_COMPACT);
	assert_null(strstr(dump, "hunter2"));
	assert_non_null(strstr(dump, "\"url\":{\"value\":\"mongodb://********@db/chat\","
				     "\"origin\":\"a text:2\",\"secret\":true}"));
	assert_non_null(strstr(dump, "\"X\":{\"value\":\"foo\",\"origin\":\"a text:5\","
				     "\"variable\":\"FOO\",\"secret\":false}"));
	assert_int_equal(json_integer_value(json_object_get(root, "v")), 1);
	json_decref(root);
}

static void a_file_that_all_can_read_is_worth_a_warning(void **state)
{
	static const char text[] = "[rocketchat]\nlicense_file = license\n";
	const struct profile_source source = { .path = "profile.ini",
					       .lookup = case_lookup };
	char folder[] = "/tmp/liftoff-test-XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	for (mode_t mode = 0600; mode <= 0604; mode += 4) {
		auto_arena struct arena arena = { 0 };
		struct profile profile;
		struct stack stack;
		FILE *file = fopen("license", "w");

		fputs("L\r\n\n", file);
		fclose(file);
		chmod("license", mode);
		file = fopen("profile.ini", "w");
		fputs(text, file);
		fclose(file);
		assert_int_equal(profile_read(&profile, &arena, &source), 0);
		assert_int_equal(stack_build(&stack, &profile), 0);
		assert_string_equal(
			profile_entry(&profile, "rocketchat", NULL, "license")->value,
			"L");
		assert_int_equal(stack.warnings[0] != NULL, mode == 0604);
	}
	unlink("license");
	unlink("profile.ini");
	assert_int_equal(chdir(SOURCE_DIR), 0);
	rmdir(folder);
}

static void a_profile_that_is_not_there_is_one_complaint(void **state)
{
	const char *const paths[] = { "/no/such/profile.ini", "/" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(paths); i++) {
		auto_arena struct arena arena = { 0 };
		const struct profile_source source = { .path = paths[i],
						       .lookup = case_lookup };
		struct err err = { 0 };
		struct profile profile;
		const char *report;

		assert_int_equal(profile_read(&profile, &arena, &source), -1);
		assert_int_equal(profile_check(&profile, &report, &err), -1);
		assert_int_equal(err.kind, ERR_PROFILE);
		assert_string_equal(report, i ? "/: cannot be read: it is a directory"
					      : "/no/such/profile.ini: cannot be read: "
						"No such file or directory");
	}
}

static void the_command_line_comes_last_in_the_report(void **state)
{
	static const char *const sets[] = { "stack.users=x", NULL };
	auto_arena struct arena arena = { 0 };
	struct profile profile;
	struct stack stack;
	const char *report;

	(void)state;
	assert_int_equal(
		build_text(&profile, &stack, &arena,
			   "[proxy]\npublish = x\n[stack]\nname = X\nusers = 1\n", sets,
			   &report),
		-1);
	assert_non_null(strstr(report, "a text:2: [proxy] publish"));
	assert_true(strstr(report, "a text:4:") > strstr(report, "a text:2:"));
	assert_true(strstr(report, "--set: [stack] users") > strstr(report, "a text:4:"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_default_profile_is_compiled_in),
		cmocka_unit_test(what_is_shown_gives_the_same_stack_again),
		cmocka_unit_test(json_says_where_from_and_hides_secrets),
		cmocka_unit_test(a_file_that_all_can_read_is_worth_a_warning),
		cmocka_unit_test(a_profile_that_is_not_there_is_one_complaint),
		cmocka_unit_test(the_command_line_comes_last_in_the_report),
	};

	if (chdir(SOURCE_DIR) < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
