/*
 * The world: what the engine has of one stack, as its lists tell. Filled by
 * observe.c from JSON; never written to the engine. All memory is the arena's.
 */
#ifndef LIFTOFF_WORLD_H
#define LIFTOFF_WORLD_H

#include "service.h"
#include "subnet.h"

#include <stdint.h>

#define LABEL_STACK "io.liftoff.stack"
#define LABEL_SERVICE "io.liftoff.service"
#define LABEL_REPLICA "io.liftoff.replica"
#define LABEL_SPEC "io.liftoff.spec"
#define LABEL_VERSION "io.liftoff.version"

enum container_state {
	CONTAINER_CREATED,
	CONTAINER_RUNNING,
	CONTAINER_PAUSED,
	CONTAINER_RESTARTING,
	CONTAINER_REMOVING,
	CONTAINER_EXITED,
	CONTAINER_DEAD,
};

struct world_container {
	const char *id, *name; /* full id; name without the leading slash */
	const char *service;   /* label, as found: may be a service we do not know */
	unsigned replica;      /* label; 0 if it is no number */
	const char *spec;      /* label; "" if absent */
	const char *image, *image_id;
	enum container_state state;
	const char *
		status; /* the engine's words: "Up 3 minutes", "Exited (1) 2 hours ago" */
	const char *address; /* on the stack's network; "" if none */
	bool on_network;     /* connected to the stack's network */
	int64_t created;     /* unix seconds */
};

struct world_network {
	const char *id, *name;
	bool ours;         /* carries our label; else a stranger took the name */
	const char *owner; /* the stranger, in words; with !ours */
	bool has_subnet;
	struct subnet subnet;
};

struct world_volume {
	const char *name;
	bool ours;
};

struct world_image {
	const char *reference; /* a tag "mongo:8.0" or digest form */
	const char *id;
};

struct world {
	struct world_container *containers;
	size_t container_count;
	struct world_network *networks; /* of the stack's name or label */
	size_t network_count;
	struct world_volume *volumes;
	size_t volume_count;
	struct world_image *images;
	size_t image_count;
	struct subnet *taken; /* subnets of all other networks and of the host */
	size_t taken_count;
};

#endif
