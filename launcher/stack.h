/*
 * The stack: the validated, immutable wish. Built from a profile, never
 * changed afterwards. Knows nothing of the engine. All memory is the arena's.
 */
#ifndef LIFTOFF_STACK_H
#define LIFTOFF_STACK_H

#include "profile.h"
#include "release.h"
#include "service.h"
#include "subnet.h"

#include <stdint.h>

enum pull_policy { PULL_MISSING, PULL_ALWAYS, PULL_NEVER };
enum stack_mode { MODE_MICROSERVICES, MODE_MONOLITH };
enum probe_way { PROBE_AUTO, PROBE_DIRECT, PROBE_EXEC };

struct env_var {
	const char *name, *value;
	bool secret; /* never shown: by name, by *_file, or by a password in a URL */
	struct origin at;
};

struct volume_mount {
	const char *volume; /* engine name: "<stack>-mongodb" */
	const char *target; /* path in the container */
};

struct publish {
	const char *host_address; /* "127.0.0.1" */
	uint16_t host_port, container_port;
};

enum probe_kind {
	PROBE_HTTP,        /* 200 at http://replica:port/path */
	PROBE_REPLICA_SET, /* MongoDB: this replica set has a primary */
};

struct probe {
	enum probe_kind kind;
	uint16_t port;
	const char *path;     /* with PROBE_HTTP */
	const char *fallback; /* asked when path answers 404: any answer is "alive"; or
				 NULL */
};

struct service {
	enum service_id id;
	const char *name;          /* service_name(id) */
	const char *image;         /* full reference with tag or digest */
	unsigned replicas;         /* at least 1 */
	const struct env_var *env; /* sorted by name */
	size_t env_count;
	const char *user;           /* "uid:gid" to run as; NULL: the image's own */
	const char *const *command; /* NULL-terminated; NULL: the image's own */
	const struct volume_mount *mounts;
	size_t mount_count;
	const struct publish *ports;
	size_t port_count;
	const char *const
		*capabilities; /* added back after ALL is dropped; NULL-terminated */
	int64_t memory;        /* bytes; 0: no limit */
	int64_t nano_cpus;     /* 1e9 a CPU; 0: no limit */
	int64_t pids;          /* processes and threads; 0: no limit */
	unsigned stop_timeout; /* seconds between SIGTERM and SIGKILL */
	struct probe probe;
};

struct stack {
	const char *name;
	const char *version; /* Rocket.Chat release as written */
	const struct release *release;
	bool beyond_table; /* a release newer than the version table knows */
	enum stack_mode mode;
	const char *root_url;
	enum pull_policy pull;
	enum probe_way probe;
	unsigned timeout;         /* seconds `up` may take until ready; 0: no limit */
	const char *restart;      /* engine's restart policy: "unless-stopped" … */
	const char *log_max_size; /* json-file option: "10m" */
	unsigned log_max_file;

	bool subnet_auto;
	struct subnet subnet; /* unless subnet_auto */
	unsigned mtu;         /* bytes; 0: the engine's default */

	const char *replica_set;  /* "rs0" */
	const char *mongo_member; /* "mongodb-1:27017", what the replica set is initiated
				     with */
	bool mongo_outside;       /* [mongodb] url was given: none is started */
	const char *transporter;  /* "nats://nats:4222", or NULL */

	uint64_t max_body_size;     /* bytes the proxy accepts in one request */
	unsigned websocket_timeout; /* seconds of silence on a websocket */

	const struct service
		*services; /* in starting order: nats, mongodb, core … proxy */
	size_t service_count;
	const char *const *warnings; /* said aloud by the commands; NULL-terminated */
};

/*
 * Builds and checks the stack; every mistake becomes a complaint of the
 * profile (duplicate ports, stream-hub replicas, services unknown to the
 * release, …). -1 when there is any; profile_check() tells them.
 */
int stack_build(struct stack *stack, struct profile *profile);

/* The service of that id, or NULL if this stack has none. */
const struct service *stack_service(const struct stack *stack, enum service_id id);

/* "rocketchat-ddp-streamer-2"; n counts from 1. */
char *stack_container_name(struct arena *arena, const struct stack *stack,
			   const struct service *service, unsigned n);

#endif
