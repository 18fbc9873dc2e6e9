#include "stack_parts.h"

#include "image_ref.h"
#include "proxy_conf.h"

#include <stdio.h>
#include <string.h>

#define USERS_PER_STREAMER 500

const char *stack_section(enum service_id id, const char **argument)
{
	*argument = service_is_micro(id) ? service_name(id) : NULL;
	return *argument ? "service" : service_name(id);
}

static struct setting service_setting(struct build *build, enum service_id id,
				      const char *key)
{
	const char *argument, *section = stack_section(id, &argument);

	return stack_setting(build, section, argument, key);
}

/* The release's image when the profile names none; Rocket.Chat's without tag. */
static const char *default_image(const struct stack *stack, enum service_id id)
{
	if (id == SERVICE_NATS)
		return stack->release->nats_image;
	if (id == SERVICE_MONGODB)
		return stack->release->mongodb_image;
	if (id == SERVICE_PROXY)
		return stack->release->proxy_image;
	return id == SERVICE_ROCKETCHAT ? stack->release->core_image : release_image(id);
}

static bool is_rocketchat(enum service_id id)
{
	return id == SERVICE_ROCKETCHAT || service_is_micro(id);
}

static const char *image_of(struct build *build, enum service_id id)
{
	const char *image = service_setting(build, id, "image").text;
	const bool named = image != NULL;

	if (!named)
		image = default_image(build->stack, id);
	if (!image_ref_has_tag(image)) {
		const char *tag = is_rocketchat(id) ? build->stack->version : "latest";

		if (named && !is_rocketchat(id))
			stack_warn(
				build,
				"%s has no tag: %s:latest may be another image any day",
				image, image);
		image = arena_printf(build->arena, "%s:%s", image, tag);
	}
	if (!named && build->image_prefix)
		image = arena_printf(build->arena, "%s/%s", build->image_prefix, image);
	return image;
}

/* One ddp-streamer for each 500 of the expected users, unless told otherwise. */
static unsigned replicas_of(struct build *build, enum service_id id)
{
	struct setting replicas, users;

	if (!is_rocketchat(id))
		return 1;
	replicas = service_setting(build, id, "replicas");
	if (id != SERVICE_DDP_STREAMER || replicas.entry)
		return (unsigned)replicas.value.number;
	users = stack_setting(build, "stack", NULL, "users");
	if (!users.text)
		return (unsigned)replicas.value.number;
	return (unsigned)((users.value.number + USERS_PER_STREAMER - 1) /
			  USERS_PER_STREAMER);
}

static const char *const *command(struct build *build, const char *const *words,
				  size_t count)
{
	const char **list = arena_array(build->arena, count + 1, sizeof(*list));

	memcpy(list, words, count * sizeof(*list));
	return list;
}

static void add_nats(struct build *build, struct service *service)
{
	static const char *const words[] = { "--http_port", "8222" };

	service->command = command(build, words, COUNT_OF(words));
	service->probe = (struct probe){ PROBE_HTTP, 8222, "/healthz", NULL };
}

/*
 * What an entrypoint needs that starts as root, chowns its data and drops; and
 * KILL for the engine's init, which stays root and must pass SIGTERM on to a
 * process of another user (without it mongod is killed, measured).
 */
static const char *const entrypoint_capabilities[] = { "CHOWN", "DAC_OVERRIDE", "FOWNER",
						       "KILL",  "SETGID",       "SETUID",
						       NULL };
static const char *const no_capabilities[] = { NULL };

static void mount(struct build *build, struct service *service, const char *volume,
		  const char *target)
{
	struct volume_mount *mounts = arena_array(build->arena, 1, sizeof(*mounts));

	mounts->volume = arena_printf(build->arena, "%s-%s", build->stack->name, volume);
	mounts->target = target;
	service->mounts = mounts;
	service->mount_count = 1;
}

static void add_mongodb(struct build *build, struct service *service)
{
	struct setting cache = stack_setting(build, "mongodb", NULL, "cache_size");
	const char *words[6] = { "mongod", "--replSet", build->stack->replica_set,
				 "--bind_ip_all" };
	size_t count = 4;

	if (cache.text) {
		words[count++] = "--wiredTigerCacheSizeGB";
		words[count++] = arena_printf(build->arena, "%.10g",
					      (double)cache.value.number /
						      (double)(1 << 30));
	}
	service->command = command(build, words, count);
	service->capabilities = entrypoint_capabilities;
	service->probe = (struct probe){ PROBE_REPLICA_SET, 27017, NULL, NULL };
	mount(build, service, "mongodb", "/data/db");
}

static void add_core(struct build *build, struct service *service)
{
	service->probe = (struct probe){ PROBE_HTTP, 3000,
					 build->stack->release->core_health, "/livez" };
	mount(build, service, "uploads", "/app/uploads");
}

static void add_proxy(struct build *build, struct service *service)
{
	struct setting publish = stack_setting(build, "proxy", NULL, "publish");
	struct publish *port = arena_array(build->arena, 1, sizeof(*port));

	*port = (struct publish){ publish.value.host, (uint16_t)publish.value.number,
				  PROXY_PORT };
	service->ports = port;
	service->port_count = 1;
	/* nginx as its own user: no master that runs as root, no capability at all */
	service->user = PROXY_USER;
	service->probe = (struct probe){ PROBE_HTTP, PROXY_HEALTH_PORT, "/", NULL };
}

static void add_details(struct build *build, struct service *service)
{
	if (service->id == SERVICE_NATS)
		add_nats(build, service);
	else if (service->id == SERVICE_MONGODB)
		add_mongodb(build, service);
	else if (service->id == SERVICE_ROCKETCHAT)
		add_core(build, service);
	else if (service->id == SERVICE_PROXY)
		add_proxy(build, service);
	else
		service->probe = (struct probe){ PROBE_HTTP, 3000, "/health", NULL };
}

static void add_service(struct build *build, enum service_id id, unsigned replicas)
{
	struct setting stop = stack_setting(build, "stack", NULL, "stop_timeout");
	struct service *service = arena_grow(build->arena, &build->services,
					     &build->service_count, sizeof(*service));

	*service = (struct service){
		.id = id,
		.name = service_name(id),
		.image = image_of(build, id),
		.replicas = replicas,
		.capabilities = no_capabilities,
		.memory = service_setting(build, id, "memory").value.number,
		.nano_cpus = service_setting(build, id, "cpus").value.number,
		.pids = service_setting(build, id, "pids").value.number,
		.stop_timeout = (unsigned)(stop.value.number / 1000),
	};
	add_details(build, service);
	stack_build_env(build, service);
}

/* [service NAME] in a stack that has no such service. */
static void complain_service(struct build *build, enum service_id id)
{
	const struct section *section = profile_section(build->profile, "service",
							service_name(id));
	const struct release_version *removed = release_removed(id);

	if (!section)
		return;
	if (build->stack->mode == MODE_MONOLITH)
		profile_complain(build->profile, section->at,
				 "[service %s]: mode = monolith has no microservices",
				 section->argument);
	else if (removed)
		profile_complain(build->profile, section->at,
				 "%s does not exist in %s: it was removed in %u.%u",
				 section->argument, build->stack->version, removed->major,
				 removed->minor);
}

static bool wants_micro(struct build *build, enum service_id id)
{
	const enum release_presence presence = build->stack->release->services[id];

	if (build->stack->mode == MODE_MONOLITH || presence == RELEASE_ABSENT) {
		complain_service(build, id);
		return false;
	}
	return presence == RELEASE_REQUIRED ||
	       profile_section(build->profile, "service", service_name(id));
}

static void add_micro(struct build *build, enum service_id id)
{
	struct setting replicas;
	unsigned count;

	if (!wants_micro(build, id))
		return;
	count = replicas_of(build, id);
	replicas = service_setting(build, id, "replicas");
	if (id == SERVICE_STREAM_HUB && count > 1)
		setting_complain(build->profile, &replicas, service_name(id),
				 "stream-hub is limited to one replica");
	if (count)
		add_service(build, id, count);
	else if (build->stack->release->services[id] == RELEASE_REQUIRED)
		stack_warn(build, "%s is left out, though Rocket.Chat %s needs it",
			   service_name(id), build->stack->version);
}

/*
 * Where stream-hub is optional, the processes watch the database themselves
 * only when told so; decided before any environment is made.
 */
static void find_watchers(struct build *build)
{
	const enum release_presence presence =
		build->stack->release->services[SERVICE_STREAM_HUB];

	build->watchers = presence == RELEASE_OPTIONAL &&
			  build->stack->mode == MODE_MICROSERVICES &&
			  wants_micro(build, SERVICE_STREAM_HUB) &&
			  replicas_of(build, SERVICE_STREAM_HUB) > 0;
}

/* Several cores find each other through NATS, one alone needs none. */
static void find_transporter(struct build *build, unsigned cores)
{
	struct stack *stack = build->stack;
	const char *url = stack_setting(build, "nats", NULL, "url").text;

	if (!url)
		url = "nats://nats:4222";
	if (stack->mode == MODE_MICROSERVICES)
		stack->transporter = url;
	else if (cores > 1)
		stack->transporter = arena_printf(build->arena, "monolith+%s", url);
}

void stack_build_services(struct build *build)
{
	struct setting nats = stack_setting(build, "nats", NULL, "url");
	const unsigned cores = replicas_of(build, SERVICE_ROCKETCHAT);

	find_transporter(build, cores);
	find_watchers(build);
	build->licensed = stack_setting(build, "rocketchat", NULL, "license").text !=
			  NULL;
	if (build->stack->transporter && !nats.text)
		add_service(build, SERVICE_NATS, 1);
	if (!build->stack->mongo_outside)
		add_service(build, SERVICE_MONGODB, 1);
	add_service(build, SERVICE_ROCKETCHAT, cores);
	for (unsigned id = SERVICE_NONE + 1; id < SERVICE_COUNT; id++)
		if (service_is_micro((enum service_id)id))
			add_micro(build, (enum service_id)id);
	add_service(build, SERVICE_PROXY, 1);
}
