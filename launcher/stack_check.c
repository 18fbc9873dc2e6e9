#include "stack_parts.h"

#include "buf.h"
#include "image_ref.h"
#include "url.h"

#include <stdio.h>
#include <string.h>

static const struct service *service_of(const struct build *build, enum service_id id)
{
	for (size_t i = 0; i < build->service_count; i++)
		if (build->services[i].id == id)
			return &build->services[i];
	return NULL;
}

/* Keys of a service that is not started, since it is elsewhere. */
static void check_outside(struct build *build, const char *name, const char *what)
{
	const struct section *section = profile_section(build->profile, name, NULL);

	if (!stack_setting(build, name, NULL, "url").text)
		return;
	for (size_t i = 0; section && i < section->count; i++) {
		struct entry *entry = &section->entries[i];

		if (!strcmp(entry->key, "url") || entry->wrong || !*entry->value)
			continue;
		profile_complain(
			build->profile, entry->at,
			"[%s] %s: with url no %s is started, so this has no effect", name,
			entry->key, what);
		entry->wrong = true;
	}
}

static void check_room(struct build *build)
{
	struct setting subnet = stack_setting(build, "network", NULL, "subnet");
	const struct service *most = &build->services[0];
	unsigned prefix;

	for (size_t i = 1; i < build->service_count; i++)
		if (build->services[i].replicas > most->replicas)
			most = &build->services[i];
	if (build->stack->subnet_auto ||
	    subnet_room(&build->stack->subnet) >= most->replicas)
		return;
	prefix = subnet_prefix_for(most->replicas);
	setting_complain(
		build->profile, &subnet, NULL,
		arena_printf(build->arena,
			     "%s has room for %u replicas of a service, and %s has "
			     "%u: a /%u would do",
			     subnet.text, subnet_room(&build->stack->subnet), most->name,
			     most->replicas, prefix));
}

static void check_users(struct build *build)
{
	struct setting users = stack_setting(build, "stack", NULL, "users");
	const struct service *streamer = service_of(build, SERVICE_DDP_STREAMER);

	if (!users.text)
		return;
	if (build->stack->mode == MODE_MONOLITH)
		stack_warn(build, "users = %s has no effect with mode = monolith",
			   users.text);
	else if (streamer && streamer->replicas < (users.value.number + 499) / 500)
		stack_warn(build,
			   "%u ddp-streamer for %s users: one serves about 500, so %lld "
			   "would "
			   "be right",
			   streamer->replicas, users.text,
			   (long long)((users.value.number + 499) / 500));
}

static void check_root_url(struct build *build)
{
	struct setting url = stack_setting(build, "stack", NULL, "root_url");
	const struct service *proxy = service_of(build, SERVICE_PROXY);
	const char *host, *path;
	uint16_t port;

	if (!url.text)
		return;
	/* below a path, /websocket would have to be told apart from the page's own */
	path = strchr(strstr(url.text, "://") + 3, '/');
	if (path && path[1])
		setting_complain(
			build->profile, &url, NULL,
			arena_printf(build->arena,
				     "a path (%s) is not supported yet: serve the "
				     "stack at the root of a host",
				     path));
	/* https means that another proxy stands in front, with ports of its own */
	if (strncmp(url.text, "http:", 5) != 0)
		return;
	url_host_port(build->arena, url.text, &host, &port);
	if (port != proxy->ports[0].host_port)
		stack_warn(build,
			   "root_url says port %u, but the stack is published on port %u",
			   port, proxy->ports[0].host_port);
}

/*
 * Without a licence, one of several nodes of a service ends itself about 40
 * seconds after the start (Rocket.Chat's licenseEnforcement.ts).
 */
static void check_license(struct build *build)
{
	for (size_t i = 0; i < build->service_count && !build->licensed; i++) {
		const struct service *service = &build->services[i];

		if (service_is_micro(service->id) && service->replicas > 1) {
			stack_warn(
				build,
				"%s has %u replicas, which Rocket.Chat stops without a "
				"licence: give [rocketchat] license_file, unless the "
				"workspace has one stored",
				service->name, service->replicas);
			return;
		}
	}
}

static void check_mongodb_release(struct build *build)
{
	const struct service *mongodb = service_of(build, SERVICE_MONGODB);
	const char *const *fits = build->stack->release->mongodb_fits;
	auto_buf struct buf list = { 0 };
	unsigned major, minor;

	if (!mongodb || !image_ref_series(mongodb->image, &major, &minor))
		return;
	for (; *fits; fits++) {
		unsigned fit_major, fit_minor;

		if (sscanf(*fits, "%u.%u", &fit_major, &fit_minor) == 2 &&
		    fit_major == major && fit_minor == minor)
			return;
		buf_printf(&list, "%s%s", list.size ? ", " : "", *fits);
	}
	stack_warn(build, "MongoDB %u.%u is not known to fit Rocket.Chat %s (%s)", major,
		   minor, build->stack->version, buf_text(&list));
}

static void check_monolith(struct build *build)
{
	const struct section *nats = profile_section(build->profile, "nats", NULL);

	if (nats && !build->stack->transporter)
		stack_warn(build,
			   "[nats] has no effect: a single core in mode = monolith "
			   "needs no NATS");
}

/* [env NAME] of a service that this stack does not start. */
static void check_env_sections(struct build *build)
{
	for (size_t i = 0; i < build->profile->section_count; i++) {
		const struct section *section = &build->profile->sections[i];

		if (section->wrong || strcmp(section->name, "env") != 0 ||
		    !section->argument)
			continue;
		if (!service_of(build, service_by_name(section->argument)))
			stack_warn(build, "[env %s] has no effect: no %s is started",
				   section->argument, section->argument);
	}
}

static void check_exposed(struct build *build)
{
	for (size_t i = 0; i < build->profile->section_count; i++) {
		const struct section *section = &build->profile->sections[i];

		for (size_t j = 0; j < section->count; j++)
			if (section->entries[j].exposed)
				stack_warn(build,
					   "everyone on this host can read the file of "
					   "%s %s_file",
					   profile_label(build->arena, section->name,
							 section->argument),
					   section->entries[j].key);
	}
}

void stack_build_checks(struct build *build)
{
	check_outside(build, "nats", "NATS");
	check_outside(build, "mongodb", "MongoDB");
	check_room(build);
	check_users(build);
	check_root_url(build);
	check_license(build);
	check_mongodb_release(build);
	check_monolith(build);
	check_env_sections(build);
	check_exposed(build);
	if (build->stack->beyond_table)
		stack_warn(
			build,
			"Rocket.Chat %s is newer than this Liftoff knows: it is treated "
			"like the newest release that it does",
			build->stack->version);
}
