/*
 * The commands: one row each, from which running and help come.
 */
#ifndef LIFTOFF_COMMAND_H
#define LIFTOFF_COMMAND_H

#include "opts.h"

struct command_example {
	const char *line; /* without "liftoff " */
	const char *text;
};

struct command {
	const char *name;
	const char *usage;                /* its arguments: "[SERVICE[-N]…]" */
	const char *summary;              /* one line, no full stop */
	const char *text;                 /* more to know, or NULL */
	uint64_t options;                 /* its own, beside OPTS_COMMON */
	int arguments_min, arguments_max; /* arguments_max -1: any number */
	bool first_argument_ends; /* options behind the first argument are not ours */
	/*
	 * 0: done; -1: failed, err says how; above 0: leave with that exit code,
	 * all is said already.
	 */
	int (*run)(const struct options *options, struct err *err);
	struct command_example examples[4];
};

/* All commands, in the order of the help; ends with a row without a name. */
extern const struct command commands[];

/* The command of that name, or NULL and ERR_USAGE with the nearest one. */
const struct command *command_find(const char *name, struct err *err);

int cmd_config(const struct options *options, struct err *err);
int cmd_down(const struct options *options, struct err *err);
int cmd_exec(const struct options *options, struct err *err);
int cmd_help(const struct options *options, struct err *err);
int cmd_logs(const struct options *options, struct err *err);
int cmd_plan(const struct options *options, struct err *err);
int cmd_ps(const struct options *options, struct err *err);
int cmd_pull(const struct options *options, struct err *err);
int cmd_up(const struct options *options, struct err *err);
int cmd_version(const struct options *options, struct err *err);

#endif
