/* loop, http, conn and engine against a server that does what a script says. */
#include "unit.h"

#include "conn.h"
#include "engine.h"
#include "engine_host.h"
#include "printable.h"
#include "scripted_server.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#define PONG                                                                             \
	{                                                                                \
		.bytes = "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Length: 0\r\n" \
			 "Date: Tue, 24 Nov 2026 17:00:00 GMT\r\n\r\n"                   \
	}
#define ANSWER(status, more, body_size, body)                                            \
	"HTTP/1.1 " status "\r\n" more "Content-Length: " body_size "\r\n\r\n" body

/* What a request came to, kept beyond the callback. */
struct outcome {
	bool done;
	int dones;
	long status;
	bool ok, resent;
	char error[300], message[300], api_version[16], date[64];
	struct err err;
	struct buf body;
	struct request *cancel_in_done;
};

struct rig {
	struct scripted_server server;
	struct loop *loop;
	struct engine *engine;
};

static void rig_open(struct rig *rig, const struct scripted_answer *answers, size_t count)
{
	struct err err = { 0 };

	server_start(&rig->server, answers, count);
	rig->loop = loop_new();
	rig->engine = engine_open(rig->loop, rig->server.path, ENGINE_READ_WRITE, &err);
	assert_non_null(rig->engine);
}

static const char *rig_close(struct rig *rig)
{
	engine_close(rig->engine);
	loop_free(rig->loop);
	return server_stop(&rig->server);
}

static void take_outcome(void *context, const struct response *response)
{
	struct outcome *outcome = context;

	outcome->done = true;
	outcome->dones++;
	outcome->status = response->status;
	outcome->ok = response_ok(response);
	outcome->resent = response->resent;
	snprintf(outcome->error, sizeof(outcome->error), "%s",
		 response->error ? response->error : "");
	response_message(response, outcome->message, sizeof(outcome->message));
	memcpy(outcome->api_version, response->api_version, sizeof(outcome->api_version));
	memcpy(outcome->date, response->server_date, sizeof(outcome->date));
	engine_error(&outcome->err, "GET /x", response);
	buf_add(&outcome->body, response->body, response->size);
	request_cancel(outcome->cancel_in_done);
}

static void call(struct rig *rig, const char *method, struct outcome *outcome)
{
	struct engine_call engine_call_ = {
		.method = method,
		.path = "/x",
		.on_done = take_outcome,
		.context = outcome,
		.timeout_ms = 5000,
	};

	buf_free(&outcome->body);
	*outcome = (struct outcome){ 0 };
	outcome->cancel_in_done = engine_call(rig->engine, &engine_call_);
	loop_run(rig->loop, &outcome->done);
}

static size_t count_of(const char *text, const char *what)
{
	size_t count = 0;

	for (; (text = strstr(text, what)); text += strlen(what))
		count++;
	return count;
}

static void connecting_speaks_the_older_of_both_versions(void **state)
{
	static const struct {
		const char *theirs, *spoken;
	} cases[] = { { "1.41", "1.41" },
		      { "1.45", "1.45" },
		      { "1.54", "1.52" },
		      { "2.0", "1.52" } };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		char bytes[200];
		struct scripted_answer answer = { .bytes = bytes };
		struct err err = { 0 };
		struct rig rig;

		snprintf(
			bytes, sizeof(bytes),
			"HTTP/1.1 200 OK\r\nApi-Version: %s\r\nContent-Length: 2\r\n\r\n",
			cases[i].theirs);
		rig_open(&rig, &answer, 1);
		assert_int_equal(engine_connect(rig.engine, &err), 0);
		assert_string_equal(engine_api(rig.engine), cases[i].spoken);
		assert_true(engine_api_at_least(rig.engine, 1, 41));
		assert_int_equal(engine_api_at_least(rig.engine, 1, 44), i > 0);
		assert_int_equal(engine_calls(rig.engine), 1);
		assert_memory_equal(rig_close(&rig), "+HEAD /_ping HTTP/1.1\r\n", 23);
	}
}

static void where_head_is_refused_get_pings(void **state)
{
	static const struct scripted_answer answers[] = {
		{ .bytes = "HTTP/1.1 405 Nope\r\nContent-Length: 0\r\n\r\n" },
		PONG,
	};
	struct err err = { 0 };
	struct rig rig;

	(void)state;
	rig_open(&rig, answers, COUNT_OF(answers));
	assert_int_equal(engine_connect(rig.engine, &err), 0);
	assert_non_null(strstr(rig_close(&rig), "GET /_ping"));
}

static void connect_fails(const char *bytes, enum err_kind kind, const char *word)
{
	struct scripted_answer answers[] = { { .bytes = bytes, .close = true },
					     { .bytes = bytes, .close = true } };
	struct err err = { 0 };
	struct rig rig;

	rig_open(&rig, answers, COUNT_OF(answers));
	assert_int_equal(engine_connect(rig.engine, &err), -1);
	assert_int_equal(err.kind, kind);
	assert_non_null(strstr(err.message, word));
	assert_non_null(strstr(err.message, rig.server.path));
	assert_true(err.hint[0]);
	rig_close(&rig);
}

static void what_is_no_engine_we_speak_to_is_told_so(void **state)
{
	(void)state;
	connect_fails("HTTP/1.1 200 OK\r\nApi-Version: 1.40\r\n\r\n", ERR_FAILED,
		      "too old: it speaks API 1.40, liftoff needs 1.41");
	connect_fails("HTTP/1.1 200 OK\r\n\r\n", ERR_UNREACHABLE,
		      "not as a Docker Engine");
	connect_fails("HTTP/1.1 200 OK\r\nApi-Version: -1.50\r\n\r\n", ERR_UNREACHABLE,
		      "not as a Docker Engine");
	connect_fails("garbage, not HTTP\r\n\r\n", ERR_UNREACHABLE, "no answer");
	connect_fails("", ERR_UNREACHABLE, "no answer");
}

static void connect_hint(const char *path, const char *word)
{
	struct loop *loop = loop_new();
	struct err err = { 0 };
	struct engine *engine = engine_open(loop, path, ENGINE_READ_ONLY, &err);

	assert_non_null(engine);
	assert_int_equal(engine_connect(engine, &err), -1);
	assert_int_equal(err_exit_code(&err), 69);
	assert_non_null(strstr(err.message, path));
	assert_non_null(strstr(err.hint, word));
	engine_close(engine);
	loop_free(loop);
}

static void hints_tell_a_missing_socket_from_a_refused_one(void **state)
{
	struct engine_host host = { .found = true, .origin = "-H" };
	struct err err = { 0 };

	(void)state;
	connect_hint("/nonexistent/docker.sock", "no such socket");
	connect_hint("/etc/passwd", "nobody listens");
	engine_host_hint(&host, EACCES, &err);
	assert_non_null(strstr(err.hint, "usermod -aG docker"));
}

static void a_refused_version_is_renegotiated_unseen(void **state)
{
	static const struct scripted_answer answers[] = {
		{ .bytes = ANSWER("400 Bad Request", "Api-Version: 1.45\r\n", "26",
				  "client version is too old.") },
		{ .bytes = ANSWER("201 Created", "Api-Version: 1.45\r\n", "2", "{}") },
		/* A 400 in the version that we speak is just a 400. */
		{ .bytes = ANSWER("400 Bad Request", "Api-Version: 1.45\r\n", "3",
				  "bad") },
	};
	struct outcome outcome = { 0 };
	struct rig rig;
	const char *seen;

	(void)state;
	rig_open(&rig, answers, COUNT_OF(answers));
	call(&rig, "POST", &outcome);
	assert_int_equal(outcome.status, 201);
	assert_false(outcome.resent);
	assert_string_equal(engine_api(rig.engine), "1.45");
	call(&rig, "POST", &outcome);
	assert_int_equal(outcome.status, 400);
	assert_string_equal(outcome.message, "bad");
	buf_free(&outcome.body);
	seen = rig_close(&rig);
	assert_non_null(strstr(seen, "POST /v1.41/x"));
	assert_int_equal(count_of(seen, "POST /v1.45/x"), 2);
}

static void a_pinned_version_stays(void **state)
{
	static const struct scripted_answer answers[] = {
		PONG,
		{ .bytes = ANSWER("400 Bad Request", "Api-Version: 1.45\r\n", "1", "x") },
	};
	struct outcome outcome = { 0 };
	struct err err = { 0 };
	struct rig rig;

	(void)state;
	setenv("DOCKER_API_VERSION", "1.43", 1);
	rig_open(&rig, answers, COUNT_OF(answers));
	assert_int_equal(engine_connect(rig.engine, &err), -1);
	assert_non_null(strstr(err.message, "DOCKER_API_VERSION 1.43 is newer"));
	call(&rig, "GET", &outcome);
	assert_int_equal(outcome.status, 400);
	buf_free(&outcome.body);
	setenv("DOCKER_API_VERSION", "9\033[31m", 1);
	assert_null(engine_open(rig.loop, rig.server.path, ENGINE_READ_ONLY, &err));
	assert_int_equal(err.kind, ERR_USAGE);
	assert_null(strchr(err.message, '\033'));
	setenv("DOCKER_API_VERSION", "1.40", 1);
	assert_null(engine_open(rig.loop, rig.server.path, ENGINE_READ_ONLY, &err));
	unsetenv("DOCKER_API_VERSION");
	assert_non_null(strstr(rig_close(&rig), "GET /v1.43/x"));
}

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
	call(&rig, "GET", &outcome);
	call(&rig, "GET", &outcome);
	assert_string_equal(buf_text(&outcome.body), "2");
	call(&rig, "POST", &outcome);
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
	call(&rig, "GET", &outcome);
	assert_string_equal(buf_text(&outcome.body), "1");
	call(&rig, "GET", &outcome);
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
	call(&rig, "GET", &outcome);
	assert_false(outcome.ok);
	assert_int_equal(outcome.err.kind, ERR_FAILED);
	assert_non_null(strstr(outcome.err.message, "the answer broke off"));
	call(&rig, "GET", &outcome);
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
	call(&rig, "GET", &outcome);
	assert_false(outcome.ok);
	assert_non_null(strstr(outcome.error, "headers are larger"));
	buf_free(&outcome.body);
	rig_close(&rig);
}

static void error_bodies_of_all_kinds_are_told_safely(void **state)
{
	static const struct scripted_answer answers[] = {
		{ .bytes = ANSWER("409 Conflict", "", "35",
				  "{\"message\":\"name \\u001b[31m taken\"}") },
		{ .bytes = ANSWER("404 Not Found", "Content-Type: text/plain\r\n", "15",
				  "page\tnot\r\nfound") },
		{ .bytes = ANSWER("502 Bad Gateway", "", "24",
				  "<html>\n<p>b\033]0;x\007</html>") },
		{ .bytes = ANSWER("500 Oops", "", "0", "") },
	};
	struct outcome outcome = { 0 };
	struct rig rig;

	(void)state;
	rig_open(&rig, answers, COUNT_OF(answers));
	call(&rig, "GET", &outcome);
	assert_string_equal(outcome.err.message, "GET /x: 409 Conflict: name [31m taken");
	call(&rig, "GET", &outcome);
	assert_string_equal(outcome.err.message, "GET /x: 404 Not Found: page not found");
	call(&rig, "GET", &outcome);
	assert_string_equal(outcome.err.message,
			    "GET /x: 502 Bad Gateway: <html> <p>b ]0;x </html>");
	call(&rig, "GET", &outcome);
	assert_string_equal(outcome.err.message, "GET /x: 500 Internal Error");
	buf_free(&outcome.body);
	rig_close(&rig);
}

static void set_true(void *context)
{
	*(bool *)context = true;
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
	struct timer timer = { 0 };
	bool due = false;
	struct rig rig;

	(void)state;
	rig_open(&rig, &answer, 1);
	test.cancel = stream(&rig, &test);
	loop_run(rig.loop, &test.cancelled);
	timer_set(rig.loop, &timer, 20, set_true, &due);
	loop_run(rig.loop, &due);
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
	call(&rig, "DELETE", &outcome);
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

static void where_the_engine_is_comes_from_flag_then_environment(void **state)
{
	struct engine_host host;
	struct err err = { 0 };
	char path[200];

	(void)state;
	setenv("DOCKER_HOST", "unix:///run/env.sock", 1);
	assert_int_equal(engine_host_find(&host, NULL, &err), 0);
	assert_string_equal(host.where, "unix:///run/env.sock");
	assert_int_equal(engine_host_find(&host, "UNIX:///run/flag.sock", &err), 0);
	assert_string_equal(host.socket, "/run/flag.sock");
	assert_int_equal(engine_host_find(&host, "/run/path.sock", &err), 0);
	assert_string_equal(host.where, "unix:///run/path.sock");
	setenv("DOCKER_HOST", "tcp://10.0.0.1:2375", 1);
	assert_int_equal(engine_host_find(&host, NULL, &err), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_non_null(strstr(err.message, "DOCKER_HOST \"tcp://10.0.0.1:2375\""));
	unsetenv("DOCKER_HOST");
	assert_int_equal(engine_host_find(&host, "ssh://me@there", &err), -1);
	assert_non_null(strstr(err.hint, "ssh -nNT -L"));
	assert_int_equal(engine_host_find(&host, "relative.sock", &err), -1);
	assert_int_equal(engine_host_find(&host, "unix://", &err), -1);
	memset(path, 'x', sizeof(path));
	path[0] = '/';
	path[107] = '\0';
	assert_int_equal(engine_host_find(&host, path, &err), 0);
	assert_string_equal(host.socket, path);
	path[107] = 'x';
	path[108] = '\0';
	assert_int_equal(engine_host_find(&host, path, &err), -1);
	assert_non_null(strstr(err.message, "107 bytes"));
}

static void escaping_keeps_only_what_a_path_may_hold(void **state)
{
	auto_free char *escaped = engine_escape("a/b c%\"{}?&\n\xc3\xa4~-_.9");
	auto_free char *empty = engine_escape("");

	(void)state;
	assert_string_equal(escaped, "a%2Fb%20c%25%22%7B%7D%3F%26%0A%C3%A4~-_.9");
	assert_string_equal(empty, "");
}

static void printed(const char *text, size_t room, const char *expected)
{
	char out[64];

	memset(out, 'X', sizeof(out));
	printable_copy(out, room, text, strlen(text));
	assert_string_equal(out, expected);
	for (size_t i = room; i < sizeof(out); i++)
		assert_int_equal(out[i], 'X');
}

static void foreign_text_is_made_printable(void **state)
{
	(void)state;
	printed("  two\n\n words\t", 40, "two words");
	printed("\033[31mred\033[0m", 40, "[31mred [0m");
	printed("\xc2\x9b"
		"31m csi",
		40, "31m csi");
	printed("bad \xff\xc3 utf\xe2\x82", 40, "bad ?? utf??");
	printed("\xc0\xaf\xed\xa0\x80", 40, "?????");
	printed("\xe2\x80\xaegnp.exe", 40, "gnp.exe");
	printed("schöner", 40, "schöner");
	printed("abcdefghij", 11, "abcdefghij");
	printed("abcdefghij", 10, "abcdef…");
	printed("ääääää", 10, "äää…");
	printed("abc", 2, "a");
	printed("abc", 1, "");
}

/* ---- the loop itself ---- */

struct order {
	struct loop *loop;
	struct timer timers[4];
	char seen[16];
	bool done;
};

static void note_first(void *context)
{
	struct order *order = context;

	strcat(order->seen, "1");
	/* What is due in the same turn can still be called off. */
	timer_unset(&order->timers[1]);
}

static void note_second(void *context)
{
	strcat(((struct order *)context)->seen, "2");
}

static void note_last(void *context)
{
	struct order *order = context;

	strcat(order->seen, "3");
	order->done = true;
}

static void timers_run_in_order_and_can_be_called_off(void **state)
{
	struct order order = { .loop = loop_new() };

	(void)state;
	timer_set(order.loop, &order.timers[2], 30, note_last, &order);
	timer_set(order.loop, &order.timers[1], 2, note_second, &order);
	timer_set(order.loop, &order.timers[0], 1, note_first, &order);
	usleep(5000);
	loop_run(order.loop, &order.done);
	assert_string_equal(order.seen, "13");
	loop_free(order.loop);
}

static void note_hangup(void *context, short revents)
{
	assert_true(revents & (POLLIN | POLLHUP));
	*(bool *)context = true;
}

static void a_writer_that_is_gone_wakes_the_watch(void **state)
{
	struct loop *loop = loop_new();
	bool woken = false;
	struct watch watch = { .events = POLLIN,
			       .on_ready = note_hangup,
			       .context = &woken };
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	watch.fd = ends[0];
	watch_set(loop, &watch);
	close(ends[1]);
	loop_run(loop, &woken);
	watch_unset(&watch);
	watch_unset(&watch);
	close(ends[0]);
	loop_free(loop);
}

static void note_signal(void *context, int number)
{
	*(int *)context = number;
}

static void signals_arrive_inside_the_loop(void **state)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGWINCH };
	struct loop *loop = loop_new();
	int seen = 0;

	(void)state;
	loop_on_signal(loop, note_signal, &seen);
	for (size_t i = 0; i < COUNT_OF(numbers); i++) {
		seen = 0;
		raise(numbers[i]);
		assert_int_equal(seen, 0);
		for (int turn = 0; turn < 3 && !seen; turn++)
			loop_step(loop);
		assert_int_equal(seen, numbers[i]);
	}
	raise(SIGPIPE);
	loop_free(loop);
}

/* ---- raw connections ---- */

struct talk {
	struct conn *conn;
	struct buf seen;
	bool closed, eof;
	char error[100];
	const char *say;
};

static void talk_open(void *context)
{
	struct talk *talk = context;

	if (talk->say)
		conn_send(talk->conn, talk->say, strlen(talk->say));
	if (talk->eof)
		conn_send_eof(talk->conn);
}

static void talk_data(void *context, const char *data, size_t size)
{
	buf_add(&((struct talk *)context)->seen, data, size);
}

static void talk_close(void *context, const char *error)
{
	struct talk *talk = context;

	talk->closed = true;
	snprintf(talk->error, sizeof(talk->error), "%s", error ? error : "");
}

static struct conn *talk_start(struct loop *loop, struct talk *talk, const char *path)
{
	struct conn_call conn_call = {
		.url = "http://engine",
		.unix_socket = path,
		.timeout_ms = 2000,
		.on_open = talk_open,
		.on_data = talk_data,
		.on_close = talk_close,
		.context = talk,
	};

	return talk->conn = conn_open(loop, &conn_call);
}

static void a_connection_carries_bytes_both_ways(void **state)
{
	static const struct scripted_answer answer = { .bytes = "hello",
						       .close = true,
						       .split = 2 };
	struct talk talk = { .say = "any\r\n\r\n" };
	struct rig rig;

	(void)state;
	rig_open(&rig, &answer, 1);
	talk_start(rig.loop, &talk, rig.server.path);
	loop_run(rig.loop, &talk.closed);
	assert_string_equal(buf_text(&talk.seen), "hello");
	assert_string_equal(talk.error, "");
	buf_free(&talk.seen);
	assert_non_null(strstr(rig_close(&rig), "any\r\n\r\n"));
}

static void half_closing_ends_what_the_peer_reads(void **state)
{
	struct talk talk = { .say = "no whole request", .eof = true };
	struct rig rig;

	(void)state;
	/* The server hangs up when it reads the end of the stream. */
	rig_open(&rig, NULL, 0);
	talk_start(rig.loop, &talk, rig.server.path);
	loop_run(rig.loop, &talk.closed);
	assert_string_equal(talk.error, "");
	buf_free(&talk.seen);
	rig_close(&rig);
}

static void a_refused_connection_says_so(void **state)
{
	struct loop *loop = loop_new();
	struct talk talk = { 0 };

	(void)state;
	talk_start(loop, &talk, "/nonexistent.sock");
	loop_run(loop, &talk.closed);
	assert_true(talk.error[0]);
	conn_close(NULL);
	loop_free(loop);
}

static void a_connection_can_be_closed_at_any_time(void **state)
{
	struct talk talk = { .say = "x" };
	struct timer timer = { 0 };
	bool due = false;
	struct rig rig;

	(void)state;
	rig_open(&rig, NULL, 0);
	conn_close(talk_start(rig.loop, &talk, rig.server.path));
	talk_start(rig.loop, &talk, rig.server.path);
	timer_set(rig.loop, &timer, 20, set_true, &due);
	loop_run(rig.loop, &due);
	conn_close(talk.conn);
	conn_close(talk.conn);
	assert_false(talk.closed);
	rig_close(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(connecting_speaks_the_older_of_both_versions),
		cmocka_unit_test(where_head_is_refused_get_pings),
		cmocka_unit_test(what_is_no_engine_we_speak_to_is_told_so),
		cmocka_unit_test(hints_tell_a_missing_socket_from_a_refused_one),
		cmocka_unit_test(a_refused_version_is_renegotiated_unseen),
		cmocka_unit_test(a_pinned_version_stays),
		cmocka_unit_test(changing_calls_are_never_sent_twice),
		cmocka_unit_test(kept_connections_are_used_again),
		cmocka_unit_test(broken_answers_are_errors),
		cmocka_unit_test(endless_headers_end_the_request),
		cmocka_unit_test(error_bodies_of_all_kinds_are_told_safely),
		cmocka_unit_test(streams_come_in_pieces),
		cmocka_unit_test(a_stream_that_is_refused_is_broken),
		cmocka_unit_test(errors_of_streams_are_collected),
		cmocka_unit_test(a_request_may_cancel_itself_inside_its_stream),
		cmocka_unit_test(a_silent_engine_times_out),
		cmocka_unit_test(bodies_and_headers_go_out_as_given),
		cmocka_unit_test(where_the_engine_is_comes_from_flag_then_environment),
		cmocka_unit_test(escaping_keeps_only_what_a_path_may_hold),
		cmocka_unit_test(foreign_text_is_made_printable),
		cmocka_unit_test(timers_run_in_order_and_can_be_called_off),
		cmocka_unit_test(a_writer_that_is_gone_wakes_the_watch),
		cmocka_unit_test(signals_arrive_inside_the_loop),
		cmocka_unit_test(a_connection_carries_bytes_both_ways),
		cmocka_unit_test(half_closing_ends_what_the_peer_reads),
		cmocka_unit_test(a_refused_connection_says_so),
		cmocka_unit_test(a_connection_can_be_closed_at_any_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
