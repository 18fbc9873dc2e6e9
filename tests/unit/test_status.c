/* The engine's lists read into the world, and shown as a table and as JSON. */
#include "wish.h"

#include "observe.h"
#include "status.h"

#include <string.h>

#define MONO "[stack]\nname = rc\nmode = monolith\nversion = 8.6.1\n"

static const char containers[] =
	"[{\"Id\":\"m\",\"Names\":[\"/"
	"rc-mongodb-1\"],\"Image\":\"mongo:8.2\",\"ImageID\":\"i\","
	"  \"State\":\"running\",\"Status\":\"Up 3 minutes (healthy)\",\"Created\":5,"
	"  \"Labels\":{\"io.liftoff.stack\":\"rc\",\"io.liftoff.service\":\"mongodb\","
	"              \"io.liftoff.replica\":\"1\",\"io.liftoff.spec\":\"s\"},"
	"  \"NetworkSettings\":{\"Networks\":{\"rc\":{\"IPAddress\":\"10.0.0.2\"}}}},"
	" {\"Id\":\"c\",\"Names\":[\"/"
	"rc-rocketchat-1\"],\"Image\":\"x\",\"State\":\"exited\","
	"  \"Status\":\"Exited (137) 2 hours ago\","
	"  \"Labels\":{\"io.liftoff.stack\":\"rc\",\"io.liftoff.service\":\"rocketchat\","
	"              \"io.liftoff.replica\":\"1\"}},"
	" {\"Id\":\"o\",\"Names\":[\"/rc-old\"],\"Image\":\"y\",\"State\":\"strange\","
	"  "
	"\"Labels\":{\"io.liftoff.stack\":\"rc\",\"io.liftoff.service\":\"old\\u001b["
	"31m\","
	"              \"io.liftoff.replica\":\"none\"}},"
	" {\"Id\":\"s\",\"Names\":[\"/"
	"other\"],\"Labels\":{\"io.liftoff.stack\":\"rc2\"}}]";

static void observe_text(struct world *world, struct arena *arena, const char *text)
{
	json_t *json = json_loads(text, 0, NULL);

	assert_non_null(json);
	*world = (struct world){ 0 };
	observe_containers(world, arena, json, "rc");
	json_decref(json);
}

static void containers_are_read_and_strangers_left_out(void **state)
{
	auto_arena struct arena arena = { 0 };
	struct world world;

	(void)state;
	observe_text(&world, &arena, containers);
	assert_int_equal(world.container_count, 3);
	assert_string_equal(world.containers[0].name, "rc-mongodb-1");
	assert_int_equal(world.containers[0].replica, 1);
	assert_int_equal(world.containers[0].state, CONTAINER_RUNNING);
	assert_true(world.containers[0].on_network);
	assert_string_equal(world.containers[0].address, "10.0.0.2");
	assert_int_equal(world.containers[1].state, CONTAINER_EXITED);
	assert_false(world.containers[1].on_network);
	assert_int_equal(world.containers[2].replica, 0);
	assert_int_equal(world.containers[2].state, CONTAINER_DEAD);
	/* no escape sequence of a label reaches a terminal */
	assert_string_equal(world.containers[2].service, "old?[31m");
}

static void answers_of_the_wrong_shape_are_passed_over(void **state)
{
	static const char *const texts[] = {
		"{}", "[1,null,\"x\",[]]", "[{\"Labels\":[]}]",
		"[{\"Labels\":{\"io.liftoff.stack\":7}}]",
		"[{\"Labels\":{\"io.liftoff.stack\":\"rc\"},\"Names\":7}]"
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		auto_arena struct arena arena = { 0 };
		struct world world;

		observe_text(&world, &arena, texts[i]);
		assert_true(world.container_count <= 1);
	}
}

static void networks_are_told_apart_by_label(void **state)
{
	auto_arena struct arena arena = { 0 };
	struct world world = { 0 };
	json_t *json = json_loads(
		"[{\"Id\":\"a\",\"Name\":\"rc\",\"Labels\":{\"io.liftoff.stack\":\"rc\"},"
		"  "
		"\"IPAM\":{\"Config\":[{\"Subnet\":\"fd00::/64\"},{\"Subnet\":\"10.9.0.0/"
		"22\"}]}},"
		" {\"Id\":\"b\",\"Name\":\"rc\",\"Labels\":{\"com.docker.compose."
		"project\":\"shop\"}},"
		" {\"Id\":\"c\",\"Name\":\"bridge\",\"IPAM\":{\"Config\":[{\"Subnet\":"
		"\"172.17.0.0/16\"}]}}]",
		0, NULL);

	(void)state;
	observe_networks(&world, &arena, json, "rc");
	json_decref(json);
	assert_int_equal(world.network_count, 2);
	assert_true(world.networks[0].ours);
	assert_true(world.networks[0].has_subnet);
	assert_int_equal(world.networks[0].subnet.prefix, 22);
	assert_false(world.networks[1].ours);
	assert_string_equal(world.networks[1].owner, "the compose project \"shop\"");
	assert_int_equal(world.taken_count, 1);
}

static void images_are_found_under_the_names_engines_give_them(void **state)
{
	auto_arena struct arena arena = { 0 };
	struct world world = { 0 };
	json_t *json = json_loads(
		"[{\"Id\":\"1\",\"RepoTags\":[\"mongo:8.2\"]},"
		" {\"Id\":\"2\",\"RepoTags\":[\"docker.io/library/nats:2\"]},"
		" {\"Id\":\"3\",\"RepoTags\":null,\"RepoDigests\":[\"a@sha256:0\"]}]",
		0, NULL);

	(void)state;
	observe_images(&world, &arena, json);
	json_decref(json);
	assert_string_equal(world_image_id(&world, "mongo:8.2"), "1");
	assert_string_equal(world_image_id(&world, "docker.io/library/mongo:8.2"), "1");
	assert_string_equal(world_image_id(&world, "nats:2"), "2");
	assert_string_equal(world_image_id(&world, "a@sha256:0"), "3");
	assert_null(world_image_id(&world, "mongo:8"));
}

static void the_table_shows_wished_and_found(void **state)
{
	auto_arena struct arena arena = { 0 };
	auto_buf struct buf text = { 0 };
	struct status status;
	struct stack stack;
	struct world world;

	(void)state;
	wish_text(&stack, &arena, MONO);
	observe_text(&world, &arena, containers);
	status_build(&status, &arena, &stack, &world);
	status_text(&text, &status);
	assert_string_equal(
		text.data,
		"SERVICE     REPLICA  STATE         HEALTH  ADDRESS   UPTIME     IMAGE\n"
		"mongodb     1        running       -       10.0.0.2  3 minutes  "
		"mongo:8.2\n"
		"rocketchat  1        exited (137)  -       -         -          x\n"
		"proxy       1        missing       -       -         -          "
		"nginx:1.28-alpine\n"
		"old?[31m    0        dead          -       -         -          y\n");
}

static void the_json_is_the_documented_one(void **state)
{
	auto_arena struct arena arena = { 0 };
	struct status status;
	struct stack stack;
	struct world world;
	json_t *json, *row;

	(void)state;
	wish_text(&stack, &arena, MONO);
	observe_text(&world, &arena, containers);
	status_build(&status, &arena, &stack, &world);
	json = status_json(&status, &stack);
	assert_int_equal(json_integer_value(json_object_get(json, "v")), 1);
	assert_int_equal(json_array_size(json_object_get(json, "replicas")), 4);
	row = json_array_get(json_object_get(json, "replicas"), 3);
	assert_true(json_is_false(json_object_get(row, "in_profile")));
	assert_string_equal(json_string_value(json_object_get(row, "container")),
			    "rc-old");
	json_decref(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(containers_are_read_and_strangers_left_out),
		cmocka_unit_test(answers_of_the_wrong_shape_are_passed_over),
		cmocka_unit_test(networks_are_told_apart_by_label),
		cmocka_unit_test(images_are_found_under_the_names_engines_give_them),
		cmocka_unit_test(the_table_shows_wished_and_found),
		cmocka_unit_test(the_json_is_the_documented_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
