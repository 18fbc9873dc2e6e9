#include "stack_parts.h"

#include "secret.h"
#include "url.h"

#include <string.h>

struct env {
	struct build *build;
	struct env_var *list;
	size_t count;
};

/* The most specific comes last and wins. */
static void put(struct env *env, const struct env_var *variable)
{
	for (size_t i = 0; i < env->count; i++)
		if (!strcmp(env->list[i].name, variable->name)) {
			env->list[i] = *variable;
			return;
		}
	*(struct env_var *)arena_grow(env->build->arena, &env->list, &env->count,
				      sizeof(*env->list)) = *variable;
}

static void put_own(struct env *env, const char *name, const char *value, bool secret)
{
	const struct env_var variable = { .name = name,
					  .value = value,
					  .secret = secret,
					  .at = { "built-in default", 0 } };

	put(env, &variable);
}

static void put_section(struct env *env, const char *argument)
{
	const struct section *section = profile_section(env->build->profile, "env",
							argument);

	for (size_t i = 0; section && i < section->count; i++) {
		const struct entry *entry = &section->entries[i];
		const struct env_var variable = {
			.name = entry->key,
			.value = entry->value,
			.secret = entry->from_file || secret_name(entry->key) ||
				  url_is_secret(env->build->arena, entry->value),
			.at = entry->at,
		};

		if (!entry->wrong)
			put(env, &variable);
	}
}

static void put_rocketchat(struct env *env, const struct service *service)
{
	struct build *build = env->build;
	const bool core = service->id == SERVICE_ROCKETCHAT;
	struct setting license = stack_setting(build, "rocketchat", NULL, "license");

	put_own(env, "MONGO_URL", build->mongo_url, build->mongo_secret);
	put_own(env, "PORT", "3000", false);
	if (build->stack->transporter)
		put_own(env, "TRANSPORTER", build->stack->transporter,
			url_is_secret(build->arena, build->stack->transporter));
	if (core)
		put_own(env, "ROOT_URL", build->stack->root_url, false);
	if (core || service->id == SERVICE_DDP_STREAMER)
		put_own(env, "HTTP_FORWARDED_COUNT", "1", false);
	if (core && license.text)
		put_own(env, "ROCKETCHAT_LICENSE", license.text, true);
	if (build->watchers)
		put_own(env, "DISABLE_DB_WATCHERS", "false", false);
	put_section(env, NULL);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct env_var *)a)->name,
		      ((const struct env_var *)b)->name);
}

void stack_build_env(struct build *build, struct service *service)
{
	struct env env = { .build = build };

	if (service->id == SERVICE_ROCKETCHAT || service_is_micro(service->id))
		put_rocketchat(&env, service);
	put_section(&env, service->name);
	if (env.count)
		qsort(env.list, env.count, sizeof(*env.list), by_name);
	service->env = env.list;
	service->env_count = env.count;
}
