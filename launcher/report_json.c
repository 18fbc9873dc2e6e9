/*
 * JSON lines on standard output, one object an event; docs/json.md is the
 * description that this file keeps to.
 */
#include "report_kind.h"

#include "err.h"
#include "printable.h"

#include <jansson.h>
#include <string.h>

#define PROGRESS_EVERY 200 /* ms between two progress lines of the same step */

#define PROGRESS_SLOTS 16

/* When progress of one object was last told. */
struct slot {
	struct buf object;
	int64_t at;
};

struct report_json {
	struct reporter base;
	bool broken; /* nobody reads any more: work goes on, telling stops */
	struct slot slots[PROGRESS_SLOTS];
};

static void set_text(json_t *line, const char *key, const char *text)
{
	auto_buf struct buf safe = { 0 };

	if (!text)
		return;
	printable_json(&safe, text, strlen(text));
	json_object_set_new(line, key, json_stringn(buf_text(&safe), safe.size));
}

static void set_number(json_t *line, const char *key, int64_t value)
{
	json_object_set_new(line, key, json_integer(value));
}

static const char *status_of(enum event_kind kind)
{
	switch (kind) {
	case EVENT_STARTED:
		return "started";
	case EVENT_PROGRESS:
		return "progress";
	case EVENT_DONE:
		return "done";
	case EVENT_FAILED:
		return "failed";
	case EVENT_SKIPPED:
		return "skipped";
	case EVENT_PLAN:
	case EVENT_NOTE:
	case EVENT_WARNING:
	case EVENT_END:
		return NULL;
	}
	BUG("unknown event");
}

static const char *name_of(enum event_kind kind)
{
	switch (kind) {
	case EVENT_PLAN:
		return "plan";
	case EVENT_NOTE:
		return "note";
	case EVENT_WARNING:
		return "warning";
	case EVENT_END:
		return "end";
	case EVENT_STARTED:
	case EVENT_PROGRESS:
	case EVENT_DONE:
	case EVENT_FAILED:
	case EVENT_SKIPPED:
		return "step";
	}
	BUG("unknown event");
}

static struct slot *slot_of(struct report_json *json, const char *object)
{
	struct slot *oldest = &json->slots[0];

	for (size_t i = 0; i < PROGRESS_SLOTS; i++) {
		if (strcmp(buf_text(&json->slots[i].object), object) == 0)
			return &json->slots[i];
		if (json->slots[i].at < oldest->at)
			oldest = &json->slots[i];
	}
	buf_clear(&oldest->object);
	buf_puts(&oldest->object, object);
	oldest->at = INT64_MIN / 2;
	return oldest;
}

/* Layers report many times a second; a reader wants to see it move, no more. */
static bool is_too_soon(struct report_json *json, const struct event *event)
{
	struct slot *slot = slot_of(json, event->object ? event->object : "");
	int64_t now = json->base.now();

	if (now - slot->at < PROGRESS_EVERY)
		return true;
	slot->at = now;
	return false;
}

static json_t *line_of(const struct report_json *json, const struct event *event)
{
	json_t *line = json_object();

	set_number(line, "v", 1);
	set_text(line, "event", name_of(event->kind));
	set_number(line, "at_ms", report_elapsed(&json->base));
	set_text(line, "status", status_of(event->kind));
	if (event->kind == EVENT_END)
		json_object_set_new(line, "ok", json_boolean(!event->failed));
	set_text(line, "verb", event->verb);
	set_text(line, "object", event->object);
	if (event->kind == EVENT_PROGRESS && (event->done || event->total))
		set_number(line, "done", (int64_t)event->done);
	if (event->kind == EVENT_PLAN || (event->kind == EVENT_PROGRESS && event->total))
		set_number(line, "total", (int64_t)event->total);
	if (status_of(event->kind) || event->kind == EVENT_END)
		set_number(line, "elapsed_ms", event->elapsed_ms);
	set_text(line, "detail", event->detail);
	set_text(line, "url", event->url);
	return line;
}

static void on_event(struct reporter *reporter, const struct event *event)
{
	struct report_json *json = (struct report_json *)reporter;
	json_auto_t *line = NULL;

	if (json->broken)
		return;
	if (event->kind == EVENT_PROGRESS && is_too_soon(json, event))
		return;
	line = line_of(json, event);
	if (json_dumpf(line, json->base.out, JSON_COMPACT) < 0 ||
	    fputc('\n', json->base.out) == EOF || fflush(json->base.out) != 0)
		json->broken = true;
}

static void on_free(struct reporter *reporter)
{
	struct report_json *json = (struct report_json *)reporter;

	for (size_t i = 0; i < PROGRESS_SLOTS; i++)
		buf_free(&json->slots[i].object);
	free(json);
}

struct reporter *report_json_new(void)
{
	struct report_json *json = calloc(1, sizeof(*json));

	if (!json)
		die_out_of_memory();
	json->base = (struct reporter){ .on_event = on_event, .on_free = on_free };
	return &json->base;
}
