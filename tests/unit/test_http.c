/* http: connections kept, streams, broken answers, what goes out. */
#include "rig.h"

#include <string.h>

#define PONG                                                                             \
	{                                                                                \
		.bytes = "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Length: 0\r\n" \
			 "\r\n"                                                          \
	}
#define ANSWER(status, more, body_size, body)                                            \
	"HTTP/1.1 " status "\r\n" more "Content-Length: " body_size "\r\n\r\n" body

/*
 * A kept connection that proves dead: the GET may go out again, on a new one.
 * A changing call never takes a kept connection, so it goes out once.
 */
static void changing_calls_are_never_sent_twice(void **state)
{
	static const struct scripted_answer answers[] = {
		{ .bytes = ANSWER("200 OK", "", "1", "1") },
		{ .bytes = "" }, /* takes the second request and hangs up */
		{ .bytes = ANSWER("200 OK", "", "1", "2") },
		{ .bytes = "" },
		{ .bytes = ANSWER("201 Created", "", "1", "3") },
	};
	struct outcome outcome = { 0 };
	struct rig rig;
	const char *seen;

	(void)state;
	rig_open(&rig, answers, COUNT_OF(answers));
	rig_call(&rig, "GET", &outcome);
	rig_call(&rig, "GET", &outcome);
	assert_string_equal(buf_text(&outcome.body), "2");
	rig_call(&rig, "POST", &outcome);
	assert_int_equal(outcome.status, 0);
	assert_false(outcome.ok);
	assert_false(outcome.resent);
	assert_int_equal(outcome.err.kind, ERR_UNREACHABLE);
	buf_free(&outcome.body);
	seen = rig_close(&rig);
	assert_int_equal(count_of(seen, "GET /v1.41/x"), 3);
	assert_int_equal(count_of(seen, "POST /v1.41/x"), 1);
	assert_int_equal(count_of(seen, "+"), 3);
}

static void kept_connections_are_used_again(void **state)
{
	static const struct scripted_answer answers[] = {
		PONG,
		{ .bytes = ANSWER("200 OK", "", "1", "1") },
		{ .bytes = ANSWER("304 Not Modified", "", "0", "") },
	};
	struct outcome outcome = { 0 };
	struct err err = { 0 };
	struct rig rig;

	(void)state;
	rig_open(&rig, answers, COUNT_OF(answers));
	assert_int_equal(engine_connect(rig.engine, &err), 0);
	rig_call(&rig, "GET", &outcome);
	assert_string_equal(buf_text(&outcome.body), "1");
	rig_call(&rig, "GET", &outcome);
	assert_true(outcome.ok);
	assert_int_equal(outcome.status, 304);
	assert_int_equal(outcome.dones, 1);
	buf_free(&outcome.body);
	assert_int_equal(count_of(rig_close(&rig), "+"), 1);
}

static void broken_answers_are_errors(void **state)
{
	static const struct scripted_answer answers[] = {
		{ .bytes = ANSWER("200 OK", "", "10", "half"), .close = true },
		{ .bytes = "\1\2\3 no HTTP at all\r\n\r\n", .close = true },
	};
	struct outcome outcome = { 0 };
	struct rig rig;

	(void)state;
	rig_open(&rig, answers, COUNT_OF(answers));
	rig_call(&rig, "GET", &outcome);
	assert_false(outcome.ok);
	assert_int_equal(outcome.err.kind, ERR_FAILED);
	assert_non_null(strstr(outcome.err.message, "the answer broke off"));
	rig_call(&rig, "GET", &outcome);
	assert_false(outcome.ok);
	assert_int_equal(outcome.dones, 1);
	buf_free(&outcome.body);
	rig_close(&rig);
}

static void endless_headers_end_the_request(void **state)
{
	auto_buf struct buf bytes = { 0 };
	struct scripted_answer answer = { 0 };
	struct outcome outcome = { 0 };
	struct rig rig;

	(void)state;
	buf_puts(&bytes, "HTTP/1.1 200 OK\r\n");
	for (int i = 0; i < 10000; i++)
		buf_printf(&bytes, "X-Endless-%d: 01234567890123456789\r\n", i);
	answer = (struct scripted_answer){ .bytes = bytes.data };
	rig_open(&rig, &answer, 1);
	rig_call(&rig, "GET", &outcome);
	assert_false(outcome.ok);
	assert_non_null(strstr(outcome.error, "headers are larger"));
	buf_free(&outcome.body);
	rig_close(&rig);
}

struct stream_test {
	struct outcome outcome; /* first: take_outcome() gets this */
	struct buf streamed;
	struct request *cancel;
	bool refuse, cancelled;
};

static bool take_stream(void *context, const char *data, size_t size)
{
	struct stream_test *test = context;

	buf_add(&test->streamed, data, size);
	if (test->cancel) {
		request_cancel(test->cancel);
		test->cancelled = true;
	}
	return !test->refuse;
}

static struct request *stream(struct rig *rig, struct stream_test *test)
{
	struct engine_call stream_call = {
		.method = "GET",
		.path = "/events",
		.on_data = take_stream,
		.on_done = take_outcome,
		.context = test,
	};

	return engine_call(rig->engine, &stream_call);
}

static const char chunked[] =
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
	"Date: x\033y\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n";

static void streams_come_in_pieces(void **state)
{
	(void)state;
	for (size_t split = 1; split < 90; split += 3) {
		struct scripted_answer answer = { .bytes = chunked, .split = split };
		struct stream_test test = { 0 };
		struct rig rig;

		rig_open(&rig, &answer, 1);
		stream(&rig, &test);
		loop_run(rig.loop, &test.outcome.done);
		assert_true(test.outcome.ok);
		assert_string_equal(buf_text(&test.streamed), "hello world");
		assert_int_equal(test.outcome.body.size, 0);
		assert_string_equal(test.outcome.date, "x");
		buf_free(&test.streamed);
		buf_free(&test.outcome.body);
		rig_close(&rig);
	}
}

static void a_stream_that_is_refused_is_broken(void **state)
{
	struct scripted_answer answer = { .bytes = chunked };
	struct stream_test test = { .refuse = true };
	struct rig rig;

	(void)state;
	rig_open(&rig, &answer, 1);
	stream(&rig, &test);
	loop_run(rig.loop, &test.outcome.done);
	assert_false(test.outcome.ok);
	assert_non_null(strstr(test.outcome.error, "no sense"));
	buf_free(&test.streamed);
	buf_free(&test.outcome.body);
	rig_close(&rig);
}

static void errors_of_streams_are_collected(void **state)
{
	struct scripted_answer answer = { .bytes = ANSWER("404 Not Found", "", "4",
							  "gone") };
	struct stream_test test = { 0 };
	struct rig rig;

	(void)state;
	rig_open(&rig, &answer, 1);
	stream(&rig, &test);
	loop_run(rig.loop, &test.outcome.done);
	assert_string_equal(test.outcome.message, "gone");
	assert_int_equal(test.streamed.size, 0);
	buf_free(&test.outcome.body);
	rig_close(&rig);
}

static void a_request_may_cancel_itself_inside_its_stream(void **state)
{
	struct scripted_answer answer = { .bytes = chunked };
	struct stream_test test = { 0 };
	struct rig rig;

	(void)state;
	rig_open(&rig, &answer, 1);
	test.cancel = stream(&rig, &test);
	loop_run(rig.loop, &test.cancelled);
	rig_turn(&rig, 20);
	assert_false(test.outcome.done);
	buf_free(&test.streamed);
	rig_close(&rig);
	assert_false(test.outcome.done);
}

static void a_silent_engine_times_out(void **state)
{
	struct scripted_answer answer = { .bytes = "", .silent = true };
	struct outcome outcome = { 0 };
	struct rig rig;
	struct engine_call slow = {
		.method = "GET",
		.path = "/x",
		.on_done = take_outcome,
		.context = &outcome,
		.timeout_ms = 50,
	};

	(void)state;
	rig_open(&rig, &answer, 1);
	engine_call(rig.engine, &slow);
	loop_run(rig.loop, &outcome.done);
	assert_false(outcome.ok);
	assert_int_equal(outcome.status, 0);
	buf_free(&outcome.body);
	rig_close(&rig);
}

static void bodies_and_headers_go_out_as_given(void **state)
{
	static const struct scripted_answer answers[] = {
		{ .bytes = ANSWER("201 Created", "", "0", "") },
		{ .bytes = ANSWER("200 OK", "", "0", "") },
		{ .bytes = ANSWER("200 OK", "", "0", "") },
	};
	static const char *const headers[] = { "X-One: 1\r\nX-Evil: 2", NULL };
	json_auto_t *json = json_pack("{s:s}", "Image", "a\nb");
	struct outcome outcome = { 0 };
	struct engine_call post = {
		.method = "POST",
		.path = "/containers/create",
		.json = json,
		.headers = headers,
		.on_done = take_outcome,
		.context = &outcome,
	};
	struct engine_call put = {
		.method = "PUT",
		.path = "/containers/x/archive?path=%2F",
		.raw = "t\0r",
		.raw_size = 3,
		.content_type = "application/x-tar",
		.on_done = take_outcome,
		.context = &outcome,
	};
	struct rig rig;
	const char *seen;

	(void)state;
	setenv("http_proxy", "http://127.0.0.1:1", 1);
	rig_open(&rig, answers, COUNT_OF(answers));
	engine_call(rig.engine, &post);
	loop_run(rig.loop, &outcome.done);
	assert_true(outcome.ok);
	outcome.done = false;
	engine_call(rig.engine, &put);
	loop_run(rig.loop, &outcome.done);
	rig_call(&rig, "DELETE", &outcome);
	assert_int_equal(engine_changing_calls(rig.engine), 3);
	seen = rig_close(&rig);
	unsetenv("http_proxy");
	assert_non_null(strstr(seen, "\r\n\r\n{\"Image\":\"a\\nb\"}\n"));
	assert_non_null(strstr(seen, "Content-Type: application/json\r\n"));
	assert_non_null(strstr(seen, "X-One: 1\r\n"));
	assert_null(strstr(seen, "X-Evil"));
	assert_null(strstr(seen, "Expect"));
	assert_non_null(
		strstr(seen, "PUT /v1.41/containers/x/archive?path=%2F HTTP/1.1"));
	buf_free(&outcome.body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changing_calls_are_never_sent_twice),
		cmocka_unit_test(kept_connections_are_used_again),
		cmocka_unit_test(broken_answers_are_errors),
		cmocka_unit_test(endless_headers_end_the_request),
		cmocka_unit_test(streams_come_in_pieces),
		cmocka_unit_test(a_stream_that_is_refused_is_broken),
		cmocka_unit_test(errors_of_streams_are_collected),
		cmocka_unit_test(a_request_may_cancel_itself_inside_its_stream),
		cmocka_unit_test(a_silent_engine_times_out),
		cmocka_unit_test(bodies_and_headers_go_out_as_given),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
