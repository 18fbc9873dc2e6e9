#include "opts.h"

#include "nearest.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <string.h>

#define FLAG(member) offsetof(struct options, member)

static const struct option_row rows[OPTION_COUNT] = {
	{ OPTION_PROFILE, 'f', "profile", "FILE",
	  "read this profile instead of ./liftoff.ini (- is stdin)", 0 },
	{ OPTION_HOST, 'H', "host", "URL",
	  "talk to this engine instead of DOCKER_HOST or the local one", 0 },
	{ OPTION_SET, 0, "set", "SECTION.KEY=VALUE",
	  "set one key of the profile; may be repeated", 0 },
	{ OPTION_JSON, 0, "json", NULL, "write JSON, described in docs/json.md",
	  FLAG(json) },
	{ OPTION_PROGRESS, 0, "progress", "MODE",
	  "how to tell progress: auto, tty, plain, json or quiet", 0 },
	{ OPTION_QUIET, 'q', "quiet", NULL, "say only what went wrong", FLAG(quiet) },
	{ OPTION_NO_COLOR, 0, "no-color", NULL, "no colours, as with NO_COLOR set",
	  FLAG(no_color) },
	{ OPTION_HELP, 'h', "help", NULL, "show help and leave", FLAG(help) },
	{ OPTION_VERSION, 'V', "version", NULL, "show the version and leave",
	  FLAG(version) },
	{ OPTION_DRY_RUN, 'n', "dry-run", NULL, "say what would happen, change nothing",
	  FLAG(dry_run) },
	{ OPTION_DETAILED_EXITCODE, 0, "detailed-exitcode", NULL,
	  "exit with 2 when there is something to change", FLAG(detailed_exitcode) },
	{ OPTION_TIMEOUT, 0, "timeout", "DURATION",
	  "give up after this time: 90, 90s, 5m, 1h30m; 0 is never", 0 },
	{ OPTION_OFFLINE, 0, "offline", NULL, "make no registry call", FLAG(offline) },
	{ OPTION_VOLUMES, 0, "volumes", NULL,
	  "remove the volumes too, with all messages and uploads", FLAG(volumes) },
	{ OPTION_YES, 'y', "yes", NULL, "do not ask", FLAG(yes) },
	{ OPTION_FOLLOW, 'f', "follow", NULL, "go on as new lines are written",
	  FLAG(follow) },
	{ OPTION_TAIL, 'n', "tail", "LINES",
	  "begin with the last lines of each replica only; all is all", 0 },
	{ OPTION_SINCE, 0, "since", "TIME",
	  "lines since then: 10m (ago), 2026-01-31T12:00:00Z, or unix seconds", 0 },
	{ OPTION_TIMESTAMPS, 't', "timestamps", NULL, "show when each line was written",
	  FLAG(timestamps) },
	{ OPTION_NO_TTY, 'T', "no-tty", NULL, "no terminal for the command, even on one",
	  FLAG(no_tty) },
	{ OPTION_INDEX, 0, "index", "N", "the replica to use, from 1", 0 },
};

const struct option_row *option_row(enum option_id id)
{
	return &rows[id];
}

void options_init(struct options *options)
{
	static const char *const no_sets[] = { NULL };

	*options = (struct options){
		.progress = PROGRESS_AUTO,
		.sets = no_sets,
		.timeout = TIMEOUT_UNSET,
		.tail = TAIL_ALL,
	};
}

enum progress_mode options_progress(const struct options *options)
{
	if (options->progress != PROGRESS_AUTO)
		return options->progress;
	if (options->json)
		return PROGRESS_JSON;
	return options->quiet ? PROGRESS_QUIET : PROGRESS_AUTO;
}

/* Digits only, at most that much; -1 if text is no such number. */
static int64_t number_parse(const char *text, int64_t most)
{
	int64_t value = 0;

	if (!*text)
		return -1;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return -1;
		value = value * 10 + (*text - '0');
		if (value > most)
			return -1;
	}
	return value;
}

static int64_t unit_seconds(char unit)
{
	switch (unit) {
	case 'd':
		return 86400;
	case 'h':
		return 3600;
	case 'm':
		return 60;
	case 's':
	case '\0':
		return 1;
	default:
		return 0;
	}
}

int64_t duration_parse(const char *text)
{
	int64_t total = 0;

	if (!*text)
		return -1;
	while (*text) {
		size_t digits = strspn(text, "0123456789");
		char number[8] = "";
		int64_t unit = unit_seconds(text[digits]);

		if (digits == 0 || digits >= sizeof(number) || unit == 0)
			return -1;
		memcpy(number, text, digits);
		total += number_parse(number, INT_MAX) * unit;
		text += digits + (text[digits] != '\0');
	}
	return total;
}

static int wrong_value(struct err *err, const struct option_row *row, const char *value,
		       const char *wanted)
{
	return err_set(err, ERR_USAGE, "--%s %s: not %s", row->name, value, wanted);
}

static int take_progress(struct options *options, const char *value, struct err *err)
{
	static const char *const names[] = { "auto", "tty", "plain", "json", "quiet" };

	for (unsigned i = 0; i < COUNT_OF(names); i++) {
		if (strcmp(value, names[i]) == 0) {
			options->progress = (enum progress_mode)i;
			return 0;
		}
	}
	return wrong_value(err, &rows[OPTION_PROGRESS], value,
			   "one of auto, tty, plain, json, quiet");
}

static int take_set(struct options *options, struct arena *arena, const char *value,
		    struct err *err)
{
	const char *equals = strchr(value, '='), *dot = strchr(value, '.');
	const char **sets;

	if (!equals || !dot || dot > equals)
		return wrong_value(err, &rows[OPTION_SET], value, "section.key=value");
	sets = arena_array(arena, options->set_count + 2, sizeof(*sets));
	for (size_t i = 0; i < options->set_count; i++)
		sets[i] = options->sets[i];
	sets[options->set_count++] = value;
	options->sets = sets;
	return 0;
}

static int take_tail(struct options *options, const char *value, struct err *err)
{
	if (strcmp(value, "all") == 0) {
		options->tail = TAIL_ALL;
		return 0;
	}
	options->tail = number_parse(value, INT_MAX);
	if (options->tail < 0)
		return wrong_value(err, &rows[OPTION_TAIL], value,
				   "a number of lines or all");
	return 0;
}

static int take_number(struct options *options, const struct option_row *row,
		       const char *value, struct err *err)
{
	int64_t number;

	if (row->id == OPTION_TIMEOUT) {
		options->timeout = duration_parse(value);
		if (options->timeout < 0)
			return wrong_value(err, row, value,
					   "a duration such as 90s or 5m");
		return 0;
	}
	number = number_parse(value, 65535);
	if (number < 1)
		return wrong_value(err, row, value, "a replica's number, from 1");
	options->index = (unsigned)number;
	return 0;
}

static int take_value(struct options *options, struct arena *arena,
		      const struct option_row *row, const char *value, struct err *err)
{
	if (row->flag) {
		*(bool *)((char *)options + row->flag) = true;
		return 0;
	}
	if (row->id == OPTION_PROGRESS)
		return take_progress(options, value, err);
	if (row->id == OPTION_SET)
		return take_set(options, arena, value, err);
	if (row->id == OPTION_TAIL)
		return take_tail(options, value, err);
	if (row->id == OPTION_TIMEOUT || row->id == OPTION_INDEX)
		return take_number(options, row, value, err);
	if (!*value)
		return wrong_value(err, row, "''", "to be empty");
	if (row->id == OPTION_PROFILE)
		options->profile = value;
	else if (row->id == OPTION_HOST)
		options->host = value;
	else if (row->id == OPTION_SINCE)
		options->since = value;
	else
		BUG("an option that sets nothing");
	return 0;
}

/* Which row of the set owns a letter: the last, so a command's own beat the common. */
static const struct option_row *row_of_letter(uint64_t set, int letter)
{
	const struct option_row *found = NULL;

	for (int id = 0; id < OPTION_COUNT; id++)
		if ((set & (UINT64_C(1) << id)) && rows[id].letter == letter)
			found = &rows[id];
	return found;
}

/* What getopt_long wants, made of the rows in the set. */
struct getopt_tables {
	char letters[2 * OPTION_COUNT + 3];
	struct option names[OPTION_COUNT + 1];
};

#define FIRST_LONG 256 /* getopt's value of a long option: this and its id */

static void make_tables(struct getopt_tables *tables, uint64_t set, bool ends)
{
	size_t letter = 0, name = 0;

	*tables = (struct getopt_tables){ 0 };
	if (ends)
		tables->letters[letter++] = '+';
	tables->letters[letter++] = ':'; /* tell a missing argument apart */
	for (int id = 0; id < OPTION_COUNT; id++) {
		const struct option_row *row = &rows[id];

		if (!(set & (UINT64_C(1) << id)))
			continue;
		if (row->letter && row_of_letter(set, row->letter) == row) {
			tables->letters[letter++] = row->letter;
			if (row->argument)
				tables->letters[letter++] = ':';
		}
		tables->names[name++] = (struct option){
			.name = row->name,
			.has_arg = row->argument ? required_argument : no_argument,
			.val = FIRST_LONG + id,
		};
	}
}

static int unknown_option(struct err *err, uint64_t set, const char *word)
{
	struct nearest nearest = { 0 };
	char name[64];

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(word + 2, "="), word + 2);
	for (int id = 0; id < OPTION_COUNT; id++)
		if (strcmp(rows[id].name, name) == 0)
			return err_set(err, ERR_USAGE, "no option --%s here", name);
	err_set(err, ERR_USAGE, "unknown option --%s", name);
	nearest.word = name;
	for (int id = 0; id < OPTION_COUNT; id++)
		if (set & (UINT64_C(1) << id))
			nearest_offer(&nearest, rows[id].name);
	if (nearest.best)
		err_hint(err, "did you mean --%s?", nearest.best);
	return -1;
}

/*
 * getopt_long takes any unambiguous beginning of a name. A script that relies
 * on that breaks when an option is added, so only whole names are taken.
 */
static bool is_abbreviated(const struct option_row *row, const char *word)
{
	return strncmp(word, "--", 2) == 0 &&
	       strncmp(word + 2, row->name, strlen(row->name)) != 0;
}

/* What getopt refused, told as an error. */
static int refuse(struct err *err, uint64_t set, int verdict, const char *word)
{
	const struct option_row *row = NULL;

	if (optopt >= FIRST_LONG)
		row = &rows[optopt - FIRST_LONG];
	else if (optopt)
		row = row_of_letter(set, optopt);
	if (row && is_abbreviated(row, word))
		return unknown_option(err, set, word);
	if (verdict == ':' && row)
		return err_set(err, ERR_USAGE, "--%s needs an argument: %s", row->name,
			       row->argument);
	if (row)
		return err_set(err, ERR_USAGE, "--%s takes no argument", row->name);
	if (optopt)
		return err_set(err, ERR_USAGE, "unknown option -%c",
			       optopt > ' ' && optopt < 0x7f ? optopt : '?');
	return unknown_option(err, set, word);
}

int options_parse(struct options *options, struct arena *arena, uint64_t set,
		  bool first_argument_ends, int argc, char **argv, struct err *err)
{
	struct getopt_tables tables;
	int verdict;

	make_tables(&tables, set, first_argument_ends);
	opterr = 0;
	optind = 0; /* glibc: forget the last parse altogether */
	for (;;) {
		const struct option_row *row;
		const char *word;

		optopt = 0;
		verdict = getopt_long(argc, argv, tables.letters, tables.names, NULL);
		if (verdict == -1)
			break;
		if (verdict == '?' || verdict == ':')
			return refuse(err, set, verdict, argv[optind - 1]);
		row = verdict >= FIRST_LONG ? &rows[verdict - FIRST_LONG]
					    : row_of_letter(set, verdict);
		/* An argument of its own stands behind the option. */
		word = argv[optind - 1];
		if (row->argument && word == optarg)
			word = argv[optind - 2];
		if (verdict >= FIRST_LONG && is_abbreviated(row, word))
			return unknown_option(err, set, word);
		if (take_value(options, arena, row, optarg, err) < 0)
			return -1;
	}
	options->argv = argv + optind;
	options->argc = argc - optind;
	return 0;
}
