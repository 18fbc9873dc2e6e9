/*
 * The addresses of a stack: an IPv4 subnet cut into 16 equal blocks, one a
 * service (block number = service id), and in each block one address a
 * replica. A recreated container so keeps its address. Block 0 is left to the
 * engine: its gateway and whoever else joins the network. (In a /28, where a
 * block is one address, the engine has the last four instead.) Pure.
 */
#ifndef LIFTOFF_SUBNET_H
#define LIFTOFF_SUBNET_H

#include "service.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct subnet {
	uint32_t base;   /* host byte order */
	unsigned prefix; /* 16 to 28 for a stack's own */
};

#define SUBNET_TEXT 24 /* room for "255.255.255.255/32" */

/* Parses "10.1.2.0/24"; false on anything else, host bits included. */
bool subnet_parse(const char *text, struct subnet *subnet);
void subnet_text(const struct subnet *subnet, char text[SUBNET_TEXT]);
bool subnet_overlaps(const struct subnet *a, const struct subnet *b);

/* How many replicas of one service fit. */
unsigned subnet_room(const struct subnet *subnet);
/* The longest prefix (smallest subnet) with that room; 0 if none is large enough. */
unsigned subnet_prefix_for(unsigned replicas);

/* Address of replica n (from 1), dotted. n must fit. */
void subnet_address(const struct subnet *subnet, enum service_id id, unsigned n,
		    char text[SUBNET_TEXT]);
void subnet_gateway(const struct subnet *subnet, char text[SUBNET_TEXT]);
/* The engine's own share (see above) in CIDR form. */
void subnet_engine_range(const struct subnet *subnet, char text[SUBNET_TEXT]);

/*
 * The next free subnet of that prefix in 10.192.0.0/10 that overlaps none of
 * the taken ones. The search starts at a place derived from the name, so that
 * launchers racing for different stacks rarely want the same one. False when
 * all is taken.
 */
bool subnet_pick(const char *name, unsigned prefix, const struct subnet *taken,
		 size_t count, struct subnet *subnet);

#endif
