/* profile_key, value, image_ref, url, secret: the table and its types. */
#include "unit.h"

#include "image_ref.h"
#include "profile_key.h"
#include "secret.h"
#include "url.h"
#include "value.h"

#include <string.h>

static void every_default_is_of_its_own_type(void **state)
{
	auto_arena struct arena arena = { 0 };

	(void)state;
	for (const struct profile_key *row = profile_keys; row->section; row++) {
		struct value value;
		const char *why = NULL;

		if (row->fallback &&
		    !value_parse(&arena, row, row->fallback, &value, &why))
			fail_msg("[%s] %s = %s %s", row->section, row->key, row->fallback,
				 why);
		assert_true((row->type == KEY_ENUM) == (row->choices != NULL));
		assert_true(row->doc[strlen(row->doc) - 1] == '.');
		assert_true(row->min <= row->max);
		assert_ptr_equal(profile_key_find(row->section, row->argument, row->key),
				 row);
	}
}

static void rows_of_one_service_win(void **state)
{
	(void)state;
	assert_string_equal(
		profile_key_find("service", "ddp-streamer", "memory")->fallback, "1g");
	assert_string_equal(profile_key_find("service", "presence", "memory")->fallback,
			    "512m");
	assert_null(profile_key_find("service", NULL, "publish"));
	assert_null(profile_key_find("env", NULL, "image"));
}

static int64_t number_of(enum key_type type, unsigned flags, const char *text)
{
	auto_arena struct arena arena = { 0 };
	const struct profile_key row = { .type = type, .flags = flags };
	struct value value;
	const char *why = NULL;

	if (value_parse(&arena, &row, text, &value, &why))
		return value.number;
	assert_non_null(why);
	return -1;
}

static void durations_are_milliseconds(void **state)
{
	(void)state;
	assert_int_equal(number_of(KEY_DURATION, 0, "30s"), 30000);
	assert_int_equal(number_of(KEY_DURATION, 0, "2000ms"), 2000);
	assert_int_equal(number_of(KEY_DURATION, 0, "1h30m5s"), 5405000);
	assert_int_equal(number_of(KEY_DURATION, KEY_ZERO, "0"), 0);
	assert_int_equal(number_of(KEY_DURATION, 0, "0"), -1);
	assert_int_equal(number_of(KEY_DURATION, 0, "30"), -1);
	assert_int_equal(number_of(KEY_DURATION, 0, "5m5m"), -1);
	assert_int_equal(number_of(KEY_DURATION, 0, "-5m"), -1);
	assert_int_equal(number_of(KEY_DURATION, 0, "m"), -1);
	assert_int_equal(number_of(KEY_DURATION, 0, "1d"), -1);
	assert_int_equal(number_of(KEY_DURATION, 0, "9999999999999h"), -1);
}

static void sizes_are_binary(void **state)
{
	(void)state;
	assert_int_equal(number_of(KEY_SIZE, 0, "512"), 512);
	assert_int_equal(number_of(KEY_SIZE, 0, "512b"), 512);
	assert_int_equal(number_of(KEY_SIZE, 0, "1k"), 1024);
	assert_int_equal(number_of(KEY_SIZE, 0, "3M"), 3 << 20);
	assert_int_equal(number_of(KEY_SIZE, 0, "1g"), 1 << 30);
	assert_int_equal(number_of(KEY_SIZE, 0, "2t"), INT64_C(2) << 40);
	assert_int_equal(number_of(KEY_SIZE, 0, "1.5g"), -1);
	assert_int_equal(number_of(KEY_SIZE, 0, "1gb"), -1);
	assert_int_equal(number_of(KEY_SIZE, 0, "g"), -1);
	assert_int_equal(number_of(KEY_SIZE, 0, "999999999999999t"), -1);
}

static void processors_are_billionths(void **state)
{
	(void)state;
	assert_int_equal(number_of(KEY_CPUS, 0, "2"), 2000000000);
	assert_int_equal(number_of(KEY_CPUS, 0, "0.25"), 250000000);
	assert_int_equal(number_of(KEY_CPUS, 0, "1.000000001"), 1000000001);
	assert_int_equal(number_of(KEY_CPUS, 0, "1.0000000001"), -1);
	assert_int_equal(number_of(KEY_CPUS, 0, ".5"), -1);
	assert_int_equal(number_of(KEY_CPUS, 0, "1e3"), -1);
}

static void image_references_follow_the_grammar(void **state)
{
	static const char hex[] =
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
	static const char *const good[] = {
		"nginx",
		"nginx:1.28-alpine",
		"rocketchat/rocket.chat:8.6.1",
		"localhost/x",
		"localhost:5000/x/y:z",
		"registry.example.org/a/b_c/d--e:T_a.g-1",
		"[fd00::1]:5000/x",
		"a__b",
		"UPPER.example.org/x",
		"UPPER/x",
		"1.2.3.4:5/x",
	};
	static const char *const bad[] = {
		"",
		":",
		"nginx:",
		"Nginx",
		"a/B",
		"/nginx",
		"nginx/",
		"a//b",
		"a___b",
		"a..b",
		"-a",
		"a-",
		"nginx:-x",
		"nginx:.x",
		"nginx@sha256:abc",
		"a b",
		"a\n",
		"nginx:1:2",
		"host.:5000/x",
		"-host.a/x",
		"host:/x",
		"host:123456/x",
		"http://x/y",
		"[::1/x",
		"nginx:1@",
		"x@md5:0123",
		"_a",
		"a?b=c",
		"a%2fb",
	};
	auto_arena struct arena arena = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(good); i++)
		if (!image_ref_is_valid(good[i]))
			fail_msg("refused: %s", good[i]);
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		if (image_ref_is_valid(bad[i]))
			fail_msg("accepted: %s", bad[i]);
	assert_true(image_ref_is_valid(arena_printf(&arena, "mongo@sha256:%s", hex)));
	assert_true(image_ref_is_valid(arena_printf(&arena, "mongo:8.2@sha256:%s", hex)));
	assert_true(
		image_ref_is_valid(arena_printf(&arena, "mongo@sha512:%s%s", hex, hex)));
	assert_false(image_ref_is_valid(arena_printf(&arena, "mongo@sha512:%s", hex)));
	assert_false(image_ref_is_valid(
		arena_printf(&arena, "a/%s%s%s%s", hex, hex, hex, hex)));
}

static void tags_are_found_behind_ports(void **state)
{
	unsigned major = 0, minor = 0;

	(void)state;
	assert_false(image_ref_has_tag("localhost:5000/nginx"));
	assert_true(image_ref_has_tag("localhost:5000/nginx:1"));
	assert_true(image_ref_has_tag("nginx@sha256:x"));
	assert_true(image_ref_is_repository("liftoff.test"));
	assert_true(image_ref_is_repository("liftoff.test:5000/a/b"));
	assert_false(image_ref_is_repository("liftoff.test/a:b"));
	assert_false(image_ref_is_repository("liftoff.test/"));
	assert_true(image_ref_series("x.org:5000/mongo:7.0.14", &major, &minor));
	assert_int_equal(major, 7);
	assert_int_equal(minor, 0);
	assert_true(image_ref_series("mongodb/mongodb-community-server:8.2-ubi8", &major,
				     &minor));
	assert_int_equal(minor, 2);
	assert_false(image_ref_series("mongo:latest", &major, &minor));
	assert_false(image_ref_series("mongo:8", &major, &minor));
	assert_false(image_ref_series("mongo", &major, &minor));
	assert_false(image_ref_series("x.org:5000/mongo", &major, &minor));
}

static void addresses_need_numbers(void **state)
{
	auto_arena struct arena arena = { 0 };
	const char *host;
	uint16_t port;

	(void)state;
	assert_true(url_parse_address(&arena, "3000", &host, &port));
	assert_string_equal(host, "127.0.0.1");
	assert_int_equal(port, 3000);
	assert_true(url_parse_address(&arena, "[::]:65535", &host, &port));
	assert_string_equal(host, "::");
	assert_true(url_parse_address(&arena, "0.0.0.0:80", &host, &port));
	assert_false(url_parse_address(&arena, "", &host, &port));
	assert_false(url_parse_address(&arena, ":80", &host, &port));
	assert_false(url_parse_address(&arena, "[]:80", &host, &port));
	assert_false(url_parse_address(&arena, "1.2.3:80", &host, &port));
	assert_false(url_parse_address(&arena, "1.2.3.4:+80", &host, &port));
	assert_false(url_parse_address(&arena, "1.2.3.4:65536", &host, &port));
}

static void urls_of_databases_are_checked(void **state)
{
	static const char *const good[] = {
		"mongodb://a/b",
		"mongodb://u:p%40@a.example.org:27017,b:1/c?replicaSet=rs0",
		"mongodb://u:p,q@a/b",
		"mongodb://[::1]:27017/b",
	};
	static const char *const bad[] = {
		"",
		"mongodb:",
		"mongodb://",
		"mongodb:///b",
		"mongodb://a",
		"mongodb://a/",
		"mongodb://a?b=/c",
		"mongodb://a,/b",
		"mongodb://a:x/b",
		"mongodb://a/b c",
		"mongodb://a/b/c",
		"mongodb+srv://a/b",
		"mongodb://a:0/b",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(good); i++)
		if (url_check_mongodb(good[i]))
			fail_msg("%s %s", good[i], url_check_mongodb(good[i]));
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		if (!url_check_mongodb(bad[i]))
			fail_msg("accepted: %s", bad[i]);
	assert_null(url_check_nats("nats://a:4222,nats://u:p@b"));
	assert_non_null(url_check_nats("nats://a:4222,"));
	assert_non_null(url_check_nats("nats://"));
	assert_non_null(url_check_nats("nats://@a"));
	assert_null(url_check_web("https://chat.example.org/sub"));
	assert_non_null(url_check_web("https://"));
	assert_non_null(url_check_web("http://a/#b"));
}

static void masking_keeps_hosts_and_hides_the_rest(void **state)
{
	static const char *const pairs[][2] = {
		{ "mongodb://u:p@a,b/c?replicaSet=rs0",
		  "mongodb://********@a,b/c?replicaSet=rs0" },
		{ "mongodb://u:p,q@r@a/c", "mongodb://********@a/c" },
		{ "nats://a,nats://u:p@b,nats://c",
		  "nats://a,nats://********@b,nats://c" },
		{ "monolith+nats://u:p@b", "monolith+nats://********@b" },
		{ "https://a/b?apiKey=x&y=1&token=z",
		  "https://a/b?apiKey=********&y=1&token=********" },
		{ "smtp://u:p/q@a/", "smtp://********@a/" },
		{ "https://a/@b", "https://a/@b" },
		{ "is it secret?", "is it secret?" },
		{ "https://a/b", "https://a/b" },
	};
	auto_arena struct arena arena = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(pairs); i++) {
		assert_string_equal(url_masked(&arena, pairs[i][0]), pairs[i][1]);
		assert_int_equal(url_is_secret(&arena, pairs[i][0]),
				 strcmp(pairs[i][0], pairs[i][1]) != 0);
	}
}

static void secrets_are_known_by_name(void **state)
{
	static const char *const secret[] = {
		"ADMIN_PASS",
		"SMTP_Password",
		"MONGOPASS",
		"API_KEY",
		"APIKEY",
		"apiKey",
		"KEY",
		"S3_AWSSecretAccessKey",
		"REG_TOKEN",
		"ROCKETCHAT_LICENSE",
		"Accounts_OAuth_Google_secret",
		"SSH_KEYS",
		"KeyId",
		"privateThing",
	};
	static const char *const open[] = { "ROOT_URL", "BYPASS_MONGO_VALIDATION",
					    "KEYBOARD", "TZ", "Show_Setup_Wizard" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(secret); i++)
		if (!secret_name(secret[i]))
			fail_msg("not secret: %s", secret[i]);
	for (size_t i = 0; i < COUNT_OF(open); i++)
		if (secret_name(open[i]))
			fail_msg("secret: %s", open[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_default_is_of_its_own_type),
		cmocka_unit_test(rows_of_one_service_win),
		cmocka_unit_test(durations_are_milliseconds),
		cmocka_unit_test(sizes_are_binary),
		cmocka_unit_test(processors_are_billionths),
		cmocka_unit_test(image_references_follow_the_grammar),
		cmocka_unit_test(tags_are_found_behind_ports),
		cmocka_unit_test(addresses_need_numbers),
		cmocka_unit_test(urls_of_databases_are_checked),
		cmocka_unit_test(masking_keeps_hosts_and_hides_the_rest),
		cmocka_unit_test(secrets_are_known_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
