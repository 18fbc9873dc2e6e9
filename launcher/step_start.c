/* Starting a container, and saying who holds the port when it cannot. */
#include "engine.h"
#include "run.h"

#include <string.h>

static void start_start(struct run *run);

static bool is_port_busy(const char *message)
{
	return strstr(message, "port is already allocated") ||
	       strstr(message, "address already in use");
}

/* The name of the running container that publishes a port; NULL if none does. */
static const char *publisher_of(const json_t *containers, unsigned port)
{
	size_t i, k;
	json_t *container, *published;

	json_array_foreach(containers, i, container)
		json_array_foreach(json_object_get(container, "Ports"), k, published) if (
			json_integer_value(json_object_get(published, "PublicPort")) ==
			(json_int_t)
				port) return json_string_value(json_array_get(json_object_get(container,
											      "Names"),
									      0));
	return NULL;
}

static void on_port_holder(struct run *run, const struct response *response)
{
	struct err *err = run->state;
	const struct publish *port = run->step->service->ports;
	const char *holder = NULL;
	json_t *json;

	json = json_loadb(response->body, response->size, 0, NULL);
	if (response_ok(response))
		holder = publisher_of(json, port->host_port);
	if (holder)
		err_hint(err,
			 "port %u is published by the container %s; stop that, or choose "
			 "another port: [proxy] publish = %s:%u",
			 port->host_port, *holder == '/' ? holder + 1 : holder,
			 port->host_address, port->host_port + 1U);
	else
		err_hint(err,
			 "a process outside the engine holds port %u (ss -ltnp 'sport = "
			 ":%u' "
			 "names it); stop it, or choose another: [proxy] publish = %s:%u",
			 port->host_port, port->host_port, port->host_address,
			 port->host_port + 1U);
	json_decref(json);
	run_fail(run, err, NULL);
}

static void on_started(struct run *run, const struct response *response)
{
	struct err *err;

	if (response_ok(response)) {
		run_done(run, NULL);
		return;
	}
	if (run_lost_answer(run, response)) {
		start_start(run); /* started meanwhile, it answers 304 */
		return;
	}
	err = run->state = arena_alloc(run->job->arena, sizeof(*err));
	engine_error(err, "starting the container", response);
	err_wrap(err, "%s", run->step->object);
	if (run->step->service->port_count && is_port_busy(response->body)) {
		run_call(run, "GET", "/containers/json", NULL, on_port_holder);
		return;
	}
	if (strstr(response->body, "exec"))
		err_hint(err, "the image %s cannot run its command here",
			 run->step->service->image);
	run_fail(run, err, NULL);
}

static void start_start(struct run *run)
{
	run_call(run, "POST",
		 arena_printf(run->job->arena, "/containers/%s/start",
			      run_container_id(run)),
		 NULL, on_started);
}

const struct step_class step_start_class = { .start = start_start, .drain = true };
