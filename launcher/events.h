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
#include "events_parse.h"

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

#endif
