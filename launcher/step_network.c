/* Networks and volumes: making and removing them. */
#include "engine.h"
#include "run.h"
#include "spec.h"

#include <string.h>

/* Further tries when `subnet = auto` loses a race for its subnet. */
#define SUBNET_TRIES 16
/* An endpoint of a container just removed may linger for a moment. */
#define LINGER_TRIES 20
#define LINGER_MS 100

static void create_network(struct run *run);

struct network_state {
	unsigned tries;
	struct subnet *taken; /* the world's, and those found taken since */
	size_t taken_count;
	struct err err; /* why it could not be created, while we look further */
};

static bool is_overlap(const struct response *response)
{
	return response->status >= 400 && (strstr(response->body, "overlap") ||
					   strstr(response->body, "already used") ||
					   strstr(response->body, "already in use"));
}

/* The next free subnet; false when there is none left or the profile names one. */
static bool next_subnet(struct run *run)
{
	struct network_state *state = run->state;
	struct subnet *subnet = &run->job->plan->subnet;

	if (!run->job->stack->subnet_auto || ++state->tries > SUBNET_TRIES)
		return false;
	*(struct subnet *)arena_grow(run->job->arena, &state->taken, &state->taken_count,
				     sizeof(*subnet)) = *subnet;
	return subnet_pick(run->job->stack->name, subnet->prefix, state->taken,
			   state->taken_count, subnet);
}

/* Has the engine that network with the subnet we asked for? */
static bool is_as_wanted(const struct run *run, const json_t *json)
{
	const char *has = NULL;
	char cidr[SUBNET_TEXT];

	subnet_text(&run->job->plan->subnet, cidr);
	json_unpack((json_t *)json, "{s:{s:[{s:s}]}}", "IPAM", "Config", "Subnet", &has);
	return has && !strcmp(has, cidr);
}

static void on_network_there(struct run *run, const struct response *response)
{
	json_t *json;
	const char *owner = NULL;
	struct err err = { 0 };

	if (response->status == 404 && run->retried) {
		create_network(run); /* the lost request never arrived */
		return;
	}
	if (!response_ok(response)) {
		engine_error(&err, "asking whose network has its name", response);
		err_wrap(&err, "network %s", run->step->name);
		run_fail(run, &err, NULL);
		return;
	}
	json = json_loadb(response->body, response->size, 0, NULL);
	json_unpack(json, "{s:{s:s}}", "Labels", LABEL_STACK, &owner);
	if (owner && !strcmp(owner, run->job->stack->name) && is_as_wanted(run, json)) {
		/* our own request whose answer was lost, or the last one of a
		 * launcher that was killed */
		json_decref(json);
		run_done(run, NULL);
		return;
	}
	if (owner && !strcmp(owner, run->job->stack->name))
		err_set(&err, ERR_HELD,
			"network %s was created meanwhile by another launcher",
			run->step->name);
	else
		err_set(&err, ERR_FAILED,
			"the name of network %s is taken by a network that is "
			"not this stack's",
			run->step->name);
	err_hint(&err, owner ? "run the command again when it is done"
			     : "give this stack another name ([stack] name)");
	json_decref(json);
	run_fail(run, &err, NULL);
}

/*
 * The subnet is taken: by this very network, where a launcher was killed while
 * the engine created it. Some engines would let a second one have its name.
 */
static void on_overlap(struct run *run, const struct response *response)
{
	struct network_state *state = run->state;

	if (response_ok(response))
		on_network_there(run, response);
	else if (next_subnet(run))
		create_network(run);
	else
		run_fail(run, &state->err, NULL);
}

static void look_for_network(struct run *run,
			     void (*then)(struct run *run,
					  const struct response *response))
{
	run_call(run, "GET",
		 arena_printf(run->job->arena, "/networks/%s", run->step->name), NULL,
		 then);
}

static void on_network(struct run *run, const struct response *response)
{
	struct network_state *state = run->state;
	char cidr[SUBNET_TEXT];

	subnet_text(&run->job->plan->subnet, cidr);
	if (response_ok(response)) {
		run_done(run, arena_strdup(run->job->arena, cidr));
		return;
	}
	if (response->status == 409 || run_lost_answer(run, response)) {
		look_for_network(run, on_network_there);
		return;
	}
	state->err = (struct err){ 0 };
	engine_error(&state->err, "creating the network", response);
	err_wrap(&state->err, "network %s (%s)", run->step->name, cidr);
	if (is_overlap(response)) {
		err_hint(&state->err, "set [network] subnet = auto, or one that is free");
		look_for_network(run, on_overlap);
		return;
	}
	run_fail(run, &state->err, NULL);
}

static void create_network(struct run *run)
{
	json_t *body = spec_network(run->job->stack, &run->job->plan->subnet);

	run_call(run, "POST", "/networks/create", body, on_network);
	json_decref(body);
}

static void start_network(struct run *run)
{
	struct network_state *state = arena_alloc(run->job->arena, sizeof(*state));
	const struct world *world = run->job->world;

	for (size_t i = 0; i < world->taken_count; i++)
		*(struct subnet *)arena_grow(run->job->arena, &state->taken,
					     &state->taken_count,
					     sizeof(*state->taken)) = world->taken[i];
	run->state = state;
	create_network(run);
}

const struct step_class step_network_class = { .start = start_network, .drain = true };

static void remove_network(void *context);

/* Who hangs on a network that cannot be removed: they are not ours to disconnect. */
static void on_network_users(struct run *run, const struct response *response)
{
	unsigned *tries = run->state;
	json_t *json, *one;
	const char *id, *names = "";
	struct err err = { 0 };

	json = json_loadb(response->body, response->size, 0, NULL);
	json_object_foreach(json_object_get(json, "Containers"), id, one)
	{
		const char *name = json_string_value(json_object_get(one, "Name"));

		names = arena_printf(run->job->arena, "%s%s%s", names, *names ? ", " : "",
				     name ? name : id);
	}
	json_decref(json);
	if (!*names && ++*tries < LINGER_TRIES) {
		timer_set(engine_loop(run->job->engine), &run->timer, LINGER_MS,
			  remove_network, run);
		return;
	}
	err_set(&err, ERR_FAILED, "network %s is still used by: %s", run->step->name,
		*names ? names : "endpoints the engine does not list");
	err_hint(&err,
		 "disconnect it (docker network disconnect %s CONTAINER), then run "
		 "`liftoff down` again",
		 run->step->name);
	run_fail(run, &err, NULL);
}

static void remove_again(struct run *run)
{
	remove_network(run);
}

static void on_network_removed(struct run *run, const struct response *response)
{
	bool used = response->status == 403 || response->status == 409 ||
		    strstr(response->body, "active endpoints");

	if (response->status == 404)
		run_done(run, NULL);
	else if (used)
		run_call(run, "GET",
			 arena_printf(run->job->arena, "/networks/%s", run->step->id),
			 NULL, on_network_users);
	else
		run_answered(run, response, "removing the network", remove_again);
}

static void remove_network(void *context)
{
	struct run *run = context;

	run_call(run, "DELETE",
		 arena_printf(run->job->arena, "/networks/%s", run->step->id), NULL,
		 on_network_removed);
}

static void start_network_remove(struct run *run)
{
	run->state = arena_alloc(run->job->arena, sizeof(unsigned));
	remove_network(run);
}

const struct step_class step_network_remove_class = { .start = start_network_remove,
						      .drain = true };

static void start_volume(struct run *run);
static void start_volume_remove(struct run *run);

static void on_volume(struct run *run, const struct response *response)
{
	const char *owner = NULL;
	struct err err = { 0 };
	json_t *json;

	if (!response_ok(response)) {
		/* the same again is answered like a new one */
		run_answered(run, response, "creating the volume", start_volume);
		return;
	}
	/* an existing volume is answered like a new one, with its own labels */
	json = json_loadb(response->body, response->size, 0, NULL);
	json_unpack(json, "{s:{s:s}}", "Labels", LABEL_STACK, &owner);
	if (owner && !strcmp(owner, run->job->stack->name)) {
		run_done(run, NULL);
	} else {
		err_set(&err, ERR_FAILED, "volume %s exists and is not this stack's",
			run->step->name);
		err_hint(&err, "remove or rename it, or give this stack another name");
		run_fail(run, &err, NULL);
	}
	json_decref(json);
}

static void start_volume(struct run *run)
{
	json_t *body = spec_volume(run->job->stack->name, run->step->name);

	run_call(run, "POST", "/volumes/create", body, on_volume);
	json_decref(body);
}

const struct step_class step_volume_class = { .start = start_volume, .drain = true };

static void on_volume_removed(struct run *run, const struct response *response)
{
	struct err err = { 0 };

	if (response->status == 404) {
		run_done(run, NULL);
	} else if (response->status == 409) {
		engine_error(&err, "removing the volume", response);
		err_wrap(&err, "%s", run->step->object);
		err_hint(&err,
			 "a container that is not this stack's uses it; see "
			 "docker ps -a --filter volume=%s",
			 run->step->name);
		run_fail(run, &err, NULL);
	} else {
		run_answered(run, response, "removing the volume", start_volume_remove);
	}
}

static void start_volume_remove(struct run *run)
{
	auto_free char *name = engine_escape(run->step->name);

	run_call(run, "DELETE", arena_printf(run->job->arena, "/volumes/%s", name), NULL,
		 on_volume_removed);
}

const struct step_class step_volume_remove_class = { .start = start_volume_remove,
						     .drain = true };
