/* exec_run, events and pull against a server that does what a script says. */
#include "rig.h"

#include "events.h"
#include "exec_run.h"
#include "pull.h"

#include <string.h>

#define STREAM "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n\r\n"
#define JSON(status, size, body)                                                         \
	"HTTP/1.1 " status "\r\nContent-Length: " size "\r\n\r\n" body
#define CREATED                                                                          \
	{                                                                                \
		.bytes = JSON("201 Created", "13", "{\"Id\":\"ab/c\"}")                  \
	}

/* ---- exec ---- */

struct run {
	struct exec_run *exec;
	struct buf outs[3];
	bool cancel, cancelled, done;
	int exit_code;
	struct err err;
};

static void run_output(void *context, int fd, const char *data, size_t size)
{
	struct run *run = context;

	assert_false(run->cancelled);
	buf_add(&run->outs[fd], data, size);
	if (run->cancel) {
		exec_run_cancel(run->exec);
		run->cancelled = true;
	}
}

static void run_exit(void *context, int exit_code, const struct err *err)
{
	struct run *run = context;

	assert_false(run->done);
	run->done = true;
	run->exit_code = exit_code;
	if (err)
		run->err = *err;
}

static void run_start(struct rig *rig, struct run *run)
{
	static const char *const argv[] = { "echo", "a b", NULL };
	static const char *const env[] = { "A=1", NULL };
	struct exec_call call = {
		.container = "c/1",
		.argv = argv,
		.env = env,
		.user = "999",
		.on_output = run_output,
		.on_exit = run_exit,
		.context = run,
	};

	run->exec = exec_run_start(rig->engine, &call);
}

static void run_free(struct run *run)
{
	buf_free(&run->outs[1]);
	buf_free(&run->outs[2]);
}

static void an_exec_tells_its_output_and_its_exit_code(void **state)
{
	static const char frames[] = STREAM "\1\0\0\0\0\0\0\3out\2\0\0\0\0\0\0\3err";
	static const struct scripted_answer answers[] = {
		CREATED,
		{ .bytes = frames,
		  .size = sizeof(frames) - 1,
		  .split = 5,
		  .close = true },
		/* The engine has not noted its end yet. */
		{ .bytes = JSON("200 OK", "32", "{\"Running\":true,\"ExitCode\":null}") },
		{ .bytes = JSON("200 OK", "30", "{\"Running\":false,\"ExitCode\":7}") },
	};
	struct run run = { 0 };
	struct rig rig;
	const char *seen;

	(void)state;
	rig_open(&rig, answers, COUNT_OF(answers));
	run_start(&rig, &run);
	loop_run(rig.loop, &run.done);
	assert_int_equal(run.exit_code, 7);
	assert_int_equal(run.err.kind, ERR_NONE);
	assert_string_equal(buf_text(&run.outs[1]), "out");
	assert_string_equal(buf_text(&run.outs[2]), "err");
	run_free(&run);
	seen = rig_close(&rig);
	assert_non_null(strstr(seen, "POST /v1.41/containers/c%2F1/exec HTTP/1.1"));
	assert_non_null(strstr(seen, "\"Cmd\":[\"echo\",\"a b\"],\"Env\":[\"A=1\"],"
				     "\"User\":\"999\""));
	assert_non_null(strstr(seen, "POST /v1.41/exec/ab%2Fc/start HTTP/1.1"));
	assert_non_null(strstr(seen, "{\"Detach\":false,\"Tty\":false}"));
	assert_non_null(strstr(seen, "GET /v1.41/exec/ab%2Fc/json HTTP/1.1"));
}

static void run_fails(const struct scripted_answer *answers, size_t count,
		      const char *word)
{
	struct run run = { 0 };
	struct rig rig;

	rig_open(&rig, answers, count);
	run_start(&rig, &run);
	loop_run(rig.loop, &run.done);
	assert_int_equal(run.exit_code, -1);
	assert_non_null(strstr(run.err.message, word));
	run_free(&run);
	rig_close(&rig);
}

static void an_exec_that_cannot_be_known_says_why(void **state)
{
	static const struct scripted_answer gone[] = {
		{ .bytes = JSON("404 Not Found", "21", "{\"message\":\"no such\"}") },
	};
	static const struct scripted_answer nameless[] = { { .bytes = JSON("201 X", "2",
									   "{}") } };
	static const struct scripted_answer plain[] = {
		CREATED,
		{ .bytes = STREAM "this is no multiplexed stream", .close = true },
	};
	static const struct scripted_answer broken[] = {
		CREATED,
		{ .bytes = JSON("200 OK", "100", ""), .close = true },
	};
	static const struct scripted_answer codeless[] = {
		CREATED,
		{ .bytes = STREAM, .close = true },
		{ .bytes = JSON("200 OK", "17", "{\"ExitCode\":\"no\"}") },
	};

	(void)state;
	run_fails(gone, COUNT_OF(gone), "404 Not Found: no such");
	run_fails(nameless, COUNT_OF(nameless), "makes no sense");
	run_fails(plain, COUNT_OF(plain), "the answer made no sense");
	run_fails(broken, COUNT_OF(broken), "the answer broke off");
	run_fails(codeless, COUNT_OF(codeless), "makes no sense");
	run_fails(codeless, 2, "no answer");
}

static void an_exec_can_be_cancelled_by_its_own_output(void **state)
{
	static const char frames[] = STREAM "\1\0\0\0\0\0\0\1a\1\0\0\0\0\0\0\1b";
	static const struct scripted_answer answers[] = {
		CREATED,
		{ .bytes = frames, .size = sizeof(frames) - 1 },
	};
	struct run run = { .cancel = true };
	struct rig rig;

	(void)state;
	rig_open(&rig, answers, COUNT_OF(answers));
	run_start(&rig, &run);
	loop_run(rig.loop, &run.cancelled);
	rig_turn(&rig, 20);
	assert_false(run.done);
	assert_string_equal(buf_text(&run.outs[1]), "a");
	run_free(&run);
	run = (struct run){ 0 };
	run_start(&rig, &run);
	exec_run_cancel(run.exec);
	exec_run_cancel(NULL);
	rig_close(&rig);
}

/* ---- events ---- */

static void parses(const char *text, const char *expected)
{
	json_auto_t *line = json_loads(text, 0, NULL);
	auto_buf struct buf scratch = { 0 }, out = { 0 };
	struct container_event event;

	assert_non_null(line);
	if (events_parse(line, &scratch, &event))
		buf_printf(&out, "%s/%s %s %s %s-%u exit %d at %lld", event.action,
			   event.health, event.id, event.name, event.service,
			   event.replica, event.exit_code, (long long)event.time_nano);
	assert_string_equal(buf_text(&out), expected);
}

#define ACTOR(more)                                                                      \
	"\"Actor\":{\"ID\":\"c1\",\"Attributes\":{\"name\":\"s-nats-2\"," more           \
	"\"io.liftoff.service\":\"nats\",\"io.liftoff.replica\":\"2\"}}"

static void events_of_docker_and_podman_read_the_same(void **state)
{
	(void)state;
	parses("{\"Type\":\"container\",\"Action\":\"die\",\"timeNano\":"
	       "5000000001," ACTOR("\"exitCode\":\"137\",") "}",
	       "die/ c1 s-nats-2 nats-2 exit 137 at 5000000001");
	parses("{\"Type\":\"container\",\"Action\":\"died\",\"time\":5," ACTOR(
		       "\"containerExitCode\":\"1\",") "}",
	       "die/ c1 s-nats-2 nats-2 exit 1 at 5000000000");
	parses("{\"Action\":\"health_status: healthy\"," ACTOR("") "}",
	       "health_status/healthy c1 s-nats-2 nats-2 exit -1 at 0");
	parses("{\"Action\":\"health_status\",\"HealthStatus\":\"unhealthy\"," ACTOR(
		       "") "}",
	       "health_status/unhealthy c1 s-nats-2 nats-2 exit -1 at 0");
	parses("{\"Action\":\"start\",\"Actor\":{\"ID\":\"c\",\"Attributes\":"
	       "{\"io.liftoff.replica\":\"-1\",\"name\":\"a\\u001b[1mb\"}}}",
	       "start/ c a [1mb -0 exit -1 at 0");
	parses("{\"Action\":\"exec_start: sh -c x\"," ACTOR("") "}", "");
	parses("{\"Type\":\"network\",\"Action\":\"connect\"," ACTOR("") "}", "");
	parses("{\"Action\":\"start\",\"Actor\":{\"ID\":7}}", "");
	parses("{\"status\":\"start\"}", "");
}

struct listener {
	struct events *events;
	struct buf seen;
	unsigned stands, lost;
	const char *stop_at; /* action */
	bool stopped, stop_at_stands;
};

static void hear_stands(void *context)
{
	struct listener *listener = context;

	listener->stands++;
	buf_puts(&listener->seen, "stands|");
	if (listener->stop_at_stands) {
		events_stop(listener->events);
		listener->stopped = true;
	}
}

static void hear_event(void *context, const struct container_event *event)
{
	struct listener *listener = context;

	assert_false(listener->stopped);
	buf_printf(&listener->seen, "%s|", event->action);
	if (listener->stop_at && strcmp(event->action, listener->stop_at) == 0) {
		events_stop(listener->events);
		listener->stopped = true;
	}
}

static void hear_lost(void *context, const struct err *err)
{
	struct listener *listener = context;

	listener->lost++;
	assert_true(err->message[0]);
	buf_puts(&listener->seen, "lost|");
}

static void listen_to(struct rig *rig, struct listener *listener)
{
	struct events_call call = {
		.stack = "chat",
		.on_stands = hear_stands,
		.on_event = hear_event,
		.on_lost = hear_lost,
		.context = listener,
	};

	listener->events = events_start(rig->engine, &call);
	loop_run(rig->loop, &listener->stopped);
}

#define EVENT(action, nano)                                                              \
	"{\"Action\":\"" action "\",\"timeNano\":" nano "," ACTOR("") "}\n"
#define DATED                                                                            \
	{                                                                                \
		.bytes = "HTTP/1.1 200 OK\r\nDate: Tue, 24 Nov 2026 17:00:00 GMT\r\n"    \
			 "Content-Length: 2\r\n\r\nOK"                                   \
	}

static void a_subscription_comes_back_and_repeats_nothing(void **state)
{
	static const struct scripted_answer answers[] = {
		DATED,
		{ .bytes = STREAM,
		  .later = EVENT("create", "7000000001")
			  EVENT("start", "7000000002") "{\"Action\":\"half",
		  .close = true },
		{ .bytes = "" },
		{ .bytes = JSON("500 X", "0", "") },
		{ .bytes = STREAM EVENT("start", "7000000002") EVENT("die", "7000000002")
			  EVENT("destroy", "7000000003") EVENT("never", "7000000004") },
	};
	struct listener listener = { .stop_at = "destroy" };
	struct rig rig;
	const char *seen;

	(void)state;
	rig_open(&rig, answers, COUNT_OF(answers));
	listen_to(&rig, &listener);
	assert_string_equal(listener.seen.data,
			    "stands|create|start|lost|stands|die|destroy|");
	buf_free(&listener.seen);
	seen = rig_close(&rig);
	assert_non_null(strstr(seen,
			       "/events?since=1795539600&filters=%7B%22type%22%3A%5B%22"
			       "container%22%5D%2C%22label%22%3A%5B%22io.liftoff.stack"
			       "%3Dchat%22%5D%7D HTTP/1.1"));
	assert_non_null(strstr(seen, "/events?since=7.000000002&filters="));
}

static void a_subscription_waits_for_an_engine(void **state)
{
	static const struct scripted_answer answers[] = {
		{ .bytes = "" },
		{ .bytes = JSON("503 X", "0", "") },
		DATED,
		{ .bytes = STREAM },
	};
	struct listener listener = { .stop_at_stands = true };
	struct rig rig;

	(void)state;
	rig_open(&rig, answers, COUNT_OF(answers));
	listen_to(&rig, &listener);
	assert_string_equal(listener.seen.data, "lost|stands|");
	buf_free(&listener.seen);
	rig_close(&rig);
}

/* ---- pull ---- */

struct pulling {
	struct pull *pull;
	uint64_t done_bytes, total_bytes;
	unsigned told;
	bool cancel, done;
	struct err err;
};

static void pull_progressed(void *context, uint64_t done, uint64_t total)
{
	struct pulling *pulling = context;

	assert_true(done <= total);
	pulling->told++;
	pulling->done_bytes = done;
	pulling->total_bytes = total;
	if (pulling->cancel) {
		pull_cancel(pulling->pull);
		pulling->done = true;
	}
}

static void pull_ended(void *context, const struct err *err)
{
	struct pulling *pulling = context;

	assert_false(pulling->done);
	pulling->done = true;
	if (err)
		pulling->err = *err;
}

static const char *pull_one(const struct scripted_answer *answers, size_t count,
			    struct pulling *pulling, struct rig *rig)
{
	struct pull_call call = {
		.image = "host:5000/mongo",
		.registry_auth = "e30=",
		.on_progress = pull_progressed,
		.on_done = pull_ended,
		.context = pulling,
	};

	rig_open(rig, answers, count);
	pulling->pull = pull_start(rig->engine, &call);
	loop_run(rig->loop, &pulling->done);
	rig_turn(rig, 5);
	return rig_close(rig);
}

#define LAYER(status, id, current, total)                                                \
	"{\"status\":\"" status "\",\"id\":\"" id                                        \
	"\",\"progressDetail\":{\"current\":" current ",\"total\":" total "}}\r\n"
#define PULLED                                                                           \
	STREAM "{\"status\":\"Pulling from mongo\",\"id\":\"8.0\"}\r\n" LAYER(           \
		"Downloading", "a", "10", "100")                                         \
		LAYER("Downloading", "b", "50",                                          \
		      "50") "{\"status\":\"Download "                                    \
			    "complete\",\"id\":\"a\"}\r\n" LAYER("Extracting", "a", "1", \
								 "100")

static void progress_is_summed_over_the_layers(void **state)
{
	static const struct scripted_answer answers[] = {
		{ .bytes = PULLED "{\"status\":\"Status: Downloaded\"}", .close = true },
	};
	struct pulling pulling = { 0 };
	struct rig rig;
	const char *seen;

	(void)state;
	seen = pull_one(answers, 1, &pulling, &rig);
	assert_int_equal(pulling.err.kind, ERR_NONE);
	assert_int_equal(pulling.told, 3);
	assert_int_equal(pulling.done_bytes, 150);
	assert_int_equal(pulling.total_bytes, 150);
	assert_non_null(strstr(seen,
			       "POST /v1.41/images/create?fromImage=host%3A5000%2Fmongo&"
			       "tag=latest HTTP/1.1"));
	assert_non_null(strstr(seen, "X-Registry-Auth: e30=\r\n"));
}

static void pull_fails(const char *bytes, const char *message)
{
	struct scripted_answer answer = { .bytes = bytes, .close = true };
	struct pulling pulling = { 0 };
	struct rig rig;

	pull_one(&answer, 1, &pulling, &rig);
	assert_string_equal(pulling.err.message, message);
}

static void pulls_fail_before_within_and_after_the_stream(void **state)
{
	(void)state;
	pull_fails(
		JSON("404 Not Found", "27", "{\"message\":\"no \\u001bmore\"}"),
		"pulling host:5000/mongo: POST /images/create: 404 Not Found: no more");
	pull_fails(PULLED
		   "{\"errorDetail\":{\"message\":\"disk full\"},\"error\":\"x\"}\r\n",
		   "pulling host:5000/mongo: disk full");
	/* Even without a newline at its end. */
	pull_fails(PULLED "{\"error\":\"disk full\"}",
		   "pulling host:5000/mongo: disk full");
	pull_fails("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}",
		   "pulling host:5000/mongo: POST /images/create: the answer broke off: "
		   "transfer closed with outstanding read data remaining");
}

static void a_pull_can_be_cancelled_by_its_own_progress(void **state)
{
	static const struct scripted_answer answers[] = { { .bytes = PULLED } };
	struct pulling pulling = { .cancel = true };
	struct rig rig;

	(void)state;
	pull_one(answers, 1, &pulling, &rig);
	assert_int_equal(pulling.told, 1);
	pull_cancel(NULL);
}

static void references_are_split_into_name_and_tag(void **state)
{
	static const char *const cases[][3] = {
		{ "mongo", "mongo", "latest" },
		{ "mongo:8.0", "mongo", "8.0" },
		{ "host:5000/mongo", "host%3A5000%2Fmongo", "latest" },
		{ "host:5000/a/b:1", "host%3A5000%2Fa%2Fb", "1" },
		{ "a/b@sha256:0f", "a%2Fb", "sha256%3A0f" },
		{ "a/b:1@sha256:0f", "a%2Fb", "sha256%3A0f" },
		{ "a:", "a", "latest" },
		{ "a&b=c:1#2", "a%26b%3Dc", "1%232" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		auto_free char *name = NULL, *tag = NULL;

		pull_split(cases[i][0], &name, &tag);
		assert_string_equal(name, cases[i][1]);
		assert_string_equal(tag, cases[i][2]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_exec_tells_its_output_and_its_exit_code),
		cmocka_unit_test(an_exec_that_cannot_be_known_says_why),
		cmocka_unit_test(an_exec_can_be_cancelled_by_its_own_output),
		cmocka_unit_test(events_of_docker_and_podman_read_the_same),
		cmocka_unit_test(a_subscription_comes_back_and_repeats_nothing),
		cmocka_unit_test(a_subscription_waits_for_an_engine),
		cmocka_unit_test(progress_is_summed_over_the_layers),
		cmocka_unit_test(pulls_fail_before_within_and_after_the_stream),
		cmocka_unit_test(a_pull_can_be_cancelled_by_its_own_progress),
		cmocka_unit_test(references_are_split_into_name_and_tag),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
