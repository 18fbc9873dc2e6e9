/* From the world to the wish: `up`. Taking away is in plan_down.c. */
#include "plan.h"

#include "observe.h"
#include "plan_build.h"
#include "spec.h"

#include <string.h>

#define NO_STEP SIZE_MAX
/* Room for 62 replicas of each service, so that scaling seldom moves the stack. */
#define AUTO_PREFIX 22

/* The steps of one stack that others wait for, as far as they exist. */
struct builder {
	struct plan *plan;
	struct arena *arena;
	const struct stack *stack;
	const struct world *world;
	size_t network;              /* STEP_CREATE_NETWORK or NO_STEP */
	size_t network_gone;         /* last step of taking the old network away */
	size_t ready[SERVICE_COUNT]; /* STEP_READY of the service's first replica */
	bool *kept;                  /* a world container the wish has a place for */
};

struct step *plan_add(struct plan *plan, struct arena *arena, enum step_kind kind,
		      const char *object, const char *cause)
{
	struct step *step = arena_grow(arena, &plan->steps, &plan->count, sizeof(*step));

	step->kind = kind;
	step->object = object;
	step->cause = cause;
	return step;
}

void plan_need(struct plan *plan, struct arena *arena, size_t step, size_t needed)
{
	struct step *waiting = &plan->steps[step];

	if (needed == NO_STEP)
		return;
	*(size_t *)arena_grow(arena, &waiting->needs, &waiting->need_count,
			      sizeof(needed)) = needed;
}

static size_t last(const struct builder *b)
{
	return b->plan->count - 1;
}

static void add_pulls(struct builder *b)
{
	for (size_t i = 0; i < b->stack->service_count; i++) {
		const char *image = b->stack->services[i].image;

		if (world_image_id(b->world, image) ||
		    plan_find_pull(b->plan, image) != NO_STEP)
			continue;
		plan_add(b->plan, b->arena, STEP_PULL, image, "not in the engine")->name =
			image;
	}
}

size_t plan_find_pull(const struct plan *plan, const char *image)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->steps[i].kind == STEP_PULL &&
		    !strcmp(plan->steps[i].object, image))
			return i;
	return NO_STEP;
}

static int check_images(const struct builder *b, struct err *err)
{
	char list[1024] = "";
	size_t used = 0, missing = 0;

	for (size_t i = 0; i < b->stack->service_count; i++) {
		const char *image = b->stack->services[i].image;

		if (world_image_id(b->world, image))
			continue;
		missing++;
		if (used < sizeof(list))
			used += (size_t)snprintf(list + used, sizeof(list) - used,
						 "\n  %s (%s)", image,
						 b->stack->services[i].name);
	}
	if (!missing)
		return 0;
	err_set(err, ERR_FAILED, "%zu image%s not in the engine, and pull = never:%s",
		missing, missing == 1 ? " is" : "s are", list);
	return err_hint(err, "load them (docker load), or set [stack] pull = missing");
}

/* Which subnet the stack has or will have; decides whether the network stays. */
static int choose_subnet(struct builder *b, const struct world_network **keep,
			 const char **cause, struct err *err)
{
	const struct stack *stack = b->stack;
	unsigned most = 1, prefix;

	for (size_t i = 0; i < stack->service_count; i++)
		if (stack->services[i].replicas > most)
			most = stack->services[i].replicas;
	*cause = "missing";
	for (size_t i = 0; i < b->world->network_count; i++) {
		const struct world_network *network = &b->world->networks[i];

		if (!network->ours) {
			err_set(err, ERR_FAILED, "network %s exists and belongs to %s",
				network->name, network->owner);
			return err_hint(err, "remove that network, or give this stack "
					     "another name ([stack] name)");
		}
		if (!network->has_subnet || subnet_room(&network->subnet) < most)
			*cause = "its subnet has no room for all replicas";
		else if (!stack->subnet_auto &&
			 (network->subnet.base != stack->subnet.base ||
			  network->subnet.prefix != stack->subnet.prefix))
			*cause = "subnet changed";
		else
			*keep = network;
	}
	if (b->world->network_count > 1) {
		/* their common name is ambiguous to the engine: no container that
		 * is on one of them could be started again */
		*cause = "two networks have the stack's name";
		*keep = NULL;
	}
	if (*keep) {
		b->plan->subnet = (*keep)->subnet;
		b->plan->network_id = (*keep)->id;
		return 0;
	}
	if (!stack->subnet_auto) {
		b->plan->subnet = stack->subnet;
		return 0;
	}
	prefix = subnet_prefix_for(most);
	if (subnet_pick(stack->name, prefix < AUTO_PREFIX ? prefix : AUTO_PREFIX,
			b->world->taken, b->world->taken_count, &b->plan->subnet))
		return 0;
	err_set(err, ERR_FAILED, "no free subnet in 10.192.0.0/10 for %u replicas", most);
	return err_hint(err, "name one in the profile: [network] subnet = 172.30.0.0/22");
}

/* Stop if need be, then remove; gives the last step. */
size_t plan_remove_container(struct plan *plan, struct arena *arena,
			     const struct world_container *container, const char *cause)
{
	const char *object = *container->service && container->replica
				     ? arena_printf(arena, "%s-%u", container->service,
						    container->replica)
				     : arena_printf(arena, "container %s",
						    container->name);
	size_t stop = NO_STEP;

	if (container->state != CONTAINER_CREATED &&
	    container->state != CONTAINER_EXITED && container->state != CONTAINER_DEAD) {
		struct step *step = plan_add(plan, arena, STEP_STOP, object, cause);

		step->name = container->name;
		step->id = container->id;
		stop = plan->count - 1;
	}
	struct step *step = plan_add(plan, arena, STEP_REMOVE, object, cause);

	step->name = container->name;
	step->id = container->id;
	plan_need(plan, arena, plan->count - 1, stop);
	return plan->count - 1;
}

static void add_network(struct builder *b, const struct world_network *keep,
			const char *cause)
{
	const char *object = arena_printf(b->arena, "network %s", b->stack->name);
	size_t removed = NO_STEP;

	b->network = NO_STEP;
	if (keep)
		return;
	/* the old network goes first, and before it every container on it */
	for (size_t i = 0; i < b->world->network_count; i++) {
		size_t first = b->plan->count;

		for (size_t c = 0; c < b->world->container_count; c++)
			if (b->world->networks[i].ours && !b->kept[c]) {
				plan_remove_container(b->plan, b->arena,
						      &b->world->containers[c], cause);
				b->kept[c] = true;
			}
		size_t end = b->plan->count;
		struct step *step = plan_add(b->plan, b->arena, STEP_REMOVE_NETWORK,
					     object, cause);

		step->id = b->world->networks[i].id;
		step->name = b->world->networks[i].name;
		for (size_t needed = first; needed < end; needed++)
			plan_need(b->plan, b->arena, last(b), needed);
		plan_need(b->plan, b->arena, last(b), removed);
		removed = last(b);
	}
	plan_add(b->plan, b->arena, STEP_CREATE_NETWORK, object, cause)->name =
		b->stack->name;
	plan_need(b->plan, b->arena, last(b), removed);
	b->network = last(b);
}

static const struct world_volume *find_volume(const struct world *world, const char *name)
{
	for (size_t i = 0; i < world->volume_count; i++)
		if (!strcmp(world->volumes[i].name, name))
			return &world->volumes[i];
	return NULL;
}

static size_t find_volume_step(const struct plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->steps[i].kind == STEP_CREATE_VOLUME &&
		    !strcmp(plan->steps[i].name, name))
			return i;
	return NO_STEP;
}

/* Steps for the volumes of a service that are not there. */
static int add_volumes(struct builder *b, const struct service *service, struct err *err)
{
	for (size_t i = 0; i < service->mount_count; i++) {
		const char *name = service->mounts[i].volume;
		const struct world_volume *volume = find_volume(b->world, name);

		if (volume && !volume->ours) {
			err_set(err, ERR_FAILED,
				"volume %s exists and is not this stack's", name);
			return err_hint(err,
					"remove or rename it, or give this stack another "
					"name ([stack] name)");
		}
		if (!volume && find_volume_step(b->plan, name) == NO_STEP)
			plan_add(b->plan, b->arena, STEP_CREATE_VOLUME,
				 arena_printf(b->arena, "volume %s", name), "missing")
				->name = name;
	}
	return 0;
}

/* Why this container cannot stay as it is; NULL when it can. */
static const char *why_recreate(const struct builder *b, const struct service *service,
				unsigned n, const struct world_container *container)
{
	const char *image_id = world_image_id(b->world, service->image);
	const char *name = stack_container_name(b->arena, b->stack, service, n);
	struct spec spec;
	char address[SUBNET_TEXT];
	bool same;

	if (container->state == CONTAINER_CREATED)
		return "was never started: its files may be incomplete";
	if (container->state == CONTAINER_DEAD || container->state == CONTAINER_REMOVING)
		return "the engine calls it dead";
	if (container->state == CONTAINER_PAUSED)
		return "paused";
	if (b->network != NO_STEP)
		return "its network is made anew";
	if (strcmp(container->name, name))
		return arena_printf(b->arena, "was renamed to %s", container->name);
	spec_build(&spec, b->arena, b->stack, service, n, &b->plan->subnet);
	same = !strcmp(spec.digest, container->spec);
	spec_free(&spec);
	if (!same)
		return strcmp(container->image, service->image)
			       ? arena_printf(b->arena, "image %s -> %s",
					      container->image, service->image)
			       : "its settings changed";
	if (image_id && strcmp(image_id, container->image_id))
		return "its image tag now names another image";
	if (!container->on_network)
		return "disconnected from the stack's network";
	subnet_address(&b->plan->subnet, service->id, n, address);
	if (*container->address && strcmp(container->address, address))
		return "has another address than its own";
	return NULL;
}

static const struct world_container *
take_container(struct builder *b, const struct service *service, unsigned n)
{
	for (size_t i = 0; i < b->world->container_count; i++) {
		const struct world_container *container = &b->world->containers[i];

		if (b->kept[i] || container->replica != n ||
		    strcmp(container->service, service->name))
			continue;
		b->kept[i] = true;
		return container;
	}
	return NULL;
}

/* What must be ready before replica n of a service may start. */
static void need_others(struct builder *b, const struct service *service, unsigned n,
			size_t step, size_t before)
{
	bool is_rocketchat = service->id == SERVICE_ROCKETCHAT ||
			     service_is_micro(service->id);

	if (!is_rocketchat)
		return;
	/* they exit without MongoDB; NATS they would retry only every 5 s */
	plan_need(b->plan, b->arena, step, b->ready[SERVICE_MONGODB]);
	plan_need(b->plan, b->arena, step, b->ready[SERVICE_NATS]);
	/* two cores must not run their migrations at once */
	if (service->id == SERVICE_ROCKETCHAT && n > 1)
		plan_need(b->plan, b->arena, step, before);
}

static size_t container_step(struct builder *b, enum step_kind kind,
			     const struct service *service, unsigned n, const char *cause,
			     const char *id)
{
	struct step *step = plan_add(b->plan, b->arena, kind,
				     arena_printf(b->arena, "%s-%u", service->name, n),
				     cause);

	step->service = service;
	step->replica = n;
	step->name = stack_container_name(b->arena, b->stack, service, n);
	step->id = id;
	return last(b);
}

static size_t add_create(struct builder *b, const struct service *service, unsigned n,
			 const char *cause, size_t removed)
{
	size_t create = container_step(b, STEP_CREATE, service, n, cause, NULL);

	plan_need(b->plan, b->arena, create, removed);
	plan_need(b->plan, b->arena, create, b->network);
	plan_need(b->plan, b->arena, create, plan_find_pull(b->plan, service->image));
	for (size_t i = 0; i < service->mount_count; i++)
		plan_need(b->plan, b->arena, create,
			  find_volume_step(b->plan, service->mounts[i].volume));
	return create;
}

/* Behind a creation it is a matter of course, with no cause of its own. */
static const char *why_start(const struct builder *b,
			     const struct world_container *container)
{
	if (!container)
		return NULL;
	/* the engine waits longer after each end, up to a minute: whatever the
	 * reason was, it may be mended by now */
	if (container->state == CONTAINER_RESTARTING)
		return arena_printf(b->arena, "keeps ending: %s", container->status);
	return arena_printf(b->arena, "stopped: %s", container->status);
}

/* One replica: from whatever is there to running and ready. */
static void add_replica(struct builder *b, const struct service *service, unsigned n,
			size_t *ready)
{
	const struct world_container *container = take_container(b, service, n);
	const char *cause = container ? why_recreate(b, service, n, container)
				      : "missing";
	size_t start = NO_STEP, create = NO_STEP, stop = NO_STEP, before = *ready;

	if (cause) {
		size_t removed = container ? plan_remove_container(b->plan, b->arena,
								   container, cause)
					   : NO_STEP;

		create = add_create(b, service, n, cause, removed);
		container = NULL;
	}
	if (container && container->state == CONTAINER_RESTARTING)
		stop = container_step(b, STEP_STOP, service, n, why_start(b, container),
				      container->id);
	if (!container || container->state == CONTAINER_EXITED || stop != NO_STEP) {
		start = container_step(b, STEP_START, service, n, why_start(b, container),
				       container ? container->id : NULL);
		plan_need(b->plan, b->arena, start, create);
		plan_need(b->plan, b->arena, start, stop);
		need_others(b, service, n, start, before);
	}
	*ready = container_step(b, STEP_READY, service, n, NULL,
				container ? container->id : NULL);
	plan_need(b->plan, b->arena, *ready, start);
	if (n == 1)
		b->ready[service->id] = *ready;
}

static void add_leftovers(struct builder *b)
{
	for (size_t i = 0; i < b->world->container_count; i++)
		if (!b->kept[i])
			plan_remove_container(b->plan, b->arena, &b->world->containers[i],
					      "in the profile no more");
}

/* Exit 0 only after the whole stack answered: the last step, behind all others. */
static void add_proof(struct builder *b)
{
	size_t count = b->plan->count;

	plan_add(b->plan, b->arena, STEP_PROOF, "stack", NULL);
	for (size_t i = 0; i < count; i++)
		if (b->plan->steps[i].kind == STEP_READY)
			plan_need(b->plan, b->arena, count, i);
}

int plan_up(struct plan *plan, struct arena *arena, const struct stack *stack,
	    const struct world *world, struct err *err)
{
	struct builder b = {
		.plan = plan, .arena = arena, .stack = stack, .world = world
	};
	const struct world_network *keep = NULL;
	const char *cause;

	*plan = (struct plan){ 0 };
	b.kept = arena_array(arena, world->container_count, sizeof(*b.kept));
	for (size_t i = 0; i < SERVICE_COUNT; i++)
		b.ready[i] = NO_STEP;
	if (stack->pull == PULL_NEVER && check_images(&b, err) < 0)
		return -1;
	if (choose_subnet(&b, &keep, &cause, err) < 0)
		return -1;
	add_pulls(&b);
	add_network(&b, keep, cause);
	for (size_t i = 0; i < stack->service_count; i++) {
		const struct service *service = &stack->services[i];
		size_t ready = NO_STEP;

		if (add_volumes(&b, service, err) < 0)
			return -1;
		for (unsigned n = 1; n <= service->replicas; n++)
			add_replica(&b, service, n, &ready);
	}
	add_leftovers(&b);
	add_proof(&b);
	return 0;
}
