/* What a replica is asked for: the create body, its files, and their digest. */
#include "wish.h"

#include "proxy_conf.h"
#include "spec.h"
#include "world.h"

#include <string.h>

#define MONO "[stack]\nname = rc\nmode = monolith\nversion = 8.6.1\n"
#define FULL "[stack]\nname = rc\nversion = 8.6.1\n[service ddp-streamer]\nreplicas = 2\n"

static void subnet_of(struct subnet *subnet)
{
	assert_true(subnet_parse("10.200.0.0/22", subnet));
}

static void build(struct spec *spec, struct arena *arena, const char *profile,
		  enum service_id id, unsigned n)
{
	struct stack *stack = arena_alloc(arena, sizeof(*stack));
	struct subnet subnet;

	wish_text(stack, arena, profile);
	subnet_of(&subnet);
	assert_non_null(stack_service(stack, id));
	spec_build(spec, arena, stack, stack_service(stack, id), n, &subnet);
}

static const char *text_in(const json_t *json, const char *a, const char *b,
			   const char *c)
{
	json = json_object_get(json, a);
	json = b ? json_object_get(json, b) : json;
	json = c ? json_object_get(json, c) : json;
	return json_string_value(json);
}

static bool has_env(const json_t *body, const char *wanted)
{
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(body, "Env"), i,
			   one) if (!strcmp(json_string_value(one), wanted)) return true;
	return false;
}

static void a_replica_has_its_place_and_its_environment(void **state)
{
	auto_arena struct arena arena = { 0 };
	struct spec spec;
	const json_t *endpoint;

	(void)state;
	build(&spec, &arena, FULL, SERVICE_DDP_STREAMER, 2);
	assert_string_equal(text_in(spec.body, "Hostname", NULL, NULL), "ddp-streamer-2");
	assert_string_equal(text_in(spec.body, "Image", NULL, NULL),
			    "rocketchat/ddp-streamer-service:8.6.1");
	assert_true(
		has_env(spec.body,
			"MONGO_URL=mongodb://mongodb-1:27017/rocketchat?replicaSet=rs0"));
	assert_true(has_env(spec.body, "TRANSPORTER=nats://nats:4222"));
	assert_true(has_env(spec.body, "PORT=3000"));
	assert_true(has_env(spec.body, "HTTP_FORWARDED_COUNT=1"));
	assert_string_equal(text_in(spec.body, "Labels", LABEL_STACK, NULL), "rc");
	assert_string_equal(text_in(spec.body, "Labels", LABEL_REPLICA, NULL), "2");
	assert_string_equal(text_in(spec.body, "Labels", LABEL_SPEC, NULL), spec.digest);
	assert_int_equal(strlen(spec.digest), SPEC_DIGEST_SIZE - 1);
	endpoint = json_object_get(
		json_object_get(json_object_get(spec.body, "NetworkingConfig"),
				"EndpointsConfig"),
		"rc");
	assert_string_equal(text_in(endpoint, "IPAMConfig", "IPv4Address", NULL),
			    "10.200.1.1");
	assert_string_equal(json_string_value(json_array_get(
				    json_object_get(endpoint, "Aliases"), 0)),
			    "ddp-streamer");
	spec_free(&spec);
}

static void every_container_is_confined(void **state)
{
	auto_arena struct arena arena = { 0 };
	struct subnet subnet;
	struct stack stack;

	(void)state;
	wish_text(&stack, &arena, FULL);
	subnet_of(&subnet);
	for (size_t i = 0; i < stack.service_count; i++) {
		const struct service *service = &stack.services[i];
		struct spec spec;
		const json_t *host;

		spec_build(&spec, &arena, &stack, service, 1, &subnet);
		host = json_object_get(spec.body, "HostConfig");
		assert_string_equal(json_string_value(json_array_get(
					    json_object_get(host, "CapDrop"), 0)),
				    "ALL");
		assert_string_equal(json_string_value(json_array_get(
					    json_object_get(host, "SecurityOpt"), 0)),
				    "no-new-privileges:true");
		assert_true(json_is_true(json_object_get(host, "Init")));
		assert_true(json_integer_value(json_object_get(host, "PidsLimit")) > 0);
		assert_true(json_integer_value(json_object_get(host, "Memory")) > 0);
		assert_non_null(text_in(host, "LogConfig", "Config", "max-size"));
		/* nothing but the proxy is published */
		assert_int_equal(json_object_size(json_object_get(host, "PortBindings")),
				 service->id == SERVICE_PROXY);
		spec_free(&spec);
	}
}

static void digest_of(char digest[SPEC_DIGEST_SIZE], const char *profile,
		      enum service_id id)
{
	auto_arena struct arena arena = { 0 };
	struct spec spec;

	build(&spec, &arena, profile, id, 1);
	memcpy(digest, spec.digest, SPEC_DIGEST_SIZE);
	spec_free(&spec);
}

static void the_digest_changes_with_what_it_covers_and_nothing_else(void **state)
{
	char a[SPEC_DIGEST_SIZE], b[SPEC_DIGEST_SIZE];

	(void)state;
	digest_of(a, MONO, SERVICE_ROCKETCHAT);
	digest_of(b, MONO, SERVICE_ROCKETCHAT);
	assert_string_equal(a, b);
	digest_of(b, MONO "[env]\nA = 1\n", SERVICE_ROCKETCHAT);
	assert_string_not_equal(a, b);
	digest_of(b, MONO "[rocketchat]\nmemory = 3g\n", SERVICE_ROCKETCHAT);
	assert_string_not_equal(a, b);
	/* another service's setting leaves it alone */
	digest_of(b, MONO "[proxy]\nmemory = 99m\n", SERVICE_ROCKETCHAT);
	assert_string_equal(a, b);
}

static void the_proxys_digest_covers_its_configuration(void **state)
{
	char a[SPEC_DIGEST_SIZE], b[SPEC_DIGEST_SIZE];

	(void)state;
	digest_of(a, MONO, SERVICE_PROXY);
	digest_of(b, MONO "[proxy]\nmax_body_size = 1m\n", SERVICE_PROXY);
	assert_string_not_equal(a, b);
	digest_of(b, MONO "[rocketchat]\nreplicas = 2\n", SERVICE_PROXY);
	assert_string_not_equal(a, b);
}

static void conf_of(struct buf *conf, struct arena *arena, const char *profile)
{
	struct subnet subnet;
	struct stack stack;

	wish_text(&stack, arena, profile);
	subnet_of(&subnet);
	proxy_conf(conf, &stack, &subnet);
}

static void websockets_go_to_every_streamer_and_the_rest_to_the_core(void **state)
{
	auto_arena struct arena arena = { 0 };
	auto_buf struct buf conf = { 0 };
	const char *streamer;

	(void)state;
	conf_of(&conf, &arena, FULL);
	streamer = strstr(conf.data, "upstream streamer {");
	assert_non_null(streamer);
	assert_non_null(strstr(streamer, "least_conn"));
	assert_non_null(strstr(streamer, "server 10.200.1.0:3000 "));
	assert_non_null(strstr(streamer, "server 10.200.1.1:3000 "));
	assert_non_null(strstr(conf.data, "proxy_pass http://streamer;"));
	assert_non_null(strstr(conf.data, "proxy_pass http://core;"));
	assert_non_null(strstr(conf.data, "client_max_body_size 209715200;"));
	assert_non_null(strstr(conf.data, "proxy_read_timeout 3600s;"));
	assert_non_null(strstr(conf.data, "Retry-After"));
}

static void a_monolith_serves_its_own_websockets_to_clients_that_stay(void **state)
{
	auto_arena struct arena arena = { 0 };
	auto_buf struct buf conf = { 0 };

	(void)state;
	conf_of(&conf, &arena, MONO "[rocketchat]\nreplicas = 2\n");
	assert_null(strstr(conf.data, "streamer"));
	assert_non_null(strstr(conf.data, "hash $binary_remote_addr consistent"));
}

static void the_scheme_is_root_urls_when_tls_ends_before_us(void **state)
{
	auto_arena struct arena arena = { 0 };
	auto_buf struct buf plain = { 0 }, tls = { 0 };

	(void)state;
	conf_of(&plain, &arena, MONO);
	assert_non_null(strstr(plain.data, "X-Forwarded-Proto $scheme;"));
	conf_of(&tls, &arena,
		"[stack]\nmode = monolith\nroot_url = https://chat.example.org\n");
	assert_non_null(strstr(tls.data, "X-Forwarded-Proto https;"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_replica_has_its_place_and_its_environment),
		cmocka_unit_test(every_container_is_confined),
		cmocka_unit_test(the_digest_changes_with_what_it_covers_and_nothing_else),
		cmocka_unit_test(the_proxys_digest_covers_its_configuration),
		cmocka_unit_test(
			websockets_go_to_every_streamer_and_the_rest_to_the_core),
		cmocka_unit_test(
			a_monolith_serves_its_own_websockets_to_clients_that_stay),
		cmocka_unit_test(the_scheme_is_root_urls_when_tls_ends_before_us),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
