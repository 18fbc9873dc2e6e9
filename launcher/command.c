#include "command.h"

#include "nearest.h"

#include <string.h>

const struct command commands[] = {
	{
		.name = "logs",
		.usage = "[SERVICE[-N]…]",
		.summary = "what the containers wrote, merged by time",
		.text = "Both streams of the containers go to standard output; --json "
			"tells them apart.\n-f goes on through restarts and recreations "
			"until Ctrl-C (exit 130).\nOn a terminal, control characters are "
			"spelled out and colours taken off.",
		.options = OPT(FOLLOW) | OPT(TAIL) | OPT(SINCE) | OPT(TIMESTAMPS),
		.arguments_max = -1,
		.run = cmd_logs,
		.examples = {
			{ "logs", "of all services" },
			{ "logs -f rocketchat nats", "watch two of them" },
			{ "logs -n 20 ddp-streamer-2", "the last lines of one replica" },
			{ "logs --since 10m -t", "of the last ten minutes, with times" },
		},
	},
	{
		.name = "exec",
		.usage = "SERVICE[-N] [--] COMMAND [ARGUMENT…]",
		.summary = "run a command in a running replica",
		.text = "On a terminal the command gets one of its own; else standard "
			"input is piped to it.\nThe exit code is the command's.",
		.options = OPT(NO_TTY) | OPT(INDEX),
		.arguments_min = 2,
		.arguments_max = -1,
		.first_argument_ends = true,
		.run = cmd_exec,
		.examples = {
			{ "exec rocketchat sh", "look around in the core" },
			{ "exec --index 2 ddp-streamer env", "in the second replica" },
			{ "exec mongodb mongosh < fix.js", "a script from here" },
		},
	},
	{
		.name = "version",
		.usage = "",
		.summary = "versions of liftoff, its libraries and the engine",
		.run = cmd_version,
		.examples = { { "version --json", "for machines" } },
	},
	{
		.name = "help",
		.usage = "[COMMAND]",
		.summary = "this help, or that of one command",
		.arguments_max = 1,
		.run = cmd_help,
		.examples = { { "help up", "all about up" } },
	},
	{ .name = NULL },
};

const struct command *command_find(const char *name, struct err *err)
{
	struct nearest nearest = { .word = name };

	for (const struct command *command = commands; command->name; command++) {
		if (strcmp(command->name, name) == 0)
			return command;
		nearest_offer(&nearest, command->name);
	}
	err_set(err, ERR_USAGE, "unknown command %s", name);
	if (nearest.best)
		err_hint(err, "did you mean liftoff %s?", nearest.best);
	else
		err_hint(err, "liftoff help lists the commands");
	return NULL;
}
