#include "help.h"

#include "printable.h"

#include <string.h>

#define INDENT "  "

/* Pads to a column, or starts a new line when the text is beyond it. */
static void pad(struct buf *out, size_t from, size_t column)
{
	size_t width = printable_width(buf_text(out) + from);

	if (width >= column) {
		buf_puts(out, "\n");
		width = 0;
	}
	for (; width < column; width++)
		buf_puts(out, " ");
}

static void add_option(struct buf *out, const struct option_row *row, bool letter)
{
	size_t from = out->size;

	if (letter && row->letter)
		buf_printf(out, INDENT "-%c, ", row->letter);
	else
		buf_puts(out, INDENT "    ");
	buf_printf(out, "--%s%s%s", row->name, row->argument ? " " : "",
		   row->argument ? row->argument : "");
	pad(out, from, 32);
	buf_printf(out, "%s\n", row->sentence);
}

/* `taken`: options whose letters win over those of `set`. */
static void add_options(struct buf *out, const char *title, uint64_t set, uint64_t taken)
{
	if (!set)
		return;
	buf_printf(out, "\n%s:\n", title);
	for (int id = 0; id < OPTION_COUNT; id++) {
		const struct option_row *row = option_row((enum option_id)id);
		bool letter = true;

		if (!(set & (UINT64_C(1) << id)))
			continue;
		for (int other = 0; other < OPTION_COUNT; other++)
			if (other != id && (taken & (UINT64_C(1) << other)) &&
			    option_row((enum option_id)other)->letter == row->letter)
				letter = false;
		add_option(out, row, letter);
	}
}

static void add_examples(struct buf *out, const struct command_example *examples,
			 size_t count)
{
	for (size_t i = 0; i < count && examples[i].line; i++) {
		size_t from = out->size;

		buf_printf(out, INDENT "liftoff %s", examples[i].line);
		pad(out, from, 34);
		buf_printf(out, "%s\n", examples[i].text);
	}
}

void help_overview(struct buf *out, bool brief)
{
	static const struct command_example examples[] = {
		{ "up", "bring the stack up and wait until it answers" },
		{ "plan", "what up would do, and why" },
		{ "logs -f rocketchat", "watch the core's log" },
		{ "-f team.ini up", "with a profile of your own" },
		{ "down", "take it down; the volumes stay" },
	};

	buf_puts(out, "Bring up a Rocket.Chat microservices stack from one profile.\n\n"
		      "Usage: liftoff [OPTION…] COMMAND [ARGUMENT…]\n\nExamples:\n");
	add_examples(out, examples, COUNT_OF(examples));
	buf_puts(out, "\nCommands:\n");
	for (const struct command *command = commands; command->name; command++) {
		size_t from = out->size;

		buf_printf(out, INDENT "%s", command->name);
		pad(out, from, 12);
		buf_printf(out, "%s\n", command->summary);
	}
	if (!brief)
		add_options(out, "Options of every command", OPTS_COMMON, 0);
	buf_puts(out, "\n`liftoff help` tells more, `liftoff help COMMAND` all of one "
		      "command.\n");
}

void help_command(struct buf *out, const struct command *command)
{
	buf_printf(out, "liftoff %s: %s.\n", command->name, command->summary);
	if (command->examples[0].line) {
		buf_puts(out, "\nExamples:\n");
		add_examples(out, command->examples, COUNT_OF(command->examples));
	}
	buf_printf(out, "\nUsage: liftoff %s [OPTION…]%s%s\n", command->name,
		   *command->usage ? " " : "", command->usage);
	if (command->text)
		buf_printf(out, "\n%s\n", command->text);
	add_options(out, "Options", command->options, 0);
	add_options(out, "Options of every command", OPTS_COMMON, command->options);
}
