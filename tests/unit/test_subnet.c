/* subnet: the addresses of a stack. */
#include "unit.h"

#include "subnet.h"

#include <stdio.h>
#include <string.h>

static struct subnet parsed(const char *text)
{
	struct subnet subnet = { 0 };

	assert_true(subnet_parse(text, &subnet));
	return subnet;
}

static void parses_and_prints(void **state)
{
	static const char *const good[] = { "10.1.2.0/24", "0.0.0.0/0",
					    "255.255.255.255/32", "10.192.0.16/28",
					    "172.16.0.0/12" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		const struct subnet subnet = parsed(good[i]);
		char text[SUBNET_TEXT];

		subnet_text(&subnet, text);
		assert_string_equal(text, good[i]);
	}
	assert_int_equal(parsed("10.1.2.0/24").base, 0x0a010200);
}

static void refuses_what_is_no_subnet(void **state)
{
	static const char *const bad[] = {
		"",
		"auto",
		"10.1.2.0",
		"10.1.2.0/",
		"10.1.2.0/33",
		"10.1.2.1/24",
		"10.1.2.0/024",
		"10.1.2.0/ 24",
		"10.1.2/24",
		"10.1.2.0/24 ",
		"10.1.2.0/-1",
		"10.1.2.256/32",
		"fd00::/8",
		"10.1.2.0/2a",
		"/24",
		"10.01.2.0/24",
		"1111111111111111111111111111111.0.0.0/8",
	};
	struct subnet subnet;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (subnet_parse(bad[i], &subnet))
			fail_msg("accepted: %s", bad[i]);
}

static bool overlap(const char *a, const char *b)
{
	const struct subnet first = parsed(a), second = parsed(b);

	assert_int_equal(subnet_overlaps(&first, &second),
			 subnet_overlaps(&second, &first));
	return subnet_overlaps(&first, &second);
}

static void knows_overlaps(void **state)
{
	(void)state;
	assert_true(overlap("10.0.0.0/8", "10.1.2.0/24"));
	assert_true(overlap("0.0.0.0/0", "255.255.255.255/32"));
	assert_true(overlap("10.1.2.0/24", "10.1.2.0/24"));
	assert_false(overlap("10.1.2.0/24", "10.1.3.0/24"));
	assert_false(overlap("255.255.255.0/24", "255.255.254.0/24"));
}

static void room_and_prefix_agree(void **state)
{
	(void)state;
	assert_int_equal(subnet_prefix_for(0), 28);
	assert_int_equal(subnet_prefix_for(1), 28);
	assert_int_equal(subnet_prefix_for(2), 27);
	assert_int_equal(subnet_prefix_for(16), 24);
	assert_int_equal(subnet_prefix_for(17), 23);
	assert_int_equal(subnet_prefix_for(4096), 16);
	assert_int_equal(subnet_prefix_for(4097), 0);
	assert_int_equal(subnet_room(&(struct subnet){ .prefix = 29 }), 0);
	for (unsigned n = 1; n <= 4096; n++) {
		const struct subnet fits = { .prefix = subnet_prefix_for(n) };

		assert_true(subnet_room(&fits) >= n);
	}
}

static void addresses_follow_block_and_place(void **state)
{
	const struct subnet subnet = parsed("10.200.7.0/24");
	char text[SUBNET_TEXT];

	(void)state;
	subnet_address(&subnet, SERVICE_NATS, 1, text);
	assert_string_equal(text, "10.200.7.16");
	subnet_address(&subnet, SERVICE_PROXY, 16, text);
	assert_string_equal(text, "10.200.7.191");
	subnet_gateway(&subnet, text);
	assert_string_equal(text, "10.200.7.1");
	subnet_engine_range(&subnet, text);
	assert_string_equal(text, "10.200.7.0/28");
}

/* Every address once, none the network's, the gateway's or the broadcast's. */
static void no_two_share_an_address(void **state)
{
	(void)state;
	for (unsigned prefix = 24; prefix <= 28; prefix++) {
		const struct subnet subnet = { .base = 0x0ac00100, .prefix = prefix };
		char seen[256][SUBNET_TEXT] = { 0 }, broadcast[SUBNET_TEXT];
		size_t count = 0;

		subnet_gateway(&subnet, seen[count++]);
		strcpy(seen[count++], "10.192.1.0");
		snprintf(broadcast, sizeof(broadcast), "10.192.1.%u",
			 (1u << (32 - prefix)) - 1);
		strcpy(seen[count++], broadcast);
		for (unsigned id = SERVICE_NATS; id < SERVICE_COUNT; id++)
			for (unsigned n = 1; n <= subnet_room(&subnet); n++) {
				char text[SUBNET_TEXT];

				subnet_address(&subnet, (enum service_id)id, n, text);
				for (size_t i = 0; i < count; i++)
					assert_string_not_equal(text, seen[i]);
				strcpy(seen[count++], text);
			}
	}
}

static void the_engines_share_of_the_smallest_is_its_end(void **state)
{
	const struct subnet subnet = parsed("10.192.0.16/28");
	char text[SUBNET_TEXT];

	(void)state;
	subnet_gateway(&subnet, text);
	assert_string_equal(text, "10.192.0.30");
	subnet_engine_range(&subnet, text);
	assert_string_equal(text, "10.192.0.28/30");
}

static void picks_by_name_and_avoids_the_taken(void **state)
{
	const struct subnet pool = parsed("10.192.0.0/10");
	struct subnet taken[64], other;

	(void)state;
	for (size_t i = 0; i < 64; i++) {
		assert_true(subnet_pick("rocketchat", 24, taken, i, &taken[i]));
		assert_true(subnet_overlaps(&taken[i], &pool));
		for (size_t j = 0; j < i; j++)
			assert_false(subnet_overlaps(&taken[i], &taken[j]));
	}
	assert_true(subnet_pick("rocketchat", 24, NULL, 0, &other));
	assert_int_equal(other.base, taken[0].base);
	assert_true(subnet_pick("another", 24, NULL, 0, &other));
	assert_int_not_equal(other.base, taken[0].base);
}

static void says_when_all_is_taken(void **state)
{
	const struct subnet all = parsed("10.0.0.0/8"), half = parsed("10.192.0.0/11");
	struct subnet subnet;

	(void)state;
	assert_false(subnet_pick("x", 24, &all, 1, &subnet));
	for (unsigned prefix = 16; prefix <= 28; prefix++) {
		assert_true(subnet_pick("x", prefix, &half, 1, &subnet));
		assert_true(subnet.base >= 0x0ae00000);
	}
	assert_false(subnet_pick("x", 8, NULL, 0, &subnet));
	assert_false(subnet_pick("x", 29, NULL, 0, &subnet));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses_and_prints),
		cmocka_unit_test(refuses_what_is_no_subnet),
		cmocka_unit_test(knows_overlaps),
		cmocka_unit_test(room_and_prefix_agree),
		cmocka_unit_test(addresses_follow_block_and_place),
		cmocka_unit_test(no_two_share_an_address),
		cmocka_unit_test(the_engines_share_of_the_smallest_is_its_end),
		cmocka_unit_test(picks_by_name_and_avoids_the_taken),
		cmocka_unit_test(says_when_all_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
