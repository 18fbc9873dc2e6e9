/* The pure half of observe.h: what the engine's JSON says. */
#include "observe.h"

#include <string.h>

/* A string member of an object, or "": never NULL, whatever the engine sent. */
static const char *text_at(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

/*
 * A copy that may be printed: labels are anybody's text, and a control
 * character in one must not reach a terminal.
 */
static const char *copy_at(struct arena *arena, const json_t *object, const char *key)
{
	char *copy = arena_strdup(arena, text_at(object, key));

	for (char *c = copy; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	return copy;
}

static const struct {
	const char *name;
	enum container_state state;
} states[] = {
	{ "created", CONTAINER_CREATED },
	{ "running", CONTAINER_RUNNING },
	{ "paused", CONTAINER_PAUSED },
	{ "restarting", CONTAINER_RESTARTING },
	{ "removing", CONTAINER_REMOVING },
	{ "exited", CONTAINER_EXITED },
	{ "dead", CONTAINER_DEAD },
	/* podman's further words */
	{ "configured", CONTAINER_CREATED },
	{ "initialized", CONTAINER_CREATED },
	{ "stopping", CONTAINER_RUNNING },
	{ "stopped", CONTAINER_EXITED },
};

static enum container_state state_by_name(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(states); i++)
		if (!strcmp(name, states[i].name))
			return states[i].state;
	return CONTAINER_DEAD; /* an unknown state is none we can build on */
}

const char *container_state_name(enum container_state state)
{
	for (size_t i = 0; i < COUNT_OF(states); i++)
		if (states[i].state == state)
			return states[i].name;
	BUG("unknown container state");
}

static unsigned replica_number(const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	return *text >= '1' && *text <= '9' && !*end && n < 100000 ? (unsigned)n : 0;
}

static void read_container(struct world_container *container, struct arena *arena,
			   const json_t *item, const char *network)
{
	const json_t *labels = json_object_get(item, "Labels");
	const json_t *networks = json_object_get(json_object_get(item, "NetworkSettings"),
						 "Networks");
	const json_t *endpoint = json_object_get(networks, network);
	const char *name = json_string_value(
		json_array_get(json_object_get(item, "Names"), 0));

	container->id = copy_at(arena, item, "Id");
	container->name = arena_strdup(arena, name && *name == '/' ? name + 1
					      : name               ? name
								   : "");
	container->service = copy_at(arena, labels, LABEL_SERVICE);
	container->replica = replica_number(text_at(labels, LABEL_REPLICA));
	container->spec = copy_at(arena, labels, LABEL_SPEC);
	container->image = copy_at(arena, item, "Image");
	container->image_id = copy_at(arena, item, "ImageID");
	container->state = state_by_name(text_at(item, "State"));
	container->status = copy_at(arena, item, "Status");
	container->on_network = endpoint != NULL;
	container->address = copy_at(arena, endpoint, "IPAddress");
	container->created = json_integer_value(json_object_get(item, "Created"));
}

void observe_containers(struct world *world, struct arena *arena, const json_t *list,
			const char *stack_name)
{
	size_t i;
	json_t *item;

	json_array_foreach(list, i, item)
	{
		/* the list was asked for by label; looking again costs nothing and
		 * keeps law 3 even if an engine should ignore the filter */
		if (strcmp(text_at(json_object_get(item, "Labels"), LABEL_STACK),
			   stack_name))
			continue;
		read_container(arena_grow(arena, &world->containers,
					  &world->container_count,
					  sizeof(*world->containers)),
			       arena, item, stack_name);
	}
}

/* The first IPv4 subnet of a network; false if it has none. */
static bool network_subnet(const json_t *network, struct subnet *subnet)
{
	const json_t *configs = json_object_get(json_object_get(network, "IPAM"),
						"Config");
	size_t i;
	json_t *config;

	json_array_foreach(configs, i, config) if (subnet_parse(text_at(config, "Subnet"),
								subnet)) return true;
	return false;
}

static const char *network_owner(struct arena *arena, const json_t *labels)
{
	const char *project = text_at(labels, "com.docker.compose.project");
	const char *stack = text_at(labels, LABEL_STACK);

	if (*stack)
		return arena_printf(arena, "the liftoff stack \"%s\"", stack);
	if (*project)
		return arena_printf(arena, "the compose project \"%s\"", project);
	return "no stack of liftoff (it carries no label of ours)";
}

void observe_networks(struct world *world, struct arena *arena, const json_t *list,
		      const char *stack_name)
{
	size_t i;
	json_t *item;

	json_array_foreach(list, i, item)
	{
		const json_t *labels = json_object_get(item, "Labels");
		bool ours = !strcmp(text_at(labels, LABEL_STACK), stack_name);
		struct world_network *network;
		struct subnet subnet;
		bool has_subnet = network_subnet(item, &subnet);

		if (ours || !strcmp(text_at(item, "Name"), stack_name)) {
			network = arena_grow(arena, &world->networks,
					     &world->network_count, sizeof(*network));
			network->id = copy_at(arena, item, "Id");
			network->name = copy_at(arena, item, "Name");
			network->ours = ours;
			network->owner = ours ? NULL : network_owner(arena, labels);
			network->has_subnet = has_subnet;
			network->subnet = subnet;
		} else if (has_subnet) {
			*(struct subnet *)arena_grow(arena, &world->taken,
						     &world->taken_count,
						     sizeof(subnet)) = subnet;
		}
	}
}

void observe_volumes(struct world *world, struct arena *arena, const json_t *answer,
		     const char *stack_name)
{
	size_t i;
	json_t *item;

	json_array_foreach(json_object_get(answer, "Volumes"), i, item)
	{
		const char *owner = text_at(json_object_get(item, "Labels"), LABEL_STACK);
		struct world_volume *volume = arena_grow(
			arena, &world->volumes, &world->volume_count, sizeof(*volume));

		volume->name = copy_at(arena, item, "Name");
		volume->ours = !strcmp(owner, stack_name);
	}
}

static void add_images(struct world *world, struct arena *arena, const json_t *references,
		       const char *id)
{
	size_t i;
	json_t *item;

	json_array_foreach(references, i, item)
	{
		const char *reference = json_string_value(item);
		struct world_image *image;

		if (!reference)
			continue;
		image = arena_grow(arena, &world->images, &world->image_count,
				   sizeof(*image));
		image->reference = arena_strdup(arena, reference);
		image->id = id;
	}
}

void observe_images(struct world *world, struct arena *arena, const json_t *list)
{
	size_t i;
	json_t *item;

	json_array_foreach(list, i, item)
	{
		const char *id = copy_at(arena, item, "Id");

		add_images(world, arena, json_object_get(item, "RepoTags"), id);
		add_images(world, arena, json_object_get(item, "RepoDigests"), id);
	}
}

/* Podman and newer engines may list "docker.io/library/mongo:8.0" for "mongo:8.0". */
static bool same_image(const char *listed, const char *wanted)
{
	static const char *const prefixes[] = { "", "docker.io/", "docker.io/library/",
						"localhost/" };

	for (size_t i = 0; i < COUNT_OF(prefixes); i++) {
		size_t size = strlen(prefixes[i]);

		if (!strncmp(listed, prefixes[i], size) && !strcmp(listed + size, wanted))
			return true;
		if (!strncmp(wanted, prefixes[i], size) && !strcmp(wanted + size, listed))
			return true;
	}
	return false;
}

const char *world_image_id(const struct world *world, const char *reference)
{
	for (size_t i = 0; i < world->image_count; i++)
		if (same_image(world->images[i].reference, reference))
			return world->images[i].id;
	return NULL;
}
