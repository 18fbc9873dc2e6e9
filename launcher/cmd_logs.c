/*
 * liftoff logs: first what was written, merged by time; with -f then whatever
 * comes, through restarts and recreations, until somebody ends it.
 */
#include "command.h"
#include "log_print.h"
#include "logs.h"
#include "replicas.h"
#include "world.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#define EVENTS_RETRY 1000 /* ms */
#define EVENTS_TRIES 15

struct logs;

/* One container whose log is read. */
struct source {
	struct logs *logs;
	struct replica replica;
	struct log_reader reader;
	struct log_queue queue;
	struct request *request;
	bool all;      /* new while we followed: its log is read from the beginning */
	int64_t fresh; /* started then, while we followed, and nothing read so far */
	bool again;    /* it was started while its old stream was not yet at its end */
	LIST_ENTRY(source) link;
};

struct logs {
	struct session *session;
	const struct options *options;
	struct log_print print;
	struct log_merge merge;
	LIST_HEAD(, source) sources;
	size_t reading; /* streams that are open */
	int64_t since;  /* nanoseconds; 0: from the start */
	bool following; /* the first part is over */
	bool done;
	int signal;

	struct request *events;
	struct ndjson ndjson;
	struct timer retry;
	int64_t events_since; /* nanoseconds, engine's clock */
	unsigned tries;
	struct err err;
};

static void stop(struct logs *logs)
{
	logs->done = true;
}

/* Right after each write, while errno still tells why it failed. */
static void check_output(struct logs *logs)
{
	int why = errno;

	if (logs->done || !ferror(stdout))
		return;
	/* Whoever read it has left: as if SIGPIPE had ended us, but in order. */
	if (why == EPIPE)
		logs->signal = SIGPIPE;
	else
		err_set(&logs->err, ERR_FAILED, "cannot write: %s", strerror(why));
	stop(logs);
}

static void flush_output(struct logs *logs)
{
	fflush(stdout);
	check_output(logs);
}

static void print_line(void *context, void *owner, const struct log_line *line)
{
	struct logs *logs = context;
	const struct source *source = owner;

	if (logs->done)
		return;
	log_print_line(&logs->print, source->replica.service, source->replica.number,
		       line);
	check_output(logs);
}

static void on_line(void *context, const struct log_line *line)
{
	struct source *source = context;
	struct logs *logs = source->logs;

	if (logs->following)
		print_line(logs, source, line);
	else
		log_merge_put(&logs->merge, &source->queue, line);
}

static bool on_data(void *context, const char *data, size_t size)
{
	struct source *source = context;

	log_reader_feed(&source->reader, data, size);
	if (source->logs->following)
		flush_output(source->logs);
	return true;
}

static void connect_source(struct source *source);

static void follow_all(struct logs *logs)
{
	struct source *source;

	logs->following = true;
	flush_output(logs);
	LIST_FOREACH(source, &logs->sources, link)
	{
		log_reader_restart(&source->reader);
		connect_source(source);
	}
}

static void on_end(void *context, const struct response *response)
{
	struct source *source = context;
	struct logs *logs = source->logs;

	source->request = NULL;
	logs->reading--;
	log_reader_end(&source->reader);
	if (!response_ok(response) && response->status != 404 && !logs->following &&
	    !logs->done) {
		engine_error(&logs->err, "logs", response);
		err_wrap(&logs->err, "%s-%u", source->replica.service,
			 source->replica.number);
		stop(logs);
		return;
	}
	if (!logs->following) {
		log_merge_end(&logs->merge, &source->queue);
		if (logs->reading)
			return;
		if (logs->options->follow)
			follow_all(logs);
		else
			stop(logs);
		return;
	}
	flush_output(logs);
	if (source->again) {
		log_reader_restart(&source->reader);
		connect_source(source);
	}
}

static void connect_source(struct source *source)
{
	struct logs *logs = source->logs;
	auto_free char *id = engine_escape(source->replica.id);
	auto_buf struct buf path = { 0 };
	int64_t since = source->fresh ? source->fresh : source->all ? 0 : logs->since;

	if (source->reader.last)
		since = source->reader.last;
	buf_printf(&path, "/containers/%s/logs?stdout=1&stderr=1&timestamps=1", id);
	if (logs->following)
		buf_puts(&path, "&follow=1");
	if (logs->options->tail != TAIL_ALL && !source->reader.last && !source->fresh &&
	    !source->all)
		buf_printf(&path, "&tail=%lld", (long long)logs->options->tail);
	if (since) {
		char text[LOG_SINCE];

		log_since_text(text, since);
		buf_printf(&path, "&since=%s", text);
	}
	source->again = false;
	logs->reading++;
	source->request = engine_call(logs->session->engine,
				      &(struct engine_call){
					      .method = "GET",
					      .path = buf_text(&path),
					      .on_data = on_data,
					      .on_done = on_end,
					      .context = source,
				      });
}

static struct source *add_source(struct logs *logs, const struct replica *replica)
{
	struct source *source = calloc(1, sizeof(*source));

	if (!source)
		die_out_of_memory();
	source->logs = logs;
	source->replica = *replica;
	source->reader.on_line = on_line;
	source->reader.context = source;
	log_merge_add(&logs->merge, &source->queue, source);
	log_print_widen(&logs->print, replica->service, replica->number);
	LIST_INSERT_HEAD(&logs->sources, source, link);
	return source;
}

static bool is_wanted(const struct logs *logs, const struct replica *replica)
{
	for (int i = 0; i < logs->options->argc; i++)
		if (replica_is(replica, logs->options->argv[i]))
			return true;
	return logs->options->argc == 0;
}

/* A container of the stack was started: one we read, or a new one in its place. */
static void on_event(void *context, json_t *event)
{
	struct logs *logs = context;
	const json_t *actor = json_object_get(event, "Actor");
	const char *id = json_string_value(json_object_get(actor, "ID"));
	int64_t time = json_integer_value(json_object_get(event, "timeNano"));
	struct replica replica = { 0 };
	struct source *source;

	if (time > logs->events_since)
		logs->events_since = time;
	if (!id || !replica_from_labels(&replica, &logs->session->arena,
					json_object_get(actor, "Attributes")))
		return;
	LIST_FOREACH(source, &logs->sources, link)
	if (strcmp(source->replica.id, id) == 0)
		break;
	if (!source) {
		if (!is_wanted(logs, &replica))
			return;
		replica.id = arena_strdup(&logs->session->arena, id);
		source = add_source(logs, &replica);
		source->all = true;
	} else if (!source->all) {
		/* The engine tells of a start a little after the first words. */
		source->fresh = time - 1000000000;
	}
	if (!logs->following)
		return; /* follow_all() connects it */
	if (source->request) {
		source->again = true;
		return;
	}
	log_reader_restart(&source->reader);
	connect_source(source);
}

static bool on_events_data(void *context, const char *data, size_t size)
{
	struct logs *logs = context;

	logs->tries = 0;
	ndjson_feed(&logs->ndjson, data, size, on_event, logs);
	return true;
}

static void subscribe(struct logs *logs);

static void on_retry(void *context)
{
	struct logs *logs = context;
	struct source *source;

	subscribe(logs);
	/* What broke the events broke the logs as well. */
	LIST_FOREACH(source, &logs->sources, link)
	{
		if (source->request || !logs->following)
			continue;
		log_reader_restart(&source->reader);
		connect_source(source);
	}
}

static void on_events_end(void *context, const struct response *response)
{
	struct logs *logs = context;

	logs->events = NULL;
	ndjson_free(&logs->ndjson);
	logs->ndjson = (struct ndjson){ 0 };
	if (++logs->tries > EVENTS_TRIES) {
		engine_error(&logs->err, "events", response);
		stop(logs);
		return;
	}
	timer_set(engine_loop(logs->session->engine), &logs->retry, EVENTS_RETRY,
		  on_retry, logs);
}

static void subscribe(struct logs *logs)
{
	auto_buf struct buf filters = { 0 }, path = { 0 };
	auto_free char *escaped = NULL;
	char since[LOG_SINCE];

	buf_printf(&filters,
		   "{\"type\":[\"container\"],\"event\":[\"start\"],"
		   "\"label\":[\"" LABEL_STACK "=%s\"]}",
		   logs->session->stack.name);
	escaped = engine_escape(filters.data);
	log_since_text(since, logs->events_since);
	buf_printf(&path, "/events?since=%s&filters=%s", since, escaped);
	logs->events = engine_call(logs->session->engine,
				   &(struct engine_call){
					   .method = "GET",
					   .path = path.data,
					   .on_data = on_events_data,
					   .on_done = on_events_end,
					   .context = logs,
				   });
}

static void on_signal(void *context, int signal)
{
	struct logs *logs = context;

	if (signal == SIGWINCH)
		return;
	logs->signal = signal;
	stop(logs);
}

static void run(struct logs *logs, const struct replicas *replicas)
{
	struct source *source;

	for (size_t i = 0; i < replicas->count; i++)
		if (is_wanted(logs, &replicas->list[i]))
			add_source(logs, &replicas->list[i]);
	loop_on_signal(logs->session->loop, on_signal, logs);
	if (logs->options->follow) {
		/* A second early: starts from before are merely looked at again. */
		logs->events_since = ((int64_t)time(NULL) - 1) * 1000000000;
		subscribe(logs);
	}
	/* Of no lines at all there is no order: nothing to read before following. */
	if (logs->options->follow && logs->options->tail == 0)
		follow_all(logs);
	else
		LIST_FOREACH(source, &logs->sources, link)
	connect_source(source);
	loop_run(logs->session->loop, &logs->done);
}

static void logs_free(struct logs *logs)
{
	struct source *source;

	request_cancel(logs->events);
	timer_unset(&logs->retry);
	ndjson_free(&logs->ndjson);
	log_merge_free(&logs->merge);
	while ((source = LIST_FIRST(&logs->sources))) {
		LIST_REMOVE(source, link);
		request_cancel(source->request);
		log_reader_free(&source->reader);
		free(source);
	}
	log_print_free(&logs->print);
}

int cmd_logs(const struct options *options, struct err *err)
{
	auto_session struct session session = { 0 };
	struct logs logs = { .session = &session, .options = options };
	struct replicas replicas;
	int64_t since = 0;

	if (options->since)
		since = log_since_parse(options->since, (int64_t)time(NULL), err);
	if (since < 0 || session_open(&session, options, ENGINE_READ_ONLY, err) < 0 ||
	    replicas_list(&replicas, &session, err) < 0)
		return -1;
	for (int i = 0; i < options->argc; i++)
		if (replicas_check(&replicas, options->argv[i], err) < 0)
			return -1;
	logs.since = since;
	LIST_INIT(&logs.sources);
	log_merge_init(&logs.merge, print_line, &logs);
	log_print_init(&logs.print, stdout, options->json, options->timestamps);
	run(&logs, &replicas);
	logs_free(&logs);
	if (logs.signal)
		return 128 + logs.signal;
	if (logs.err.kind) {
		*err = logs.err;
		return -1;
	}
	return 0;
}
