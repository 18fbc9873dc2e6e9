#include "status.h"

#include "observe.h"

#include <string.h>

static const struct world_container *find(const struct world *world, const char *service,
					  unsigned n)
{
	for (size_t i = 0; i < world->container_count; i++)
		if (world->containers[i].replica == n &&
		    !strcmp(world->containers[i].service, service))
			return &world->containers[i];
	return NULL;
}

/* "Up 3 minutes (healthy)" to "3 minutes". */
static const char *uptime(struct arena *arena, const char *status)
{
	const char *end = strstr(status, " (");

	if (strncmp(status, "Up ", 3))
		return "-";
	status += 3;
	return arena_strndup(arena, status,
			     end && end > status ? (size_t)(end - status)
						 : strlen(status));
}

/* "exited (137)": the code is what people look for. */
static const char *state_text(struct arena *arena,
			      const struct world_container *container)
{
	const char *name = container_state_name(container->state);
	int code;

	if (container->state == CONTAINER_EXITED &&
	    sscanf(container->status, "Exited (%d)", &code) == 1)
		return arena_printf(arena, "%s (%d)", name, code);
	return name;
}

static void add_missing(struct status *status, struct arena *arena,
			const struct service *wish, unsigned n)
{
	struct status_row *row = arena_grow(arena, &status->rows, &status->count,
					    sizeof(*row));

	row->wish = wish;
	row->service = wish->name;
	row->replica = n;
	row->state = "missing";
	row->health = row->address = row->uptime = "-";
	row->image = wish->image;
	row->container = "";
}

/* `wish`: NULL for a container that the profile does not wish (any more). */
static void add_container(struct status *status, struct arena *arena,
			  const struct service *wish,
			  const struct world_container *container)
{
	struct status_row *row = arena_grow(arena, &status->rows, &status->count,
					    sizeof(*row));

	row->wish = wish;
	row->service = container->service;
	row->replica = container->replica;
	row->state = state_text(arena, container);
	row->health = "-";
	row->address = *container->address ? container->address : "-";
	row->image = container->image;
	row->uptime = uptime(arena, container->status);
	row->container = container->name;
	row->running = container->state == CONTAINER_RUNNING;
}

static bool is_wished(const struct stack *stack, const struct world_container *container)
{
	enum service_id id = service_by_name(container->service);
	const struct service *service = id == SERVICE_NONE ? NULL
							   : stack_service(stack, id);

	return service && container->replica >= 1 &&
	       container->replica <= service->replicas;
}

void status_build(struct status *status, struct arena *arena, const struct stack *stack,
		  const struct world *world)
{
	*status = (struct status){ 0 };
	for (size_t i = 0; i < stack->service_count; i++) {
		const struct service *service = &stack->services[i];

		for (unsigned n = 1; n <= service->replicas; n++) {
			const struct world_container *container = find(world,
								       service->name, n);

			if (container)
				add_container(status, arena, service, container);
			else
				add_missing(status, arena, service, n);
		}
	}
	for (size_t i = 0; i < world->container_count; i++)
		if (!is_wished(stack, &world->containers[i]))
			add_container(status, arena, NULL, &world->containers[i]);
}

enum { COLUMNS = 7 };

static void cells_of(const struct status_row *row, char number[16],
		     const char *cells[COLUMNS])
{
	snprintf(number, 16, "%u", row->replica);
	cells[0] = *row->service ? row->service : row->container;
	cells[1] = number;
	cells[2] = row->state;
	cells[3] = row->health;
	cells[4] = row->address;
	cells[5] = row->uptime;
	cells[6] = row->image; /* last: it is the longest */
}

void status_text(struct buf *out, const struct status *status)
{
	static const char *const titles[COLUMNS] = { "SERVICE", "REPLICA", "STATE",
						     "HEALTH",  "ADDRESS", "UPTIME",
						     "IMAGE" };
	size_t widths[COLUMNS];
	const char *cells[COLUMNS];
	char number[16];

	for (size_t c = 0; c < COLUMNS; c++)
		widths[c] = strlen(titles[c]);
	for (size_t i = 0; i < status->count; i++) {
		cells_of(&status->rows[i], number, cells);
		for (size_t c = 0; c < COLUMNS; c++)
			if (strlen(cells[c]) > widths[c])
				widths[c] = strlen(cells[c]);
	}
	for (size_t i = 0; i <= status->count; i++) {
		const char *const *line = titles;

		if (i) {
			cells_of(&status->rows[i - 1], number, cells);
			line = cells;
		}
		for (size_t c = 0; c < COLUMNS - 1; c++)
			buf_printf(out, "%-*s  ", (int)widths[c], line[c]);
		buf_printf(out, "%s\n", line[COLUMNS - 1]);
	}
}

json_t *status_json(const struct status *status, const struct stack *stack)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < status->count; i++) {
		const struct status_row *row = &status->rows[i];

		json_array_append_new(
			rows, json_pack("{s:s, s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:b}",
					"service", row->service, "replica",
					(json_int_t)row->replica, "state", row->state,
					"health", row->health, "address", row->address,
					"image", row->image, "uptime", row->uptime,
					"container", row->container, "in_profile",
					(int)(row->wish != NULL)));
	}
	return json_pack("{s:i, s:s, s:s, s:s, s:o}", "v", 1, "stack", stack->name,
			 "release", stack->version, "url", stack->root_url, "replicas",
			 rows);
}
