/*
 * One line of the engine's /events, read. Docker's and podman's ways of saying
 * it come to the same. Pure.
 */
#ifndef LIFTOFF_EVENTS_PARSE_H
#define LIFTOFF_EVENTS_PARSE_H

#include "buf.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

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

/*
 * Reads one line of the stream; false if it tells nothing of a container
 * (exec_* of probes included). The text is kept in `scratch`.
 */
bool events_parse(const json_t *line, struct buf *scratch, struct container_event *event);

#endif
