#include "command.h"

#include "nearest.h"

#include <string.h>

const struct command commands[] = {
	{
		.name = "up",
		.usage = "",
		.summary = "bring the stack to the state the profile wishes, and prove it",
		.text = "Pulls what is missing, creates and starts what is not there, waits until\n"
			"every replica is ready and the stack answers through its proxy. Run it\n"
			"again at any time: what is as it should be is left alone.",
		.options = OPT(DRY_RUN) | OPT(TIMEOUT) | OPT(OFFLINE),
		.run = cmd_up,
		.examples = { { "up", "from ./liftoff.ini, or the built-in default profile" },
			      { "-f profiles/demo.ini up", "from a profile by name" },
			      { "up --set stack.users=2000", "with one setting changed" },
			      { "up -n", "only show what would be done" } },
	},
	{
		.name = "down",
		.usage = "",
		.summary = "take the stack away; volumes stay unless --volumes",
		.options = OPT(DRY_RUN) | OPT(TIMEOUT) | OPT(VOLUMES),
		.run = cmd_down,
		.examples = { { "down", "stop and remove everything but the data" },
			      { "down --volumes", "and the data too" } },
	},
	{
		.name = "plan",
		.usage = "",
		.summary = "show what `up` would do, and why; changes nothing",
		.options = OPT(DETAILED_EXITCODE) | OPT(OFFLINE),
		.run = cmd_plan,
		.examples = { { "plan", "the steps in words" },
			      { "plan --detailed-exitcode", "exit 2 when changes are due" } },
	},
	{
		.name = "ps",
		.usage = "",
		.summary = "the replicas of the stack, and how they are",
		.run = cmd_ps,
		.examples = { { "ps", "a table" }, { "ps --json", "for machines" } },
	},
	{
		.name = "pull",
		.usage = "",
		.summary = "pull every image of the stack",
		.options = OPT(TIMEOUT),
		.run = cmd_pull,
		.examples = { { "pull", "all at once, with progress" } },
	},
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
		.name = "config",
		.usage = "",
		.summary = "the profile with everything filled in",
		.text = "Each value with where it came from; secrets are masked.\nNeeds no "
			"engine.",
		.run = cmd_config,
		.examples = {
			{ "config", "what up would work from" },
			{ "config --json", "for machines" },
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
