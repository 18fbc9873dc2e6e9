/* The command line: options, their values, what is refused and what is advised. */
#include "unit.h"

#include "command.h"
#include "help.h"
#include "nearest.h"
#include "opts.h"

#include <string.h>

#define ARGS(...)                                                                        \
	(const char *[])                                                                 \
	{                                                                                \
		"liftoff", __VA_ARGS__, NULL                                             \
	}

#define LOGS (OPTS_COMMON | OPT(FOLLOW) | OPT(TAIL) | OPT(SINCE) | OPT(TIMESTAMPS))

struct parsed {
	struct arena arena;
	struct options options;
	struct err err;
	int code;
	char *argv[16]; /* reordered by the parser */
};

static void parse(struct parsed *parsed, uint64_t set, bool ends, const char **argv)
{
	int argc = 0;

	memset(parsed->argv, 0, sizeof(parsed->argv));
	for (; argv[argc]; argc++)
		parsed->argv[argc] = (char *)argv[argc];
	options_init(&parsed->options);
	parsed->err = (struct err){ 0 };
	parsed->code = options_parse(&parsed->options, &parsed->arena, set, ends, argc,
				     parsed->argv, &parsed->err);
}

static int set_up(void **state)
{
	static struct parsed parsed;

	parsed = (struct parsed){ 0 };
	*state = &parsed;
	return 0;
}

static int tear_down(void **state)
{
	arena_free(&((struct parsed *)*state)->arena);
	return 0;
}

static void values_stand_beside_or_behind_an_equals_sign(void **state)
{
	struct parsed *parsed = *state;

	parse(parsed, OPTS_COMMON, false,
	      ARGS("--profile=a.ini", "-Hunix:///x", "--set", "a.b=c", "--set=a.d=e=f"));
	assert_int_equal(parsed->code, 0);
	assert_string_equal(parsed->options.profile, "a.ini");
	assert_string_equal(parsed->options.host, "unix:///x");
	assert_string_equal(parsed->options.sets[0], "a.b=c");
	assert_string_equal(parsed->options.sets[1], "a.d=e=f");
	assert_null(parsed->options.sets[2]);
	assert_int_equal(parsed->options.argc, 0);
}

static void nothing_given_is_the_default(void **state)
{
	struct parsed *parsed = *state;

	parse(parsed, OPTS_COMMON, false, ARGS("x"));
	assert_null(parsed->options.profile);
	assert_null(parsed->options.sets[0]);
	assert_int_equal(parsed->options.timeout, TIMEOUT_UNSET);
	assert_int_equal(parsed->options.tail, TAIL_ALL);
	assert_int_equal(options_progress(&parsed->options), PROGRESS_AUTO);
	assert_string_equal(parsed->options.argv[0], "x");
}

static void f_follows_only_where_there_is_something_to_follow(void **state)
{
	struct parsed *parsed = *state;

	parse(parsed, OPTS_COMMON, true, ARGS("-f", "p.ini", "logs", "-f"));
	assert_string_equal(parsed->options.profile, "p.ini");
	assert_string_equal(parsed->options.argv[0], "logs");
	assert_int_equal(parsed->options.argc, 2);
	parse(parsed, LOGS, false, ARGS("-f", "nats", "-n", "5", "--profile", "q.ini"));
	assert_int_equal(parsed->code, 0);
	assert_true(parsed->options.follow);
	assert_int_equal(parsed->options.tail, 5);
	assert_string_equal(parsed->options.profile, "q.ini");
	assert_string_equal(parsed->options.argv[0], "nats");
	assert_int_equal(parsed->options.argc, 1);
}

static void the_commands_own_options_are_left_alone(void **state)
{
	struct parsed *parsed = *state;

	parse(parsed, OPTS_COMMON | OPT(NO_TTY), true,
	      ARGS("-T", "mongodb", "ls", "-l", "--json"));
	assert_int_equal(parsed->code, 0);
	assert_true(parsed->options.no_tty);
	assert_false(parsed->options.json);
	assert_int_equal(parsed->options.argc, 4);
	parse(parsed, OPTS_COMMON, false, ARGS("a", "--", "--json"));
	assert_false(parsed->options.json);
	assert_int_equal(parsed->options.argc, 2);
}

static void refused(struct parsed *parsed, const char *message, const char *hint)
{
	assert_int_equal(parsed->code, -1);
	assert_int_equal(err_exit_code(&parsed->err), 64);
	assert_string_equal(parsed->err.message, message);
	assert_string_equal(parsed->err.hint, hint);
}

static void mistakes_are_named_and_the_nearest_advised(void **state)
{
	struct parsed *parsed = *state;

	parse(parsed, OPTS_COMMON, false, ARGS("--jsn"));
	refused(parsed, "unknown option --jsn", "did you mean --json?");
	parse(parsed, OPTS_COMMON, false, ARGS("--prog=plain"));
	refused(parsed, "unknown option --prog", "did you mean --progress?");
	parse(parsed, OPTS_COMMON, false, ARGS("--hos"));
	refused(parsed, "unknown option --hos", "did you mean --host?");
	parse(parsed, OPTS_COMMON, false, ARGS("--hos", "x"));
	refused(parsed, "unknown option --hos", "did you mean --host?");
	parse(parsed, OPTS_COMMON, false, ARGS("--wibble"));
	refused(parsed, "unknown option --wibble", "");
	parse(parsed, OPTS_COMMON, false, ARGS("--follow"));
	refused(parsed, "no option --follow here", "");
	parse(parsed, OPTS_COMMON, false, ARGS("-qz"));
	refused(parsed, "unknown option -z", "");
	parse(parsed, OPTS_COMMON, false, ARGS("--host"));
	refused(parsed, "--host needs an argument: URL", "");
	parse(parsed, OPTS_COMMON, false, ARGS("-f"));
	refused(parsed, "--profile needs an argument: FILE", "");
	parse(parsed, OPTS_COMMON, false, ARGS("--json=yes"));
	refused(parsed, "--json takes no argument", "");
}

static void wrong_values_are_refused(void **state)
{
	static const char *const wrong[] = {
		"--progress=loud", "--set=novalue", "--set=nodot=x", "--tail=-1",
		"--tail=1x",       "--timeout=5q",  "--timeout=",    "--index=0",
		"--index=99999",   "--profile=",
	};
	struct parsed *parsed = *state;

	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		char word[40];

		snprintf(word, sizeof(word), "%s", wrong[i]);
		parse(parsed, ~UINT64_C(0) >> (64 - OPTION_COUNT), false, ARGS(word));
		if (parsed->code != -1)
			fail_msg("%s was taken", wrong[i]);
		assert_int_equal(err_exit_code(&parsed->err), 64);
	}
}

static void durations_are_read(void **state)
{
	(void)state;
	assert_int_equal(duration_parse("90"), 90);
	assert_int_equal(duration_parse("0"), 0);
	assert_int_equal(duration_parse("90s"), 90);
	assert_int_equal(duration_parse("1h30m"), 5400);
	assert_int_equal(duration_parse("2d"), 172800);
	assert_int_equal(duration_parse(""), -1);
	assert_int_equal(duration_parse("m"), -1);
	assert_int_equal(duration_parse("-5"), -1);
	assert_int_equal(duration_parse("5 m"), -1);
	assert_int_equal(duration_parse("99999999999"), -1);
}

static void progress_follows_json_and_quiet(void **state)
{
	struct parsed *parsed = *state;

	parse(parsed, OPTS_COMMON, false, ARGS("--json"));
	assert_int_equal(options_progress(&parsed->options), PROGRESS_JSON);
	parse(parsed, OPTS_COMMON, false, ARGS("-q"));
	assert_int_equal(options_progress(&parsed->options), PROGRESS_QUIET);
	parse(parsed, OPTS_COMMON, false, ARGS("--json", "--progress=plain"));
	assert_int_equal(options_progress(&parsed->options), PROGRESS_PLAIN);
}

static const char *nearest_of(const char *word)
{
	struct nearest nearest = { .word = word };

	nearest_offer(&nearest, "up");
	nearest_offer(&nearest, "plan");
	nearest_offer(&nearest, "config");
	nearest_offer(&nearest, "version");
	return nearest.best ? nearest.best : "";
}

static void the_nearest_word_is_a_slip_away(void **state)
{
	(void)state;
	assert_string_equal(nearest_of("pu"), "up");
	assert_string_equal(nearest_of("paln"), "plan");
	assert_string_equal(nearest_of("conf"), "config");
	assert_string_equal(nearest_of("verzion"), "version");
	assert_string_equal(nearest_of("restart"), "");
	assert_string_equal(nearest_of(""), "");
	assert_string_equal(nearest_of("xx"), "");
}

static void every_option_and_command_can_explain_itself(void **state)
{
	auto_buf struct buf text = { 0 };

	(void)state;
	for (int id = 0; id < OPTION_COUNT; id++) {
		const struct option_row *row = option_row((enum option_id)id);

		assert_int_equal(row->id, id);
		assert_non_null(row->name);
		assert_non_null(row->sentence);
		assert_true(!row->flag || !row->argument);
	}
	for (const struct command *command = commands; command->name; command++) {
		assert_non_null(command->summary);
		assert_non_null(command->usage);
		assert_non_null(command->run);
		buf_clear(&text);
		help_command(&text, command);
		assert_non_null(strstr(text.data, command->summary));
		for (int id = 0; id < OPTION_COUNT; id++)
			if (command->options & (UINT64_C(1) << id))
				assert_non_null(
					strstr(text.data,
					       option_row((enum option_id)id)->sentence));
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(values_stand_beside_or_behind_an_equals_sign),
		TEST(nothing_given_is_the_default),
		TEST(f_follows_only_where_there_is_something_to_follow),
		TEST(the_commands_own_options_are_left_alone),
		TEST(mistakes_are_named_and_the_nearest_advised),
		TEST(wrong_values_are_refused),
		TEST(progress_follows_json_and_quiet),
		cmocka_unit_test(durations_are_read),
		cmocka_unit_test(the_nearest_word_is_a_slip_away),
		cmocka_unit_test(every_option_and_command_can_explain_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
