#include "observe.h"

#include "engine.h"
#include "host_net.h"

#include <string.h>

enum list_kind { LIST_CONTAINERS, LIST_NETWORKS, LIST_VOLUMES, LIST_IMAGES, LIST_COUNT };

struct observation;

struct list {
	struct observation *owner;
	enum list_kind kind;
	struct request *request;
	json_t *json;
};

/* The reads under way; done when `left` is 0. */
struct observation {
	struct list lists[LIST_COUNT];
	unsigned left;
	bool done;
	bool failed;
	struct err *err;
};

static const char *const list_names[LIST_COUNT] = { "listing containers",
						    "listing networks", "listing volumes",
						    "listing images" };

static void on_list(void *context, const struct response *response)
{
	struct list *list = context;
	struct observation *all = list->owner;
	json_error_t where;

	list->request = NULL;
	if (all->failed)
		return;
	if (!response_ok(response)) {
		all->failed = all->done = true;
		engine_error(all->err, list_names[list->kind], response);
		return;
	}
	list->json = json_loadb(response->body, response->size, 0, &where);
	if (!list->json) {
		all->failed = all->done = true;
		err_set(all->err, ERR_FAILED,
			"%s: the engine's answer is no JSON (%s at byte %d)",
			list_names[list->kind], where.text, where.position);
		return;
	}
	all->done = --all->left == 0;
}

static char *filtered_path(struct arena *arena, const char *path, json_t *filters)
{
	auto_free char *text = json_dumps(filters, JSON_COMPACT);
	auto_free char *escaped = text ? engine_escape(text) : NULL;

	json_decref(filters);
	if (!escaped)
		die_out_of_memory();
	return arena_printf(arena, "%s%cfilters=%s", path, strchr(path, '?') ? '&' : '?',
			    escaped);
}

/* Only images the stack names; by digest the engine's filter finds none, so then all. */
static const char *images_path(struct arena *arena, const struct stack *stack)
{
	json_t *references = json_array();

	for (size_t i = 0; i < stack->service_count; i++) {
		if (strchr(stack->services[i].image, '@')) {
			json_decref(references);
			return "/images/json";
		}
		json_array_append_new(references, json_string(stack->services[i].image));
	}
	return filtered_path(arena, "/images/json",
			     json_pack("{s:o}", "reference", references));
}

static void start_list(struct observation *all, struct engine *engine,
		       enum list_kind kind, const char *path)
{
	struct list *list = &all->lists[kind];

	list->owner = all;
	list->kind = kind;
	all->left++;
	list->request = engine_call(engine, &(struct engine_call){
						    .method = "GET",
						    .path = path,
						    .on_done = on_list,
						    .context = list,
						    .timeout_ms = 60000,
					    });
}

int observe(struct world *world, struct arena *arena, struct engine *engine,
	    const char *stack_name, const struct stack *stack, struct err *err)
{
	struct observation all = { .err = err };
	char *label = arena_printf(arena, LABEL_STACK "=%s", stack_name);

	*world = (struct world){ 0 };
	start_list(&all, engine, LIST_CONTAINERS,
		   filtered_path(arena, "/containers/json?all=1",
				 json_pack("{s:[s]}", "label", label)));
	start_list(&all, engine, LIST_NETWORKS, "/networks");
	/* by name, so that a stranger's volume of our name is seen as well */
	start_list(&all, engine, LIST_VOLUMES,
		   filtered_path(arena, "/volumes",
				 json_pack("{s:[s+]}", "name", stack_name, "-")));
	if (stack)
		start_list(&all, engine, LIST_IMAGES, images_path(arena, stack));
	loop_run(engine_loop(engine), &all.done);
	for (size_t i = 0; i < LIST_COUNT; i++)
		request_cancel(all.lists[i].request);
	if (!all.failed) {
		observe_containers(world, arena, all.lists[LIST_CONTAINERS].json,
				   stack_name);
		observe_networks(world, arena, all.lists[LIST_NETWORKS].json, stack_name);
		observe_volumes(world, arena, all.lists[LIST_VOLUMES].json, stack_name);
		observe_images(world, arena, all.lists[LIST_IMAGES].json);
		if (stack)
			host_subnets(world, arena);
	}
	for (size_t i = 0; i < LIST_COUNT; i++)
		json_decref(all.lists[i].json);
	return all.failed ? -1 : 0;
}
