/* What ddp-streamer's messages mean to the proof, raw and SockJS-framed. */
#include "unit.h"

#include "ddp.h"

#include <string.h>

static int read_one(const char *message, bool sockjs)
{
	char why[256] = "";
	int got = ddp_read(message, strlen(message), sockjs, why, sizeof(why));

	assert_int_equal(got < 0, *why != '\0'); /* a refusal says why, and only that */
	return got;
}

static void raw_messages(void **state)
{
	(void)state;
	assert_int_equal(read_one("{\"msg\":\"connected\",\"session\":\"x\"}", false), 1);
	assert_int_equal(read_one("{\"server_id\":\"0\"}", false), 0);
	assert_int_equal(read_one("{\"msg\":\"ping\"}", false), 0);
	assert_int_equal(read_one("{\"msg\":\"failed\",\"version\":\"1\"}", false), -1);
	assert_int_equal(read_one("{\"msg\":\"error\",\"reason\":\"no\"}", false), -1);
	assert_int_equal(read_one("not json", false), 0);
	assert_int_equal(read_one("", false), 0);
	assert_int_equal(read_one("{\"msg\":7}", false), 0);
}

static void sockjs_frames(void **state)
{
	(void)state;
	assert_int_equal(read_one("o", true), 0);
	assert_int_equal(read_one("h", true), 0);
	assert_int_equal(read_one("a[\"{\\\"server_id\\\":\\\"0\\\"}\"]", true), 0);
	assert_int_equal(read_one("a[\"{\\\"server_id\\\":\\\"0\\\"}\","
				  "\"{\\\"msg\\\":\\\"connected\\\"}\"]",
				  true),
			 1);
	assert_int_equal(read_one("a[\"{\\\"msg\\\":\\\"failed\\\"}\"]", true), -1);
	assert_int_equal(read_one("c[3000,\"Go away!\"]", true), -1);
	assert_int_equal(read_one("a[1,null,{}]", true), 0);
	assert_int_equal(read_one("a", true), 0);
	/* a raw message is none below /sockjs */
	assert_int_equal(read_one("{\"msg\":\"connected\"}", true), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(raw_messages),
		cmocka_unit_test(sockjs_frames),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
