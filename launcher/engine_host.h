/*
 * Where the engine is: -H, DOCKER_HOST, or the first socket that exists. One
 * more way to reach an engine (tcp://, ssh://) is one more row in the table of
 * schemes and one more field for the caller to use. Looks, never connects.
 */
#ifndef LIFTOFF_ENGINE_HOST_H
#define LIFTOFF_ENGINE_HOST_H

#include "err.h"

#include <stdbool.h>

/* sockaddr_un holds that much, its NUL included. */
#define ENGINE_SOCKET_ROOM 108

struct engine_host {
	char socket[ENGINE_SOCKET_ROOM]; /* absolute path */
	char where[ENGINE_SOCKET_ROOM + sizeof("unix://")];
	const char *origin; /* "-H", "DOCKER_HOST", or "" when found by looking */
	bool found;         /* false: we looked, and there is none anywhere */
};

/* `host` is -H or NULL. ERR_USAGE when a host is named that we cannot speak to. */
int engine_host_find(struct engine_host *found, const char *host, struct err *err);

/*
 * What to do about a connection to the engine that failed with os_errno: a
 * missing socket, a refused one and missing permission differ.
 */
void engine_host_hint(const struct engine_host *host, int os_errno, struct err *err);

#endif
