/*
 * Telling what happens while it happens. Commands and the executor send
 * events; a reporter shows them: redrawn on a terminal, line by line
 * elsewhere, as JSON lines, or not at all. Reporters never see the engine.
 */
#ifndef LIFTOFF_REPORT_H
#define LIFTOFF_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum progress_mode {
	PROGRESS_AUTO,
	PROGRESS_TTY,
	PROGRESS_PLAIN,
	PROGRESS_JSON,
	PROGRESS_QUIET
};

enum event_kind {
	EVENT_PLAN,     /* what is about to happen: `total` steps that change or wait */
	EVENT_STARTED,  /* a step begins */
	EVENT_PROGRESS, /* a step goes on: done/total (bytes or 0), detail */
	EVENT_DONE,     /* a step is done; detail may say more */
	EVENT_FAILED,   /* a step failed; detail is the message */
	EVENT_SKIPPED,  /* not tried, since what it needs failed; detail names that */
	EVENT_NOTE,     /* something worth saying: a repair, a choice made */
	EVENT_WARNING,
	EVENT_END, /* the command is over; detail: its last sentence; failed says how */
};

struct event {
	enum event_kind kind;
	const char *verb;   /* "create"; NULL outside steps */
	const char *object; /* "ddp-streamer-1"; NULL outside steps */
	const char *detail; /* or NULL */
	uint64_t done, total;
	int64_t elapsed_ms; /* since the step (or with EVENT_END the command) began */
	bool failed;        /* with EVENT_END */
	const char *url;    /* with EVENT_END: where the stack answers; or NULL */
};

struct reporter;

/*
 * AUTO is TTY when `out` is a terminal and TERM is not "dumb", else PLAIN.
 * JSON goes to stdout (it is data), all else to `out` (stderr). Colour only on
 * a terminal without NO_COLOR.
 */
struct reporter *reporter_new(enum progress_mode mode, FILE *out);
void report(struct reporter *reporter, const struct event *event);
/* Call now and then while waiting (every 100 ms or so): spinners, elapsed times. */
void report_tick(struct reporter *reporter);
/* Is somebody looking at a redrawn screen (then ticks are worth while)? */
bool report_is_live(const struct reporter *reporter);
void reporter_free(struct reporter *reporter); /* leaves the terminal in order */

#endif
