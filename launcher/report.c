#include "report_kind.h"

#include "err.h"
#include "printable.h"

#include <langinfo.h>
#include <string.h>
#include <time.h>

static int64_t monotonic_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool is_terminal(FILE *out)
{
	const char *term = getenv("TERM");

	return isatty(fileno(out)) && !(term && strcmp(term, "dumb") == 0);
}

static struct reporter *new_of_mode(enum progress_mode mode)
{
	switch (mode) {
	case PROGRESS_TTY:
		return report_tty_new();
	case PROGRESS_JSON:
		return report_json_new();
	case PROGRESS_QUIET:
		return report_plain_new(true);
	case PROGRESS_PLAIN:
	case PROGRESS_AUTO:
		return report_plain_new(false);
	}
	BUG("unknown progress mode");
}

struct reporter *reporter_new(enum progress_mode mode, FILE *out)
{
	const char *no_color = getenv("NO_COLOR");
	struct reporter *reporter;

	if (mode == PROGRESS_AUTO && is_terminal(out))
		mode = PROGRESS_TTY;
	reporter = new_of_mode(mode);
	reporter->out = mode == PROGRESS_JSON ? stdout : out;
	reporter->now = monotonic_now;
	reporter->began = monotonic_now();
	reporter->live = mode == PROGRESS_TTY;
	reporter->color = mode != PROGRESS_JSON && is_terminal(out) &&
			  !(no_color && *no_color);
	reporter->unicode = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	return reporter;
}

void report(struct reporter *reporter, const struct event *event)
{
	reporter->on_event(reporter, event);
}

void report_tick(struct reporter *reporter)
{
	if (reporter->on_tick)
		reporter->on_tick(reporter);
}

bool report_is_live(const struct reporter *reporter)
{
	return reporter->live;
}

void reporter_free(struct reporter *reporter)
{
	if (reporter)
		reporter->on_free(reporter);
}

struct report_words report_words(const char *verb)
{
	static const struct report_words table[] = {
		{ "pull", "pulling", "pulled", true, true },
		{ "load", "loading", "loaded", true, true },
		{ "save", "saving", "saved", true, true },
		{ "create", "creating", "created", false, false },
		{ "start", "starting", "started", false, false },
		{ "restart", "restarting", "restarted", false, false },
		{ "reload", "reloading", "reloaded", false, false },
		{ "ready", "waiting", "ready", false, true },
		{ "wait", "waiting", "ready", true, true },
		{ "initiate", "initiating", "initiated", true, false },
		{ "prove", "proving", "proven", false, true },
		{ "stop", "stopping", "stopped", true, false },
		{ "remove", "removing", "removed", false, true },
	};

	for (size_t i = 0; i < COUNT_OF(table); i++)
		if (strcmp(table[i].verb, verb) == 0)
			return table[i];
	return (struct report_words){ verb, verb, verb, true, true };
}

void report_time(char text[REPORT_TIME], int64_t milliseconds)
{
	int64_t seconds = milliseconds / 1000;

	if (milliseconds < 0)
		milliseconds = seconds = 0;
	if (seconds < 60)
		snprintf(text, REPORT_TIME, "%d.%ds", (int)seconds,
			 (int)(milliseconds % 1000 / 100));
	else if (seconds < 3600)
		snprintf(text, REPORT_TIME, "%dm%02ds", (int)(seconds / 60),
			 (int)(seconds % 60));
	else
		snprintf(text, REPORT_TIME, "%lldh%02dm", (long long)(seconds / 3600),
			 (int)(seconds / 60 % 60));
}

void report_bytes(char text[REPORT_BYTES], uint64_t bytes)
{
	static const char *const units[] = { "kB", "MB", "GB", "TB", "PB", "EB" };
	double value = (double)bytes / 1000;
	size_t unit = 0;

	if (bytes < 1000) {
		snprintf(text, REPORT_BYTES, "%u B", (unsigned)bytes);
		return;
	}
	while (value >= 999.95 && unit + 1 < COUNT_OF(units)) {
		value /= 1000;
		unit++;
	}
	snprintf(text, REPORT_BYTES, "%.1f %s", value, units[unit]);
}

int64_t report_elapsed(const struct reporter *reporter)
{
	return reporter->now() - reporter->began;
}

void report_split(const char *detail, struct buf *first, struct buf *further)
{
	size_t size = detail ? strcspn(detail, "\n") : 0;
	const char *at = detail ? detail + size : "";

	printable_add(first, detail ? detail : "", size, PRINTABLE_LINE);
	while (*at == '\n') {
		size = strcspn(++at, "\n");
		if (size == 0 && at[0] == '\0')
			break; /* a newline at the end opens no line */
		buf_puts(further, "      ");
		printable_add(further, at, size, PRINTABLE_TAB);
		buf_puts(further, "\n");
		at += size;
	}
}
