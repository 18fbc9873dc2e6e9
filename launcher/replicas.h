/*
 * The replicas a command line names: "nats" or "ddp-streamer-2", looked up
 * among the containers the engine has of the stack.
 */
#ifndef LIFTOFF_REPLICAS_H
#define LIFTOFF_REPLICAS_H

#include "session.h"

struct replica {
	const char *id;      /* of the container */
	const char *service; /* label, printable */
	unsigned number;     /* label, from 1 */
	bool running;
};

struct replicas {
	struct replica *list; /* sorted by service and number */
	size_t count;
};

/* All of the stack; ERR_FAILED when there are none. */
int replicas_list(struct replicas *replicas, struct session *session, struct err *err);

/* Does the word mean this replica: its service, or service-number? */
bool replica_is(const struct replica *replica, const char *word);

/* ERR_USAGE, naming those there are, unless the word means one of them. */
int replicas_check(const struct replicas *replicas, const char *word, struct err *err);

/* Of a container of the engine's list or of an event's attributes (its labels). */
bool replica_from_labels(struct replica *replica, struct arena *arena,
			 const json_t *labels);

#endif
