/*
 * Plans from data files: tests/cases/plan/NAME.ini is the profile, NAME.json
 * says how the world differs from an empty or a converged one, NAME.expect is
 * the plan. UPDATE=1 rewrites the expectations; read the diff.
 */
#include "wish.h"

#include "observe.h"
#include "plan.h"
#include "spec.h"

#include <dirent.h>
#include <jansson.h>
#include <string.h>

#define CASES SOURCE_DIR "/tests/cases/plan"
/* So many cases there are at least: a lost directory must not pass. */
#define CASES_MIN 15

/* The engine's lists as they are when the stack is up, on that subnet. */
static json_t *converged_lists(struct arena *arena, const struct stack *stack,
			       const struct subnet *subnet)
{
	json_t *containers = json_array(), *volumes = json_array(),
	       *images = json_array();
	char cidr[SUBNET_TEXT];

	subnet_text(subnet, cidr);
	for (size_t i = 0; i < stack->service_count; i++) {
		const struct service *service = &stack->services[i];

		json_array_append_new(
			images,
			json_pack("{s:[s], s:o}", "RepoTags", service->image, "Id",
				  json_sprintf("id-of-%s", service->image)));
		for (size_t m = 0; m < service->mount_count; m++)
			json_array_append_new(
				volumes, json_pack("{s:s, s:{s:s}}", "Name",
						   service->mounts[m].volume, "Labels",
						   LABEL_STACK, stack->name));
		for (unsigned n = 1; n <= service->replicas; n++) {
			char *name = stack_container_name(arena, stack, service, n);
			char address[SUBNET_TEXT];
			struct spec spec;

			subnet_address(subnet, service->id, n, address);
			spec_build(&spec, arena, stack, service, n, subnet);
			json_array_append_new(
				containers,
				json_pack("{s:s, s:[o], s:s, s:o, s:s, s:s, s:O, "
					  "s:{s:{s:{s:s}}}}",
					  "Id", name, "Names", json_sprintf("/%s", name),
					  "Image", service->image, "ImageID",
					  json_sprintf("id-of-%s", service->image),
					  "State", "running", "Status", "Up 3 minutes",
					  "Labels", json_object_get(spec.body, "Labels"),
					  "NetworkSettings", "Networks", stack->name,
					  "IPAddress", address));
			spec_free(&spec);
		}
	}
	return json_pack("{s:o, s:[{s:s, s:s, s:{s:s}, s:{s:[{s:s}]}}], s:{s:o}, s:o}",
			 "containers", containers, "networks", "Id", "network-id", "Name",
			 stack->name, "Labels", LABEL_STACK, stack->name, "IPAM",
			 "Config", "Subnet", cidr, "volumes", "Volumes", volumes,
			 "images", images);
}

static json_t *item_named(json_t *list, const char *name, size_t *index)
{

	for (*index = 0; *index < json_array_size(list); ++*index) {
		json_t *item = json_array_get(list, *index);
		const char *at = json_string_value(json_object_get(item, "Name"));

		if (!at)
			at = json_string_value(json_object_get(item, "Id"));
		if (at && !strcmp(at, name))
			return item;
	}
	return NULL;
}

/* {"name": {fields}} changes an item or adds one, {"name": null} takes it away. */
static void patch_list(json_t *list, json_t *patch)
{
	const char *name;
	json_t *fields;

	json_object_foreach(patch, name, fields)
	{
		size_t index;
		json_t *item = item_named(list, name, &index);

		if (json_is_null(fields)) {
			assert_non_null(item);
			json_array_remove(list, index);
		} else if (item) {
			json_object_update(item, fields);
		} else {
			json_array_append(list, fields);
		}
	}
}

static void build_world(struct world *world, struct arena *arena,
			const struct stack *stack, json_t *patch)
{
	struct subnet subnet = { 0 };
	json_t *lists;

	assert_true(subnet_parse("10.200.0.0/22", &subnet));
	if (json_is_true(json_object_get(patch, "empty")))
		lists = json_pack("{s:[], s:[], s:{s:[]}, s:[]}", "containers",
				  "networks", "volumes", "Volumes", "images");
	else
		lists = converged_lists(arena, stack, &subnet);
	assert_non_null(lists);
	patch_list(json_object_get(lists, "containers"),
		   json_object_get(patch, "containers"));
	patch_list(json_object_get(lists, "networks"),
		   json_object_get(patch, "networks"));
	patch_list(json_object_get(json_object_get(lists, "volumes"), "Volumes"),
		   json_object_get(patch, "volumes"));
	patch_list(json_object_get(lists, "images"), json_object_get(patch, "images"));
	*world = (struct world){ 0 };
	observe_containers(world, arena, json_object_get(lists, "containers"),
			   stack->name);
	observe_networks(world, arena, json_object_get(lists, "networks"), stack->name);
	observe_volumes(world, arena, json_object_get(lists, "volumes"), stack->name);
	observe_images(world, arena, json_object_get(lists, "images"));
	json_decref(lists);
}

static void show_plan(struct buf *out, const struct plan *plan)
{
	char cidr[SUBNET_TEXT];

	subnet_text(&plan->subnet, cidr);
	buf_printf(out, "subnet %s\n", cidr);
	for (size_t i = 0; i < plan->count; i++) {
		const struct step *step = &plan->steps[i];

		buf_printf(out, "%s %s%s%s\n", step_verb(step->kind), step->object,
			   step->cause ? ": " : "", step->cause ? step->cause : "");
		for (size_t k = 0; k < step->need_count; k++)
			buf_printf(out, "\tafter %s %s\n",
				   step_verb(plan->steps[step->needs[k]].kind),
				   plan->steps[step->needs[k]].object);
	}
}

static char *read_text(struct arena *arena, const char *path)
{
	auto_fclose FILE *file = fopen(path, "re");
	auto_buf struct buf text = { 0 };
	char piece[4096];
	size_t size;

	if (!file)
		return NULL;
	while ((size = fread(piece, 1, sizeof(piece), file)))
		buf_add(&text, piece, size);
	return arena_strdup(arena, buf_text(&text));
}

static void check_text(struct arena *arena, const char *path, const char *got)
{
	const char *wanted;

	if (getenv("UPDATE")) {
		auto_fclose FILE *file = fopen(path, "we");

		assert_non_null(file);
		fputs(got, file);
		return;
	}
	wanted = read_text(arena, path);
	if (!wanted)
		fail_msg("no %s", path);
	if (strcmp(got, wanted))
		print_error("%s\n--- wanted\n%s--- got\n%s", path, wanted, got);
	assert_string_equal(got, wanted);
}

static void run_case(const char *name)
{
	auto_arena struct arena arena = { 0 };
	auto_buf struct buf got = { 0 };
	char *base = arena_printf(&arena, CASES "/%s", name);
	struct stack stack;
	struct world world;
	struct plan plan;
	struct err err = { 0 };
	json_error_t where;
	json_t *patch;

	wish_file(&stack, &arena, arena_printf(&arena, "%s.ini", base));
	patch = json_load_file(arena_printf(&arena, "%s.json", base), 0, &where);
	if (!patch)
		fail_msg("%s.json:%d: %s", base, where.line, where.text);
	build_world(&world, &arena, &stack, patch);
	if (json_is_string(json_object_get(patch, "down")))
		plan_down(&plan, &arena, &world,
			  !strcmp(json_string_value(json_object_get(patch, "down")),
				  "volumes"));
	else if (plan_up(&plan, &arena, &stack, &world, &err) < 0)
		buf_printf(&got, "error: %s\nhint: %s\n", err.message, err.hint);
	if (!got.size)
		show_plan(&got, &plan);
	check_text(&arena, arena_printf(&arena, "%s.expect", base), buf_text(&got));
	json_decref(patch);
}

static void every_case_gives_its_plan(void **state)
{
	DIR *dir = opendir(CASES);
	struct dirent *entry;
	unsigned count = 0;

	(void)state;
	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		char *dot = strrchr(entry->d_name, '.');

		if (!dot || strcmp(dot, ".json") != 0)
			continue;
		*dot = '\0';
		run_case(entry->d_name);
		count++;
	}
	closedir(dir);
	print_message("%u plan cases\n", count);
	assert_true(count >= CASES_MIN);
}

/* The property behind "up twice": nothing is left to do in a converged world. */
static void shipped_profiles_converge(void **state)
{
	static const char *const profiles[] = { "default", "rocketchat-6.4", "monolith",
						"demo" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(profiles); i++) {
		auto_arena struct arena arena = { 0 };
		json_t *nothing = json_object();
		struct stack stack;
		struct world world;
		struct plan plan;
		struct err err = { 0 };

		wish_file(
			&stack, &arena,
			arena_printf(&arena, SOURCE_DIR "/profiles/%s.ini", profiles[i]));
		build_world(&world, &arena, &stack, nothing);
		assert_int_equal(plan_up(&plan, &arena, &stack, &world, &err), 0);
		assert_false(plan_changes(&plan));
		json_decref(nothing);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case_gives_its_plan),
		cmocka_unit_test(shipped_profiles_converge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
