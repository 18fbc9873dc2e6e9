/* engine: where it is, which version to speak, what its errors say. */
#include "rig.h"

#include "engine_host.h"
#include "printable.h"

#include <errno.h>
#include <string.h>

#define PONG                                                                             \
	{                                                                                \
		.bytes = "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Length: 0\r\n" \
			 "\r\n"                                                          \
	}

#define ANSWER(status, more, body_size, body)                                            \
	"HTTP/1.1 " status "\r\n" more "Content-Length: " body_size "\r\n\r\n" body

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
	rig_call(&rig, "POST", &outcome);
	assert_int_equal(outcome.status, 201);
	assert_false(outcome.resent);
	assert_string_equal(engine_api(rig.engine), "1.45");
	rig_call(&rig, "POST", &outcome);
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
	rig_call(&rig, "GET", &outcome);
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
	rig_call(&rig, "GET", &outcome);
	assert_string_equal(outcome.err.message, "GET /x: 409 Conflict: name [31m taken");
	rig_call(&rig, "GET", &outcome);
	assert_string_equal(outcome.err.message, "GET /x: 404 Not Found: page not found");
	rig_call(&rig, "GET", &outcome);
	assert_string_equal(outcome.err.message,
			    "GET /x: 502 Bad Gateway: <html> <p>b ]0;x </html>");
	rig_call(&rig, "GET", &outcome);
	assert_string_equal(outcome.err.message, "GET /x: 500 Internal Error");
	buf_free(&outcome.body);
	rig_close(&rig);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(connecting_speaks_the_older_of_both_versions),
		cmocka_unit_test(where_head_is_refused_get_pings),
		cmocka_unit_test(what_is_no_engine_we_speak_to_is_told_so),
		cmocka_unit_test(hints_tell_a_missing_socket_from_a_refused_one),
		cmocka_unit_test(a_refused_version_is_renegotiated_unseen),
		cmocka_unit_test(a_pinned_version_stays),
		cmocka_unit_test(error_bodies_of_all_kinds_are_told_safely),
		cmocka_unit_test(where_the_engine_is_comes_from_flag_then_environment),
		cmocka_unit_test(escaping_keeps_only_what_a_path_may_hold),
		cmocka_unit_test(foreign_text_is_made_printable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
