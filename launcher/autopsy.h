/*
 * Why a replica does not run: what the engine knows of it, its last words,
 * and what to do about it where that is known. The core is pure.
 */
#ifndef LIFTOFF_AUTOPSY_H
#define LIFTOFF_AUTOPSY_H

#include "arena.h"
#include "buf.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#define AUTOPSY_LINES 20 /* of the log */

/* All text is safe to print, one line each, and holds none of the secrets. */
struct autopsy {
	const char *object; /* "mongodb-1" */
	const char *state;  /* "exited with 132 (illegal instruction), 5 restarts" */
	const char *cause;  /* what is known to be behind it; NULL: nothing is */
	const char *hint;   /* what to do; NULL: nothing known */
	const char *engine; /* the engine's own error, or NULL */
	const char *health; /* what the last failed health check said, or NULL */
	const char *const *lines; /* the last of its log, oldest first */
	size_t line_count;
	bool found; /* the engine still has the container */
	bool running, restarting, oom_killed;
	int64_t exit_code, restarts;
};

/*
 * From GET /containers/ID/json (NULL: it is gone) and the end of its log.
 * `secrets` (NULL-terminated, or NULL) are masked wherever they appear.
 */
void autopsy_explain(struct autopsy *autopsy, struct arena *arena, const char *object,
		     const json_t *inspect, const char *log, size_t log_size,
		     const char *const *secrets);

/* A block of lines for people, each ended by a newline. */
void autopsy_text(struct buf *out, const struct autopsy *autopsy);
/* The same for machines; docs/json.md describes it. */
json_t *autopsy_json(const struct autopsy *autopsy);

/* One thing known to go wrong. */
struct autopsy_known {
	const char *needle; /* in one line of the log or of the engine's error … */
	const char *also;   /* … with this in the same line; NULL: nothing more */
	const char *cause, *hint;
};
/* In order of precedence; ends with a row without a needle. */
extern const struct autopsy_known autopsy_known[];

/* What an exit code means, in a few words; NULL if it means nothing special. */
const char *autopsy_exit_meaning(int64_t code);

struct engine;
struct autopsy_run;

/*
 * Asks the engine for both and explains. on_done is called once, from the loop;
 * the autopsy is borrowed and gone after it. The strings of `secrets` must stay.
 */
struct autopsy_run *autopsy_start(struct engine *engine, const char *container_id,
				  const char *object, const char *const *secrets,
				  void (*on_done)(void *context,
						  const struct autopsy *autopsy),
				  void *context);
/* Ends it without on_done; NULL is fine. */
void autopsy_cancel(struct autopsy_run *run);

#endif
