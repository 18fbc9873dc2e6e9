/*
 * The command line's options: one table, from which parsing, help, the manual
 * page and completion come. A command names the options it takes; a short
 * letter means what the command it stands after says (-f is --profile, but
 * --follow after `logs`). Options common to all may stand before the command.
 */
#ifndef LIFTOFF_OPTS_H
#define LIFTOFF_OPTS_H

#include "arena.h"
#include "err.h"
#include "report.h"

#include <stdbool.h>
#include <stdint.h>

enum option_id {
	OPTION_PROFILE,
	OPTION_HOST,
	OPTION_SET,
	OPTION_JSON,
	OPTION_PROGRESS,
	OPTION_QUIET,
	OPTION_NO_COLOR,
	OPTION_HELP,
	OPTION_VERSION,
	OPTION_DRY_RUN,
	OPTION_DETAILED_EXITCODE,
	OPTION_TIMEOUT,
	OPTION_OFFLINE,
	OPTION_VOLUMES,
	OPTION_YES,
	OPTION_FOLLOW,
	OPTION_TAIL,
	OPTION_SINCE,
	OPTION_TIMESTAMPS,
	OPTION_NO_TTY,
	OPTION_INDEX,
	OPTION_COUNT,
};

/* A set of options, one bit each. */
#define OPT(id) (UINT64_C(1) << OPTION_##id)

/* May stand before the command, and every command takes them. */
#define OPTS_COMMON                                                                      \
	(OPT(PROFILE) | OPT(HOST) | OPT(SET) | OPT(JSON) | OPT(PROGRESS) | OPT(QUIET) |  \
	 OPT(NO_COLOR) | OPT(HELP) | OPT(VERSION))

struct option_row {
	enum option_id id;
	char letter;          /* 0: none */
	const char *name;     /* without the dashes */
	const char *argument; /* what to call its argument; NULL: it takes none */
	const char *sentence;
	size_t flag; /* where in struct options the bool is that it sets; 0: none */
};

/* Beyond these the value was not given. */
#define TIMEOUT_UNSET (-1)
#define TAIL_ALL (-1)

struct options {
	const char *profile; /* NULL: not named */
	const char *host;    /* NULL: DOCKER_HOST or the default */
	enum progress_mode progress;
	const char *const *sets; /* "section.key=value", NULL-terminated */
	size_t set_count;
	int64_t timeout;   /* seconds, or TIMEOUT_UNSET */
	int64_t tail;      /* lines, or TAIL_ALL */
	const char *since; /* as written; NULL: not given */
	unsigned index;    /* replica, from 1; 0: not given */
	bool json, quiet, no_color, help, version;
	bool dry_run, detailed_exitcode, offline, volumes, yes;
	bool follow, timestamps, no_tty;
	char **argv; /* what is left: the arguments, NULL-terminated */
	int argc;
};

/* Everything as if no option was given. */
void options_init(struct options *options);

/*
 * Parses argv[1 … argc) for the options of the set, adding to what was parsed
 * before; argv[0] is the program or the command. May reorder argv.
 * `first_argument_ends`: the first argument and all behind it are left alone.
 * ERR_USAGE on a mistake.
 */
int options_parse(struct options *options, struct arena *arena, uint64_t set,
		  bool first_argument_ends, int argc, char **argv, struct err *err);

/* How to tell progress: --quiet and --json count where --progress does not say. */
enum progress_mode options_progress(const struct options *options);

/* The row of an option. */
const struct option_row *option_row(enum option_id id);

/* "90", "90s", "5m", "1h30m" to seconds; -1 if it is none. */
int64_t duration_parse(const char *text);

#endif
