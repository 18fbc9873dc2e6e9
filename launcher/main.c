/*
 * argv to a command to an exit code. The only place that prints an error.
 */
#include "command.h"
#include "help.h"
#include "printable.h"

#include "config.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <string.h>

static void print_lines(const char *first, const char *text)
{
	auto_buf struct buf safe = { 0 };
	const char *line = first;

	printable_add(&safe, text, strlen(text), PRINTABLE_NEWLINE | PRINTABLE_TAB);
	for (const char *at = buf_text(&safe); *at;) {
		size_t size = strcspn(at, "\n");

		fprintf(stderr, "%s%.*s\n", line, (int)size, at);
		at += size + (at[size] == '\n');
		line = "  ";
	}
}

static int fail(const struct err *err)
{
	print_lines("liftoff: ", err->message);
	print_lines("  ", err->hint);
	return err_exit_code(err);
}

static int print_help(const struct command *command)
{
	auto_buf struct buf text = { 0 };

	if (command)
		help_command(&text, command);
	else
		help_overview(&text, false);
	fputs(buf_text(&text), stdout);
	return 0;
}

static int check_arguments(const struct command *command, const struct options *options,
			   struct err *err)
{
	if (options->argc < command->arguments_min)
		err_set(err, ERR_USAGE, "%s needs more arguments: %s", command->name,
			command->usage);
	else if (command->arguments_max >= 0 && options->argc > command->arguments_max)
		err_set(err, ERR_USAGE, "%s: one argument too many: %s", command->name,
			options->argv[command->arguments_max]);
	else
		return 0;
	return err_hint(err, "try: liftoff help %s", command->name);
}

static int run_command(struct options *options, struct arena *arena, struct err *err)
{
	const struct command *command = command_find(options->argv[0], err);

	if (!command)
		return -1;
	if (options_parse(options, arena, OPTS_COMMON | command->options,
			  command->first_argument_ends, options->argc, options->argv,
			  err) < 0) {
		err_wrap(err, "%s", command->name);
		return err_hint(err, "try: liftoff help %s", command->name);
	}
	if (options->help)
		return print_help(command);
	if (check_arguments(command, options, err) < 0)
		return -1;
	if (options->no_color)
		setenv("NO_COLOR", "1", 1);
	return command->run(options, err);
}

static int run(int argc, char **argv, struct arena *arena, struct err *err)
{
	struct options options;

	options_init(&options);
	if (options_parse(&options, arena, OPTS_COMMON, true, argc, argv, err) < 0)
		return err_hint(err, "try: liftoff help");
	if (options.help && options.argc == 0)
		return print_help(NULL);
	if (options.version)
		return cmd_version(&options, err);
	if (options.argc == 0) {
		auto_buf struct buf text = { 0 };

		help_overview(&text, true);
		fputs(buf_text(&text), stderr);
		return 64;
	}
	return run_command(&options, arena, err);
}

/*
 * Where no locale is chosen at all (containers, cron), text is UTF-8 all the
 * same; a locale that was chosen is kept.
 */
static void choose_locale(void)
{
	const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	setlocale(LC_CTYPE, "");
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return;
	}
	setlocale(LC_CTYPE, "C.UTF-8");
}

/* A full disk must not pass for success; a reader that left is no failure. */
static int close_stdout(int code)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	if (errno == EPIPE)
		return code;
	fprintf(stderr, "liftoff: cannot write to standard output: %s\n",
		strerror(errno));
	return code ? code : 1;
}

int main(int argc, char **argv)
{
	auto_arena struct arena arena = { 0 };
	struct err err = { 0 };
	int code;

	choose_locale();
	/* Work must not die half way because nobody reads what it says. */
	signal(SIGPIPE, SIG_IGN);
	code = run(argc, argv, &arena, &err);
	if (code < 0)
		code = fail(&err);
	return close_stdout(code);
}
