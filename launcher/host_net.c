#include "host_net.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

static unsigned prefix_length(uint32_t mask)
{
	return mask ? (unsigned)__builtin_popcount(mask) : 0;
}

static void take(struct world *world, struct arena *arena, uint32_t address,
		 uint32_t mask)
{
	struct subnet *subnet;

	if (!mask) /* the default route takes nothing */
		return;
	subnet = arena_grow(arena, &world->taken, &world->taken_count, sizeof(*subnet));
	subnet->base = address & mask;
	subnet->prefix = prefix_length(mask);
}

static uint32_t ipv4(const struct sockaddr *address)
{
	struct sockaddr_in in;

	memcpy(&in, address, sizeof(in));
	return ntohl(in.sin_addr.s_addr);
}

static bool is_ipv4(const struct ifaddrs *one)
{
	return one->ifa_addr && one->ifa_addr->sa_family == AF_INET && one->ifa_netmask;
}

static bool is_stacks_own(const struct world *world, uint32_t address)
{
	for (size_t i = 0; i < world->network_count; i++) {
		const struct world_network *network = &world->networks[i];

		if (network->ours && network->has_subnet && network->subnet.prefix &&
		    (network->subnet.base ^ address) >> (32 - network->subnet.prefix) ==
			    0)
			return true;
	}
	return false;
}

static void take_interfaces(struct world *world, struct arena *arena)
{
	struct ifaddrs *all;

	if (getifaddrs(&all) < 0)
		return;
	for (struct ifaddrs *one = all; one; one = one->ifa_next)
		if (is_ipv4(one) && !is_stacks_own(world, ipv4(one->ifa_addr)))
			take(world, arena, ipv4(one->ifa_addr), ipv4(one->ifa_netmask));
	freeifaddrs(all);
}

static void take_routes(struct world *world, struct arena *arena)
{
	auto_fclose FILE *routes = fopen("/proc/net/route", "re");
	char line[256];

	if (!routes)
		return;
	while (fgets(line, sizeof(line), routes)) {
		unsigned destination, mask;

		/* interface destination gateway flags refcnt use metric mask …, in hex
		 * and network byte order */
		if (sscanf(line, "%*s %x %*x %*x %*d %*d %*d %x", &destination, &mask) ==
			    2 &&
		    !is_stacks_own(world, ntohl(destination)))
			take(world, arena, ntohl(destination), ntohl(mask));
	}
}

void host_subnets(struct world *world, struct arena *arena)
{
	take_interfaces(world, arena);
	take_routes(world, arena);
}

bool host_has_address(const char *address)
{
	struct in_addr wanted;
	struct ifaddrs *all;
	bool found = false;

	if (inet_pton(AF_INET, address, &wanted) != 1 || getifaddrs(&all) < 0)
		return false;
	for (struct ifaddrs *one = all; one && !found; one = one->ifa_next)
		found = is_ipv4(one) && (one->ifa_flags & IFF_UP) &&
			ipv4(one->ifa_addr) == ntohl(wanted.s_addr);
	freeifaddrs(all);
	return found;
}
