#include "config.h"

#include "stack.h"

#include "stack_parts.h"
#include "url.h"

#include <stdarg.h>
#include <string.h>

struct setting stack_setting(struct build *build, const char *section,
			     const char *argument, const char *key)
{
	return setting_get(build->profile, section, argument, key);
}

void stack_warn(struct build *build, const char *format, ...)
{
	auto_free char *text = NULL;
	va_list args;
	int size;

	va_start(args, format);
	size = vasprintf(&text, format, args);
	va_end(args);
	if (size < 0)
		die_out_of_memory();
	*(const char **)arena_grow(build->arena, &build->warnings, &build->warning_count,
				   sizeof(*build->warnings)) = arena_strdup(build->arena,
									    text);
}

static unsigned seconds(const struct setting *setting)
{
	return (unsigned)(setting->value.number / 1000);
}

static void build_release(struct build *build)
{
	struct stack *stack = build->stack;
	struct setting version = stack_setting(build, "stack", NULL, "version");
	const struct release_version *oldest = release_oldest();

	stack->version = version.text;
	stack->release = release_find(&version.value.release, &stack->beyond_table);
	if (stack->release)
		return;
	setting_complain(
		build->profile, &version, NULL,
		arena_printf(build->arena,
			     "\"%s\" is too old: Liftoff knows releases from %u.%u "
			     "on",
			     version.text, oldest->major, oldest->minor));
	stack->release = release_find(oldest, &stack->beyond_table);
}

static void build_stack_section(struct build *build)
{
	struct stack *stack = build->stack;
	struct setting setting = stack_setting(build, "stack", NULL, "timeout");

	stack->name = stack_setting(build, "stack", NULL, "name").text;
	/* the choices stand in the table in the order of the enums */
	stack->mode =
		(enum stack_mode)stack_setting(build, "stack", NULL, "mode").value.number;
	stack->pull = (enum pull_policy)stack_setting(build, "stack", NULL, "pull")
			      .value.number;
	stack->probe =
		(enum probe_way)stack_setting(build, "stack", NULL, "probe").value.number;
	stack->timeout = seconds(&setting);
	stack->restart = stack_setting(build, "stack", NULL, "restart").text;
	stack->log_max_size = stack_setting(build, "stack", NULL, "log_max_size").text;
	stack->log_max_file = (unsigned)stack_setting(build, "stack", NULL,
						      "log_max_file")
				      .value.number;
	build->image_prefix = stack_setting(build, "stack", NULL, "image_prefix").text;
}

static void build_network(struct build *build)
{
	struct stack *stack = build->stack;
	struct setting subnet = stack_setting(build, "network", NULL, "subnet");

	stack->subnet_auto = subnet.value.subnet_auto;
	stack->subnet = subnet.value.subnet;
	stack->mtu = (unsigned)stack_setting(build, "network", NULL, "mtu").value.number;
}

static void build_mongodb(struct build *build)
{
	struct stack *stack = build->stack;
	struct setting url = stack_setting(build, "mongodb", NULL, "url");
	const char *database = stack_setting(build, "mongodb", NULL, "database").text;

	stack->replica_set = stack_setting(build, "mongodb", NULL, "replica_set").text;
	stack->mongo_member = "mongodb-1:27017";
	stack->mongo_outside = url.text || url.wrong;
	build->mongo_url = arena_printf(build->arena, "mongodb://%s/%s?replicaSet=%s",
					stack->mongo_member, database,
					stack->replica_set);
	if (!url.text)
		return;
	build->mongo_url = url.text;
	build->mongo_secret = url.entry->from_file ||
			      url_is_secret(build->arena, url.text);
}

static void build_proxy(struct build *build)
{
	struct stack *stack = build->stack;
	struct setting timeout = stack_setting(build, "proxy", NULL, "websocket_timeout");
	struct setting body = stack_setting(build, "proxy", NULL, "max_body_size");

	stack->websocket_timeout = seconds(&timeout);
	stack->max_body_size = (uint64_t)body.value.number;
}

static void build_root_url(struct build *build)
{
	struct setting publish = stack_setting(build, "proxy", NULL, "publish");
	const char *root_url = stack_setting(build, "stack", NULL, "root_url").text;
	const int port = (int)publish.value.number;

	if (!root_url)
		root_url = port == 80 ? "http://localhost"
				      : arena_printf(build->arena, "http://localhost:%d",
						     port);
	build->stack->root_url = root_url;
}

int stack_build(struct stack *stack, struct profile *profile)
{
	struct build build = { .stack = stack,
			       .profile = profile,
			       .arena = profile->arena };

	*stack = (struct stack){ 0 };
	build_release(&build);
	build_stack_section(&build);
	build_network(&build);
	build_mongodb(&build);
	build_proxy(&build);
	build_root_url(&build);
	stack_build_services(&build);
	stack_build_checks(&build);
	stack->services = build.services;
	stack->service_count = build.service_count;
	arena_grow(build.arena, &build.warnings, &build.warning_count,
		   sizeof(*build.warnings)); /* the NULL at the end */
	stack->warnings = build.warnings;
	return profile->complaint_count ? -1 : 0;
}

const struct service *stack_service(const struct stack *stack, enum service_id id)
{
	for (size_t i = 0; i < stack->service_count; i++)
		if (stack->services[i].id == id)
			return &stack->services[i];
	return NULL;
}

char *stack_container_name(struct arena *arena, const struct stack *stack,
			   const struct service *service, unsigned n)
{
	return arena_printf(arena, "%s-%s-%u", stack->name, service->name, n);
}
