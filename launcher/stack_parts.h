/*
 * What the parts of stack building share. Nobody else includes this.
 *
 *   stack           [stack] and [network], and the order of it all
 *   stack_services  each service: image, replicas, limits, ports, probe
 *   stack_env       each Rocket.Chat process's environment
 *   stack_check     what only the whole shows to be wrong, or odd
 */
#ifndef LIFTOFF_STACK_PARTS_H
#define LIFTOFF_STACK_PARTS_H

#include "setting.h"
#include "stack.h"

struct build {
	struct stack *stack;
	struct profile *profile;
	struct arena *arena;
	struct service *services;
	size_t service_count;
	const char **warnings;
	size_t warning_count;
	const char *image_prefix; /* or NULL */
	const char *mongo_url;
	bool mongo_secret;
	bool watchers; /* stream-hub runs where it is optional */
	bool licensed;
};

struct setting stack_setting(struct build *build, const char *section,
			     const char *argument, const char *key);
void stack_warn(struct build *build, const char *format, ...) PRINTF_LIKE(2, 3);

/* The section and argument that keys of a service are in. */
const char *stack_section(enum service_id id, const char **argument);

void stack_build_services(struct build *build);
void stack_build_env(struct build *build, struct service *service);
void stack_build_checks(struct build *build);

#endif
