#include "command.h"
#include "host_net.h"
#include "observe.h"
#include "probe.h"
#include "output.h"
#include "session.h"
#include "status.h"

#include <stdio.h>
#include <string.h>

/* A health answer that takes longer than this is none worth waiting for. */
#define HEALTH_TIMEOUT_MS 2000

struct health {
	struct status_row *row;
	struct arena *arena;
	struct probing *probing;
	size_t *left;
	bool *done;
};

static void on_health(void *context, const struct probe_result *result)
{
	struct health *health = context;

	health->probing = NULL;
	health->row->health = result->ready ? "healthy"
					    : arena_printf(health->arena, "%s: %s",
							   result->answered ? "unhealthy"
									    : "starting",
							   result->why);
	*health->done = --*health->left == 0;
}

/* The addresses of the stack's network, if they answer from this host. */
static bool is_reachable(const struct stack *stack, const struct world *world)
{
	char gateway[SUBNET_TEXT];

	if (stack->probe == PROBE_EXEC)
		return false; /* an exec is a changing call, and ps makes none */
	for (size_t i = 0; i < world->network_count; i++)
		if (world->networks[i].ours && world->networks[i].has_subnet) {
			subnet_gateway(&world->networks[i].subnet, gateway);
			return stack->probe == PROBE_DIRECT || host_has_address(gateway);
		}
	return false;
}

static bool is_asked(const struct status_row *row)
{
	return row->running && row->wish && strcmp(row->address, "-") != 0;
}

/* Asks all running replicas at once. */
static void ask_health(struct loop *loop, struct arena *arena, struct status *status,
		       const struct stack *stack)
{
	struct health *all = arena_array(arena, status->count, sizeof(*all));
	size_t left = 0;
	bool done = false;

	for (size_t i = 0; i < status->count; i++)
		left += is_asked(&status->rows[i]);
	if (!left)
		return;
	for (size_t i = 0; i < status->count; i++) {
		struct status_row *row = &status->rows[i];

		if (!is_asked(row))
			continue;
		all[i] = (struct health){
			.row = row, .arena = arena, .left = &left, .done = &done
		};
		all[i].probing = probe_start(loop,
					     &(struct probe_call){
						     .probe = &row->wish->probe,
						     .address = row->address,
						     .replica_set = stack->replica_set,
						     .member = stack->mongo_member,
						     .timeout_ms = HEALTH_TIMEOUT_MS,
						     .on_result = on_health,
						     .context = &all[i],
					     });
	}
	loop_run(loop, &done);
}

int cmd_ps(const struct options *options, struct err *err)
{
	auto_session struct session session = { 0 };
	auto_buf struct buf text = { 0 };
	struct world world;
	struct status status;

	if (session_open(&session, options, ENGINE_READ_ONLY, err) < 0 ||
	    observe(&world, &session.arena, session.engine, session.stack.name, NULL,
		    err) < 0)
		return -1;
	status_build(&status, &session.arena, &session.stack, &world);
	if (is_reachable(&session.stack, &world))
		ask_health(session.loop, &session.arena, &status, &session.stack);
	if (options->json)
		return output_json(status_json(&status, &session.stack), err);
	status_text(&text, &status);
	return output_text(buf_text(&text), err);
}
