/*
 * For a terminal somebody looks at. One line an object: while it is worked on
 * it stays in a live part at the bottom, with what is being done and for how
 * long; once it has reached its end it scrolls up and is never touched again.
 * The last line counts the steps.
 *
 *    ✔ nats-1         ready       1.3s
 *    ⠹ mongodb-1      waiting     4.1s  no primary yet
 *    ⠹ rocketchat-1   starting    0.2s
 *   [12/31] 4.4s
 *
 * Nothing of the terminal is changed that would need restoring: no hidden
 * cursor, no other screen, no raw mode. The cursor always rests on the line
 * below, so that even after SIGKILL the prompt stands where it should.
 */
#include "report_kind.h"

#include "err.h"
#include "pen.h"
#include "printable.h"

#include <string.h>
#include <sys/ioctl.h>
#include <sys/queue.h>

#define FRAME_EVERY 80 /* ms between two redraws that only move time on */
#define OBJECT_MAX 44  /* columns; longer names are cut */
#define BAR_COLUMNS 20

enum line_state { LINE_DOING, LINE_DONE };

/* One object in the live part. */
struct line {
	struct buf object, verb, detail; /* printable, one line each */
	enum line_state state;
	int64_t began; /* its first step */
	int64_t took;  /* until its last step was done */
	uint64_t done, total;
	TAILQ_ENTRY(line) link;
};

struct report_tty {
	struct reporter base;
	TAILQ_HEAD(, line) lines;
	struct buf above;     /* finished text that the next frame scrolls up */
	size_t *widths;       /* columns of each line drawn last … */
	size_t drawn, room;   /* … how many there are, and fit */
	size_t object_column; /* columns of the widest object so far */
	uint64_t steps, steps_done;
	int64_t frame_at;
	unsigned turn; /* of the spinner */
	bool ended;
};

static void terminal_size(const struct report_tty *tty, size_t *columns, size_t *rows)
{
	const char *text = getenv("COLUMNS");
	struct winsize size = { 0 };
	int fd = fileno(tty->base.out);

	*columns = text ? strtoul(text, NULL, 10) : 0;
	*rows = 24;
	/* Asked anew for each frame: so a SIGWINCH needs no care at all. */
	if (fd >= 0 && ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col) {
		*columns = size.ws_col;
		*rows = size.ws_row;
	}
	if (*columns == 0 || *columns > 1000)
		*columns = 80;
	if (*columns < 10)
		*columns = 10;
	if (*rows < 4)
		*rows = 4;
}

static const char *mark(const struct report_tty *tty, const char *fancy,
			const char *simple)
{
	return tty->base.unicode ? fancy : simple;
}

static const char *spinner(const struct report_tty *tty)
{
	static const char *const fancy[] = { "⠋", "⠙", "⠹", "⠸", "⠼",
					     "⠴", "⠦", "⠧", "⠇", "⠏" };
	static const char *const simple[] = { "|", "/", "-", "\\" };

	return tty->base.unicode ? fancy[tty->turn % COUNT_OF(fancy)]
				 : simple[tty->turn % COUNT_OF(simple)];
}

static void put_bar(const struct report_tty *tty, struct pen *pen,
		    const struct line *line)
{
	auto_buf struct buf bar = { 0 };
	char done[REPORT_BYTES], total[REPORT_BYTES];
	uint64_t part = line->done < line->total ? line->done : line->total;
	size_t full = (size_t)((double)part / (double)line->total * BAR_COLUMNS);
	char text[3 * REPORT_BYTES];

	report_bytes(done, line->done);
	report_bytes(total, line->total);
	snprintf(text, sizeof(text), " %s of %s", done, total);
	if (pen->left > BAR_COLUMNS + strlen(text)) {
		for (size_t i = 0; i < BAR_COLUMNS; i++)
			buf_puts(&bar,
				 i < full ? mark(tty, "━", "=") : mark(tty, "─", "."));
		pen_put(pen, STYLE_BUSY, buf_text(&bar));
	}
	pen_put(pen, STYLE_NONE, text + (pen->used && text[0] == ' ' && !bar.size));
}

/* " ✔ object   verb   1.2s  detail" */
static void put_line(const struct report_tty *tty, struct pen *pen,
		     const struct line *line)
{
	struct report_words words = report_words(buf_text(&line->verb));
	bool doing = line->state == LINE_DOING;
	size_t object = tty->object_column;
	char time[REPORT_TIME], padded[REPORT_TIME + 8];

	/* A narrow terminal first takes from the name, never from what is done. */
	if (object + 24 > pen->left + pen->used)
		object = pen->left > 34 ? pen->left - 24 : 10;
	if (doing)
		pen_put(pen, STYLE_BUSY, spinner(tty));
	else
		pen_put(pen, STYLE_GOOD, mark(tty, "✔", "+"));
	pen_put(pen, STYLE_NONE, " ");
	{
		auto_buf struct buf name = { 0 };

		printable_cut(&name, buf_text(&line->object), object);
		pen_put(pen, STYLE_NONE, buf_text(&name));
	}
	pen_pad(pen, object + 4);
	pen_put(pen, doing ? STYLE_BUSY : STYLE_GOOD, doing ? words.doing : words.done);
	pen_pad(pen, object + 4 + 11);
	report_time(time, doing ? tty->base.now() - line->began : line->took);
	snprintf(padded, sizeof(padded), "%6s", time);
	pen_put(pen, STYLE_DIM, padded);
	if (doing && line->total) {
		pen_put(pen, STYLE_NONE, "  ");
		put_bar(tty, pen, line);
	} else if (line->detail.size) {
		pen_put(pen, STYLE_NONE, "  ");
		pen_put(pen, STYLE_DIM, buf_text(&line->detail));
	}
}

static struct pen pen_new(const struct report_tty *tty, struct buf *out, size_t columns)
{
	/* The last column stays free: terminals differ in what they do there. */
	return (struct pen){ .out = out, .left = columns - 1, .color = tty->base.color };
}

/* The finished line scrolls up with the next frame. */
static void settle(struct report_tty *tty, struct line *line)
{
	size_t columns, rows;
	struct pen pen;

	terminal_size(tty, &columns, &rows);
	pen = pen_new(tty, &tty->above, columns);
	put_line(tty, &pen, line);
	buf_puts(&tty->above, "\033[K\n");
	TAILQ_REMOVE(&tty->lines, line, link);
	buf_free(&line->object);
	buf_free(&line->verb);
	buf_free(&line->detail);
	free(line);
}

static size_t count_lines(const struct report_tty *tty)
{
	const struct line *line;
	size_t count = 0;

	TAILQ_FOREACH(line, &tty->lines, link)
	count++;
	return count;
}

/* Done lines that wait for a next step go first when the live part grows too high. */
static void make_room(struct report_tty *tty, size_t most)
{
	struct line *line = TAILQ_FIRST(&tty->lines);
	size_t count = count_lines(tty);

	while (line && count > most) {
		struct line *next = TAILQ_NEXT(line, link);

		if (line->state == LINE_DONE) {
			settle(tty, line);
			count--;
		}
		line = next;
	}
}

static void remember_width(struct report_tty *tty, size_t width)
{
	if (tty->drawn == tty->room) {
		tty->room = tty->room ? tty->room * 2 : 16;
		tty->widths = realloc(tty->widths, tty->room * sizeof(*tty->widths));
		if (!tty->widths)
			die_out_of_memory();
	}
	tty->widths[tty->drawn++] = width;
}

/* To the first line of the live part; a narrowed terminal has wrapped its lines. */
static void go_back(struct report_tty *tty, struct buf *frame, size_t columns)
{
	size_t up = 0;

	for (size_t i = 0; i < tty->drawn; i++)
		up += tty->widths[i] > columns ? (tty->widths[i] + columns - 1) / columns
					       : 1;
	tty->drawn = 0;
	if (up)
		buf_printf(frame, "\033[%zuA", up);
	buf_puts(frame, "\r");
}

static void add_live_lines(struct report_tty *tty, struct buf *frame, size_t columns,
			   size_t most)
{
	size_t count = count_lines(tty), shown = 0;
	struct line *line;

	TAILQ_FOREACH(line, &tty->lines, link)
	{
		struct pen pen = pen_new(tty, frame, columns);
		char more[48];

		if (shown + 1 == most && count > most) {
			snprintf(more, sizeof(more), "  and %zu more", count - shown);
			pen_put(&pen, STYLE_DIM, more);
		} else {
			put_line(tty, &pen, line);
		}
		buf_puts(frame, "\033[K\n");
		remember_width(tty, pen.used);
		if (++shown == most)
			break;
	}
}

static void add_summary(struct report_tty *tty, struct buf *frame, size_t columns)
{
	struct pen pen = pen_new(tty, frame, columns);
	char text[64], time[REPORT_TIME];

	report_time(time, report_elapsed(&tty->base));
	snprintf(text, sizeof(text), "[%llu/%llu] ", (unsigned long long)tty->steps_done,
		 (unsigned long long)tty->steps);
	pen_put(&pen, STYLE_BOLD, text);
	pen_put(&pen, STYLE_DIM, time);
	buf_puts(frame, "\033[K\n");
	remember_width(tty, pen.used);
}

static void draw(struct report_tty *tty)
{
	auto_buf struct buf frame = { 0 };
	size_t columns, rows;

	terminal_size(tty, &columns, &rows);
	make_room(tty, rows - 3);
	go_back(tty, &frame, columns);
	buf_add(&frame, buf_text(&tty->above), tty->above.size);
	buf_clear(&tty->above);
	if (!tty->ended) {
		add_live_lines(tty, &frame, columns, rows - 3);
		if (tty->steps)
			add_summary(tty, &frame, columns);
	}
	buf_puts(&frame, "\033[J");
	/* In one piece, so that no half frame is ever seen. */
	fwrite(frame.data, 1, frame.size, tty->base.out);
	fflush(tty->base.out);
	tty->frame_at = tty->base.now();
}

static void set_text(struct buf *buf, const char *text)
{
	buf_clear(buf);
	printable_add(buf, text ? text : "", text ? strcspn(text, "\n") : 0,
		      PRINTABLE_LINE);
}

static struct line *line_of(struct report_tty *tty, const char *object)
{
	auto_buf struct buf name = { 0 };
	struct line *line;
	size_t width;

	set_text(&name, object);
	TAILQ_FOREACH(line, &tty->lines, link)
	if (strcmp(buf_text(&line->object), buf_text(&name)) == 0)
		return line;
	line = calloc(1, sizeof(*line));
	if (!line)
		die_out_of_memory();
	line->began = tty->base.now();
	set_text(&line->object, object);
	width = printable_width(buf_text(&line->object));
	if (width > OBJECT_MAX)
		width = OBJECT_MAX;
	if (width > tty->object_column)
		tty->object_column = width;
	TAILQ_INSERT_TAIL(&tty->lines, line, link);
	return line;
}

static void on_step(struct report_tty *tty, const struct event *event)
{
	struct line *line = line_of(tty, event->object);

	set_text(&line->verb, event->verb);
	set_text(&line->detail, event->detail);
	line->state = LINE_DOING;
	line->done = event->done;
	line->total = event->total;
}

static void on_done(struct report_tty *tty, const struct event *event)
{
	struct line *line = line_of(tty, event->object);

	on_step(tty, event);
	line->state = LINE_DONE;
	line->took = tty->base.now() - line->began;
	if (line->took < event->elapsed_ms)
		line->took = event->elapsed_ms;
	/* "network rocketchat", "volume …": created, they have no next step. */
	if (report_words(event->verb).settles || strchr(event->object, ' '))
		settle(tty, line);
	tty->steps_done++;
}

/* A line of its own that scrolls up, and what else the detail says below it. */
static void say(struct report_tty *tty, const char *style, const char *sign,
		const char *object, const char *word, const char *detail)
{
	auto_buf struct buf first = { 0 }, further = { 0 }, name = { 0 };
	struct pen pen = { .out = &tty->above, .left = 8192, .color = tty->base.color };

	report_split(detail, &first, &further);
	pen_put(&pen, style, sign);
	pen_put(&pen, STYLE_NONE, " ");
	if (object) {
		printable_add(&name, object, strlen(object), PRINTABLE_LINE);
		pen_put(&pen, STYLE_BOLD, buf_text(&name));
		pen_put(&pen, STYLE_NONE, word ? " " : ": ");
	}
	if (word) {
		pen_put(&pen, style, word);
		pen_put(&pen, STYLE_NONE, first.size ? ": " : "");
	}
	pen_put(&pen, STYLE_NONE, buf_text(&first));
	buf_puts(&tty->above, "\033[K\n");
	for (const char *at = buf_text(&further); *at; at += strcspn(at, "\n") + 1)
		buf_printf(&tty->above, "%.*s\033[K\n", (int)strcspn(at, "\n"), at);
}

static void forget(struct report_tty *tty, const char *object)
{
	struct line *line = line_of(tty, object);
	size_t kept = tty->above.size;

	settle(tty, line);
	tty->above.size = kept;
	if (tty->above.data)
		tty->above.data[kept] = '\0';
}

static void on_failed(struct report_tty *tty, const struct event *event)
{
	char word[64];

	if (event->object)
		forget(tty, event->object);
	snprintf(word, sizeof(word), "could not %s",
		 event->verb ? event->verb : "be done");
	if (event->verb && strcmp(event->verb, "ready") == 0)
		snprintf(word, sizeof(word), "did not become ready");
	say(tty, STYLE_BAD, mark(tty, "✘", "x"), event->object, word, event->detail);
	tty->steps_done++;
}

static void on_end(struct report_tty *tty, const struct event *event)
{
	struct pen pen;
	struct line *line, *next;

	for (line = TAILQ_FIRST(&tty->lines); line; line = next) {
		next = TAILQ_NEXT(line, link);
		if (line->state == LINE_DONE)
			settle(tty, line);
	}
	tty->ended = true;
	if (event->failed) /* main tells the error that ended the command */
		return;
	say(tty, STYLE_GOOD, mark(tty, "✔", "+"), NULL, NULL, event->detail);
	if (!event->url)
		return;
	pen = (struct pen){ .out = &tty->above, .left = 8192, .color = tty->base.color };
	pen_put(&pen, STYLE_NONE, "  ");
	pen_put(&pen, STYLE_BOLD, event->url);
	buf_puts(&tty->above, "\033[K\n");
}

static void on_event(struct reporter *reporter, const struct event *event)
{
	struct report_tty *tty = (struct report_tty *)reporter;

	switch (event->kind) {
	case EVENT_PLAN:
		tty->steps = event->total;
		break;
	case EVENT_STARTED:
		on_step(tty, event);
		break;
	case EVENT_PROGRESS:
		on_step(tty, event);
		/* Comes far too often to draw each. */
		report_tick(reporter);
		return;
	case EVENT_DONE:
		on_done(tty, event);
		break;
	case EVENT_FAILED:
		on_failed(tty, event);
		break;
	case EVENT_SKIPPED:
		say(tty, STYLE_DIM, mark(tty, "–", "-"), event->object, "skipped",
		    event->detail);
		tty->steps_done++;
		break;
	case EVENT_NOTE:
		say(tty, STYLE_BUSY, mark(tty, "•", "*"), event->object, NULL,
		    event->detail);
		break;
	case EVENT_WARNING:
		say(tty, STYLE_WARN, "!", event->object, NULL, event->detail);
		break;
	case EVENT_END:
		on_end(tty, event);
		break;
	}
	draw(tty);
}

static void on_tick(struct reporter *reporter)
{
	struct report_tty *tty = (struct report_tty *)reporter;

	if (tty->ended || tty->base.now() - tty->frame_at < FRAME_EVERY)
		return;
	tty->turn++;
	draw(tty);
}

static void on_free(struct reporter *reporter)
{
	struct report_tty *tty = (struct report_tty *)reporter;
	struct line *line;

	/* Left in the middle: what was under way stays to be read. */
	while ((line = TAILQ_FIRST(&tty->lines)))
		settle(tty, line);
	tty->ended = true;
	if (tty->drawn || tty->above.size)
		draw(tty);
	buf_free(&tty->above);
	free(tty->widths);
	free(tty);
}

struct reporter *report_tty_new(void)
{
	struct report_tty *tty = calloc(1, sizeof(*tty));

	if (!tty)
		die_out_of_memory();
	tty->base = (struct reporter){
		.on_event = on_event,
		.on_tick = on_tick,
		.on_free = on_free,
	};
	TAILQ_INIT(&tty->lines);
	return &tty->base;
}
