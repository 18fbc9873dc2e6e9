#include "config_show.h"

#include "config_walk.h"

struct json_walk {
	json_t *sections;
	json_t *keys; /* of the section at hand; borrowed */
};

/* A key without a value is left out, as in all JSON of ours. */
static void put_text(json_t *object, const char *key, const char *text)
{
	if (text)
		json_object_set_new(object, key, json_string(text));
}

static void on_section(void *context, const char *section, const char *argument)
{
	struct json_walk *walk = context;
	json_t *object = json_object();

	walk->keys = json_object();
	json_object_set_new(object, "section", json_string(section));
	put_text(object, "argument", argument);
	json_object_set_new(object, "keys", walk->keys);
	json_array_append_new(walk->sections, object);
}

static void on_item(void *context, const struct config_item *item)
{
	struct json_walk *walk = context;
	json_t *object = json_object();

	put_text(object, "value", item->value);
	put_text(object, "origin", item->value ? item->origin : NULL);
	put_text(object, "variable", item->variable);
	json_object_set_new(object, "secret", json_boolean(item->secret));
	json_object_set_new(walk->keys, item->key, object);
}

static json_t *service_json(struct arena *arena, const struct service *service)
{
	json_t *object = json_object(), *environment = json_object();

	for (size_t i = 0; i < service->env_count; i++) {
		const struct env_var *variable = &service->env[i];

		json_object_set_new(
			environment, variable->name,
			json_string(variable->secret
					    ? config_masked(arena, variable->value)
					    : variable->value));
	}
	json_object_set_new(object, "name", json_string(service->name));
	json_object_set_new(object, "image", json_string(service->image));
	json_object_set_new(object, "replicas", json_integer(service->replicas));
	json_object_set_new(object, "memory", json_integer(service->memory));
	json_object_set_new(object, "nano_cpus", json_integer(service->nano_cpus));
	json_object_set_new(object, "pids", json_integer(service->pids));
	json_object_set_new(object, "environment", environment);
	return object;
}

json_t *config_json(const struct profile *profile, const struct stack *stack)
{
	struct json_walk json = { .sections = json_array() };
	const struct config_walk walk = { profile->arena, profile, stack,
					  on_section,     on_item, &json };
	json_t *root = json_object(), *services = json_array(), *warnings = json_array();

	config_walk(&walk);
	for (size_t i = 0; i < stack->service_count; i++)
		json_array_append_new(services,
				      service_json(profile->arena, &stack->services[i]));
	for (size_t i = 0; stack->warnings[i]; i++)
		json_array_append_new(warnings, json_string(stack->warnings[i]));
	json_object_set_new(root, "v", json_integer(1));
	json_object_set_new(root, "profile", json_string(profile->path));
	json_object_set_new(root, "sections", json.sections);
	json_object_set_new(root, "services", services);
	json_object_set_new(root, "warnings", warnings);
	return root;
}
