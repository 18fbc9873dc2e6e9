/* What this host's own network interfaces say. */
#ifndef LIFTOFF_HOST_NET_H
#define LIFTOFF_HOST_NET_H

#include "world.h"
#include "arena.h"

#include <stdbool.h>

/*
 * Adds the subnets this host has interfaces or routes in (a VPN's, say) to the
 * world's taken ones, so that `subnet = auto` never hides them.
 */
void host_subnets(struct world *world, struct arena *arena);

/*
 * Is that IPv4 address one of this host's? The gateway of an engine's network
 * is, exactly when the engine's bridge is in this host's network namespace:
 * then its containers can be reached straight from here. With a remote,
 * rootless or virtualised engine it is not.
 */
bool host_has_address(const char *address);

#endif
