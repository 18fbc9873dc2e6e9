/*
 * Whatever an engine may say of a stack: read into a world, planned for and
 * shown. The bytes are one JSON object with the four lists.
 */
#include "err.h"
#include "observe.h"
#include "plan.h"
#include "plan_show.h"
#include "status.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char profile_text[] =
	"[stack]\nname = rc\nmode = monolith\nversion = 8.6.1\n";

static void read_lists(struct world *world, struct arena *arena, const json_t *lists)
{
	observe_containers(world, arena, json_object_get(lists, "containers"), "rc");
	observe_networks(world, arena, json_object_get(lists, "networks"), "rc");
	observe_volumes(world, arena, json_object_get(lists, "volumes"), "rc");
	observe_images(world, arena, json_object_get(lists, "images"));
}

static void use(struct arena *arena, const struct world *world)
{
	struct profile_source source = { .text = profile_text, .label = "fuzz" };
	auto_buf struct buf text = { 0 };
	struct err err = { 0 };
	struct profile profile;
	struct status status;
	struct stack stack;
	struct plan plan;

	if (profile_read(&profile, arena, &source) < 0 ||
	    stack_build(&stack, &profile) < 0)
		BUG("the profile is good");
	status_build(&status, arena, &stack, world);
	status_text(&text, &status);
	json_decref(status_json(&status, &stack));
	if (plan_up(&plan, arena, &stack, world, &err) == 0) {
		plan_text(&text, &plan, "rc");
		json_decref(plan_json(&plan, "rc"));
	}
	plan_down(&plan, arena, world, true);
	plan_text(&text, &plan, "rc");
	for (size_t i = 0; i < text.size; i++)
		if ((unsigned char)text.data[i] < ' ' && text.data[i] != '\n')
			BUG("a control character is shown");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_arena struct arena arena = { 0 };
	struct world world = { 0 };
	json_t *lists = json_loadb((const char *)data, size, 0, NULL);

	read_lists(&world, &arena, lists);
	json_decref(lists);
	use(&arena, &world);
	return 0;
}
