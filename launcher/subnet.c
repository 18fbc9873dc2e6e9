#include "subnet.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where stacks look for a subnet of their own: 10.192.0.0/10. */
#define POOL_BASE UINT32_C(0x0ac00000)
#define POOL_PREFIX 10u

#define BLOCKS_BITS 4u /* 16 blocks */
#define LONGEST_PREFIX 28u
#define SHORTEST_PREFIX 16u

static uint64_t addresses(unsigned prefix)
{
	return UINT64_C(1) << (32 - prefix);
}

static void address_text(uint32_t address, char text[SUBNET_TEXT])
{
	const struct in_addr in = { .s_addr = htonl(address) };

	if (!inet_ntop(AF_INET, &in, text, SUBNET_TEXT))
		text[0] = '\0';
}

static void cidr_text(uint32_t base, unsigned prefix, char text[SUBNET_TEXT])
{
	size_t size;

	address_text(base, text);
	size = strlen(text);
	snprintf(text + size, SUBNET_TEXT - size, "/%u", prefix & 63u);
}

/* Decimal without sign or leading zeros, at most 32. */
static bool prefix_parse(const char *text, unsigned *prefix)
{
	size_t digits = strspn(text, "0123456789");

	if (!digits || digits > 2 || text[digits] || (digits == 2 && text[0] == '0'))
		return false;
	*prefix = (unsigned)strtoul(text, NULL, 10);
	return *prefix <= 32;
}

bool subnet_parse(const char *text, struct subnet *subnet)
{
	const char *slash = strchr(text, '/');
	char dotted[SUBNET_TEXT];
	struct in_addr in;
	unsigned prefix;
	uint32_t base;

	if (!slash || (size_t)(slash - text) >= sizeof(dotted))
		return false;
	memcpy(dotted, text, (size_t)(slash - text));
	dotted[slash - text] = '\0';
	if (inet_pton(AF_INET, dotted, &in) != 1 || !prefix_parse(slash + 1, &prefix))
		return false;
	base = ntohl(in.s_addr);
	if (base & (addresses(prefix) - 1))
		return false;
	*subnet = (struct subnet){ .base = base, .prefix = prefix };
	return true;
}

void subnet_text(const struct subnet *subnet, char text[SUBNET_TEXT])
{
	cidr_text(subnet->base, subnet->prefix, text);
}

bool subnet_overlaps(const struct subnet *a, const struct subnet *b)
{
	return a->base < b->base + addresses(b->prefix) &&
	       b->base < a->base + addresses(a->prefix);
}

unsigned subnet_room(const struct subnet *subnet)
{
	if (subnet->prefix > LONGEST_PREFIX)
		return 0;
	return (unsigned)(addresses(subnet->prefix) >> BLOCKS_BITS);
}

unsigned subnet_prefix_for(unsigned replicas)
{
	for (unsigned prefix = LONGEST_PREFIX; prefix >= SHORTEST_PREFIX; prefix--)
		if (subnet_room(&(struct subnet){ .prefix = prefix }) >= replicas)
			return prefix;
	return 0;
}

void subnet_address(const struct subnet *subnet, enum service_id id, unsigned n,
		    char text[SUBNET_TEXT])
{
	address_text(subnet->base + subnet_room(subnet) * (uint32_t)id + n - 1, text);
}

/*
 * The blocks of a /28 hold one address each, and that of block 0 is the
 * network's own: the engine gets the last four addresses there instead.
 */
static bool subnet_is_tiny(const struct subnet *subnet)
{
	return subnet->prefix >= LONGEST_PREFIX;
}

void subnet_gateway(const struct subnet *subnet, char text[SUBNET_TEXT])
{
	address_text(subnet->base + (subnet_is_tiny(subnet) ? 14 : 1), text);
}

void subnet_engine_range(const struct subnet *subnet, char text[SUBNET_TEXT])
{
	if (subnet_is_tiny(subnet))
		cidr_text(subnet->base + 12, 30, text);
	else
		cidr_text(subnet->base, subnet->prefix + BLOCKS_BITS, text);
}

static uint32_t name_hash(const char *name)
{
	uint32_t hash = UINT32_C(2166136261); /* FNV-1a */

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * UINT32_C(16777619);
	return hash ^ (hash >> 15);
}

static bool is_free(const struct subnet *subnet, const struct subnet *taken, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (subnet_overlaps(subnet, &taken[i]))
			return false;
	return true;
}

bool subnet_pick(const char *name, unsigned prefix, const struct subnet *taken,
		 size_t count, struct subnet *subnet)
{
	uint32_t slots, start;

	if (prefix < POOL_PREFIX || prefix > LONGEST_PREFIX)
		return false;
	slots = UINT32_C(1) << (prefix - POOL_PREFIX);
	start = name_hash(name) % slots;
	for (uint32_t i = 0; i < slots; i++) {
		const uint32_t slot = (start + i) % slots;
		const struct subnet candidate = {
			.base = POOL_BASE + slot * (uint32_t)addresses(prefix),
			.prefix = prefix,
		};

		if (is_free(&candidate, taken, count)) {
			*subnet = candidate;
			return true;
		}
	}
	return false;
}
