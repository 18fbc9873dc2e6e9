/*
 * What happens to a stack's containers, as the engine tells it. The
 * subscription starts at the engine's own clock of the moment it was asked
 * for and replays from there: nothing is missed between on_stands and a list
 * made afterwards. It comes back by itself when the engine ends it. It is
 * never paused: engines drop events of subscribers that do not read.
 */
#ifndef LIFTOFF_EVENTS_H
#define LIFTOFF_EVENTS_H

#include "engine.h"

/* One event of one container. Borrowed; text is printable. */
struct container_event {
	const char *action; /* "create", "start", "die", "destroy", "health_status" … */
	const char *health; /* with "health_status": "healthy", "unhealthy"; else "" */
	const char *id, *name;
	const char *service; /* label; "" if absent */
	unsigned replica;    /* label; 0 if it is no number */
	int exit_code;       /* with "die"; else -1 */
	int64_t time_nano;   /* the engine's clock */
};

struct events_call {
	const char *stack; /* name */
	/*
	 * The subscription stands, for the first time or again: list now. After
	 * a gap the engine replays from the last event seen, but remembers
	 * only 256.
	 */
	void (*on_stands)(void *context);
	void (*on_event)(void *context, const struct container_event *event);
	/* It could not be made (again); it is being tried on. Once a gap. Optional. */
	void (*on_lost)(void *context, const struct err *err);
	void *context;
};

struct events;

struct events *events_start(struct engine *engine, const struct events_call *call);
/* No callback any more; safe in callbacks; NULL is fine. */
void events_stop(struct events *events);

/*
 * Reads one line of the stream; false if it tells nothing of a container
 * (exec_* of probes included). Pure; the text is kept in `scratch`.
 */
bool events_parse(const json_t *line, struct buf *scratch, struct container_event *event);

#endif
