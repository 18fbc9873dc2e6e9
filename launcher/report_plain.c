/*
 * Line by line, for logs and pipes: each line begins with the time since the
 * command began, and nothing is ever redrawn.
 *
 *    1.2s  created   mongodb-1
 *
 * Quiet is the same with everything left out but what went wrong.
 */
#include "report_kind.h"

#include "err.h"
#include "printable.h"

#include <string.h>

#define PROGRESS_EVERY 10000 /* ms between two lines on one long step */

struct report_plain {
	struct reporter base;
	bool quiet;
	int64_t progress_at; /* when progress was last told, of any step */
};

static void say(struct report_plain *plain, const char *word, const char *object,
		const char *detail)
{
	auto_buf struct buf line = { 0 }, first = { 0 }, further = { 0 };
	char time[REPORT_TIME];

	report_time(time, report_elapsed(&plain->base));
	buf_printf(&line, "%7s  %-9s", time, word);
	if (object) {
		buf_puts(&line, " ");
		printable_add(&line, object, strlen(object), PRINTABLE_LINE);
	}
	report_split(detail, &first, &further);
	if (first.size)
		buf_printf(&line, "%s%s", object ? ": " : " ", first.data);
	fprintf(plain->base.out, "%s\n%s", line.data, buf_text(&further));
	fflush(plain->base.out);
}

static void say_progress(struct report_plain *plain, const struct event *event)
{
	int64_t now = plain->base.now();
	char done[REPORT_BYTES], total[REPORT_BYTES], text[3 * REPORT_BYTES];

	if (now - plain->progress_at < PROGRESS_EVERY)
		return;
	plain->progress_at = now;
	if (!event->total) {
		say(plain, report_words(event->verb).doing, event->object, event->detail);
		return;
	}
	report_bytes(done, event->done);
	report_bytes(total, event->total);
	snprintf(text, sizeof(text), "%s of %s", done, total);
	say(plain, report_words(event->verb).doing, event->object, text);
}

static void say_end(struct report_plain *plain, const struct event *event)
{
	auto_buf struct buf text = { 0 };

	if (event->failed) /* main tells the error that ended the command */
		return;
	buf_puts(&text, event->detail ? event->detail : "");
	if (event->url)
		buf_printf(&text, "%s%s", text.size ? " " : "", event->url);
	say(plain, "done", NULL, buf_text(&text));
}

static void say_failed(struct report_plain *plain, const struct event *event)
{
	auto_buf struct buf object = { 0 };

	buf_printf(&object, "%s %s", event->verb ? event->verb : "step",
		   event->object ? event->object : "");
	say(plain, "FAILED", object.data, event->detail);
}

static void on_event(struct reporter *reporter, const struct event *event)
{
	struct report_plain *plain = (struct report_plain *)reporter;

	if (plain->quiet && event->kind != EVENT_FAILED && event->kind != EVENT_WARNING)
		return;
	switch (event->kind) {
	case EVENT_PLAN:
		break;
	case EVENT_STARTED:
		if (report_words(event->verb).slow)
			say(plain, report_words(event->verb).doing, event->object,
			    event->detail);
		plain->progress_at = plain->base.now();
		break;
	case EVENT_PROGRESS:
		say_progress(plain, event);
		break;
	case EVENT_DONE:
		say(plain, report_words(event->verb).done, event->object, event->detail);
		break;
	case EVENT_FAILED:
		say_failed(plain, event);
		break;
	case EVENT_SKIPPED:
		say(plain, "skipped", event->object, event->detail);
		break;
	case EVENT_NOTE:
		say(plain, "note", event->object, event->detail);
		break;
	case EVENT_WARNING:
		say(plain, "warning", event->object, event->detail);
		break;
	case EVENT_END:
		say_end(plain, event);
		break;
	}
}

static void on_free(struct reporter *reporter)
{
	free(reporter);
}

struct reporter *report_plain_new(bool quiet)
{
	struct report_plain *plain = calloc(1, sizeof(*plain));

	if (!plain)
		die_out_of_memory();
	plain->base = (struct reporter){ .on_event = on_event, .on_free = on_free };
	plain->quiet = quiet;
	return &plain->base;
}
