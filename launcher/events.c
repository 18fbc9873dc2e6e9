#include "events.h"

#include "stream.h"
#include "world.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#define PING_TIMEOUT_MS 15000
#define RETRY_FIRST_MS 50
#define RETRY_MOST_MS 2000
/* As many as an engine remembers: a replay cannot bring more of them again. */
#define SEEN 256

struct events {
	struct engine *engine;
	struct events_call call; /* callbacks and context only */
	char *stack;
	struct request *request;
	struct timer retry;
	int64_t retry_ms;
	int64_t stands_since; /* loop_now(); 0: it does not */
	struct ndjson lines;
	char since[40];
	int64_t last_nano;
	uint64_t seen[SEEN];
	unsigned seen_at;
	bool lost;      /* and told so */
	bool streaming; /* inside callbacks: freeing waits */
	bool over;
};

static void events_subscribe(void *context);

static void events_release(struct events *events)
{
	if (events->streaming)
		return;
	ndjson_free(&events->lines);
	free(events->stack);
	free(events);
}

void events_stop(struct events *events)
{
	if (!events || events->over)
		return;
	events->over = true;
	request_cancel(events->request);
	timer_unset(&events->retry);
	events_release(events);
}

/* ---- events ---- */

/* FNV-1a: enough to tell 256 events apart. */
static uint64_t event_hash(const struct container_event *event)
{
	const char *texts[] = { event->id, event->action, event->health };
	uint64_t hash = 14695981039346656037u ^ (uint64_t)event->time_nano;

	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		for (const char *at = texts[i]; *at; at++)
			hash = (hash ^ (unsigned char)*at) * 1099511628211u;
		hash *= 1099511628211u;
	}
	return hash ? hash : 1;
}

static bool events_saw(struct events *events, const struct container_event *event)
{
	uint64_t hash = event_hash(event);

	for (size_t i = 0; i < SEEN; i++) {
		if (events->seen[i] == hash)
			return true;
	}
	events->seen[events->seen_at++ % SEEN] = hash;
	return false;
}

static void events_on_line(void *context, json_t *line)
{
	struct events *events = context;
	auto_buf struct buf scratch = { 0 };
	struct container_event event;

	if (events->over || !events_parse(line, &scratch, &event))
		return;
	if (event.time_nano > events->last_nano)
		events->last_nano = event.time_nano;
	if (!events_saw(events, &event))
		events->call.on_event(events->call.context, &event);
}

static bool events_on_data(void *context, const char *data, size_t size)
{
	struct events *events = context;

	events->streaming = true;
	ndjson_feed(&events->lines, data, size, events_on_line, events);
	events->streaming = false;
	if (events->over)
		events_release(events);
	return true;
}

/* ---- the subscription ---- */

static void events_on_headers(void *context, long status)
{
	struct events *events = context;

	if (status != 200)
		return;
	events->lost = false;
	events->stands_since = loop_now();
	events->streaming = true;
	events->call.on_stands(events->call.context);
	events->streaming = false;
	if (events->over)
		events_release(events);
}

static void events_try_later(struct events *events, void (*again)(void *context))
{
	timer_set(engine_loop(events->engine), &events->retry, events->retry_ms, again,
		  events);
	events->retry_ms = events->retry_ms ? events->retry_ms * 2 : RETRY_FIRST_MS;
	if (events->retry_ms > RETRY_MOST_MS)
		events->retry_ms = RETRY_MOST_MS;
}

/* Tells a loss once a gap; false when that made the caller stop us. */
static bool events_tell_lost(struct events *events, const char *what,
			     const struct response *response)
{
	struct err err = { 0 };

	if (events->lost || !events->call.on_lost || response->status == 200)
		return true;
	events->lost = true;
	engine_error(&err, what, response);
	events->streaming = true;
	events->call.on_lost(events->call.context, &err);
	events->streaming = false;
	if (!events->over)
		return true;
	events_release(events);
	return false;
}

static void events_on_end(void *context, const struct response *response)
{
	struct events *events = context;

	events->request = NULL;
	/* One that held for a while comes back at once; others wait ever longer. */
	if (events->stands_since && loop_now() - events->stands_since >= RETRY_MOST_MS)
		events->retry_ms = 0;
	events->stands_since = 0;
	if (events_tell_lost(events, "GET /events", response))
		events_try_later(events, events_subscribe);
}

static char *events_path(const struct events *events)
{
	json_auto_t *filters = NULL;
	auto_free char *text = NULL, *escaped = NULL;
	auto_buf struct buf label = { 0 };
	struct buf path = { 0 };

	buf_printf(&label, "%s=%s", LABEL_STACK, events->stack);
	filters = json_pack("{s:[s], s:[s]}", "type", "container", "label", label.data);
	text = json_dumps(filters, JSON_COMPACT);
	if (!text)
		die_out_of_memory();
	escaped = engine_escape(text);
	if (events->last_nano)
		buf_printf(&path, "/events?since=%" PRId64 ".%09" PRId64 "&filters=%s",
			   events->last_nano / 1000000000, events->last_nano % 1000000000,
			   escaped);
	else
		buf_printf(&path, "/events?since=%s&filters=%s", events->since, escaped);
	return path.data;
}

static void events_subscribe(void *context)
{
	struct events *events = context;
	auto_free char *path = events_path(events);
	struct engine_call call = {
		.method = "GET",
		.path = path,
		.on_data = events_on_data,
		.on_headers = events_on_headers,
		.on_done = events_on_end,
		.context = events,
	};

	/* Half a line of the last connection is no start of a line of this one. */
	ndjson_free(&events->lines);
	events->lines = (struct ndjson){ 0 };
	events->request = engine_call(events->engine, &call);
}

/* ---- the engine's clock ---- */

static void events_ask_time(void *context);

static void events_on_time(void *context, const struct response *response)
{
	struct events *events = context;
	time_t now = curl_getdate(response->server_date, NULL);

	events->request = NULL;
	if (!response_ok(response)) {
		if (events_tell_lost(events, "GET /_ping", response))
			events_try_later(events, events_ask_time);
		return;
	}
	/* An engine without a Date: our own clock, a little early. */
	if (now < 0)
		now = time(NULL) - 2;
	snprintf(events->since, sizeof(events->since), "%lld", (long long)now);
	events_subscribe(events);
}

static void events_ask_time(void *context)
{
	struct events *events = context;
	struct engine_call call = {
		.method = "GET",
		.path = "/_ping",
		.on_done = events_on_time,
		.context = events,
		.timeout_ms = PING_TIMEOUT_MS,
	};

	events->request = engine_call(events->engine, &call);
}

struct events *events_start(struct engine *engine, const struct events_call *call)
{
	struct events *events = calloc(1, sizeof(*events));

	if (!events)
		die_out_of_memory();
	events->engine = engine;
	events->call = *call;
	events->stack = strdup(call->stack);
	if (!events->stack)
		die_out_of_memory();
	events_ask_time(events);
	return events;
}
