/* release: the table of what each Rocket.Chat release needs. */
#include "unit.h"

#include "image_ref.h"
#include "release.h"

#include <string.h>

static const struct release *row(const char *text, bool *beyond)
{
	struct release_version version;

	assert_true(release_parse(text, &version));
	return release_find(&version, beyond);
}

static void versions_are_parsed_strictly(void **state)
{
	static const char *const bad[] = { "",           "8",      "8.6",     "v8.6.1",
					   "8.6.1.2",    "8.6.x",  "8.06.1",  "8.6.1-",
					   "8.6.1-a..b", "8.6.1 ", "-8.6.1",  "8.6.1-a_b",
					   "99999.0.0",  "8..1",   "8.6.1+x", "latest" };
	struct release_version version;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (release_parse(bad[i], &version))
			fail_msg("accepted: %s", bad[i]);
	assert_true(release_parse("8.7.0-rc.1", &version));
	assert_int_equal(version.major, 8);
	assert_int_equal(version.minor, 7);
	assert_int_equal(version.patch, 0);
}

static void rows_begin_where_they_say(void **state)
{
	bool beyond;

	(void)state;
	assert_null(row("6.3.99", &beyond));
	assert_string_equal(row("6.4.0", &beyond)->mongodb_image, "mongo:6.0");
	assert_ptr_equal(row("6.13.1", &beyond), row("6.4.8", &beyond));
	assert_string_equal(row("7.0.0", &beyond)->mongodb_image, "mongo:7.0");
	assert_string_equal(row("8.0.0", &beyond)->mongodb_fits[0], "8.2");
	assert_string_equal(row("8.6.1", &beyond)->mongodb_fits[0], "8.0");
	assert_false(beyond);
	row("9.0.5", &beyond);
	assert_false(beyond);
	assert_ptr_equal(row("9.1.0", &beyond), row("8.6.1", &(bool){ false }));
	assert_true(beyond);
}

static void stream_hub_comes_to_its_end(void **state)
{
	bool beyond;

	(void)state;
	assert_int_equal(row("7.6.9", &beyond)->services[SERVICE_STREAM_HUB],
			 RELEASE_REQUIRED);
	assert_int_equal(row("7.7.0", &beyond)->services[SERVICE_STREAM_HUB],
			 RELEASE_OPTIONAL);
	assert_int_equal(row("7.12.0", &beyond)->services[SERVICE_STREAM_HUB],
			 RELEASE_OPTIONAL);
	assert_int_equal(row("8.0.0", &beyond)->services[SERVICE_STREAM_HUB],
			 RELEASE_ABSENT);
	assert_int_equal(release_removed(SERVICE_STREAM_HUB)->major, 8);
	assert_null(release_removed(SERVICE_PRESENCE));
}

static void every_row_is_whole(void **state)
{
	static const char *const versions[] = { "6.4.0", "7.0.0", "7.7.0", "8.0.0",
						"8.2.0" };
	bool beyond;

	(void)state;
	for (size_t i = 0; i < sizeof(versions) / sizeof(*versions); i++) {
		const struct release *release = row(versions[i], &beyond);
		unsigned major, minor;

		assert_true(image_ref_is_valid(release->nats_image));
		assert_true(image_ref_is_valid(release->proxy_image));
		assert_false(image_ref_has_tag(release->core_image));
		assert_true(image_ref_series(release->mongodb_image, &major, &minor));
		assert_int_equal(release->core_health[0], '/');
		for (unsigned id = SERVICE_NATS; id < SERVICE_COUNT; id++)
			if (id != SERVICE_STREAM_HUB)
				assert_int_equal(release->services[id], RELEASE_REQUIRED);
	}
}

static void microservices_have_images(void **state)
{
	(void)state;
	for (unsigned id = SERVICE_NONE; id < SERVICE_COUNT; id++)
		assert_int_equal(release_image((enum service_id)id) != NULL,
				 service_is_micro((enum service_id)id));
	assert_string_equal(release_image(SERVICE_ACCOUNT), "rocketchat/account-service");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_are_parsed_strictly),
		cmocka_unit_test(rows_begin_where_they_say),
		cmocka_unit_test(stream_hub_comes_to_its_end),
		cmocka_unit_test(every_row_is_whole),
		cmocka_unit_test(microservices_have_images),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
