#include "config.h"

#include "logs.h"

#include "opts.h"

#include <string.h>
#include <time.h>

#define LINE_LIMIT (1024 * 1024)       /* bytes; a longer line is cut in pieces */
#define MERGE_LIMIT (32 * 1024 * 1024) /* bytes kept for the sake of order */
#define SECOND 1000000000LL

int64_t log_time_parse(const char *text)
{
	struct tm tm = { 0 };
	const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
	int64_t nanoseconds = 0, scale = SECOND, seconds;

	if (!rest)
		return 0;
	if (*rest == '.') {
		for (rest++; *rest >= '0' && *rest <= '9'; rest++) {
			scale /= 10;
			nanoseconds += (*rest - '0') * scale;
		}
	}
	seconds = timegm(&tm);
	if (*rest == '+' || *rest == '-') {
		unsigned hours, minutes;
		int used = 0;

		if (sscanf(rest + 1, "%2u:%2u%n", &hours, &minutes, &used) != 2 ||
		    used != 5)
			return 0;
		seconds -= (*rest == '+' ? 1 : -1) *
			   (int64_t)(hours * 3600 + minutes * 60);
		rest += 6;
	} else if (*rest == 'Z') {
		rest++;
	}
	if (*rest || seconds < 0 || seconds > INT64_MAX / SECOND - 1)
		return 0;
	return seconds * SECOND + nanoseconds;
}

void log_since_text(char text[LOG_SINCE], int64_t nanoseconds)
{
	snprintf(text, LOG_SINCE, "%lld.%09lld", (long long)(nanoseconds / SECOND),
		 (long long)(nanoseconds % SECOND));
}

int64_t log_since_parse(const char *text, int64_t now_seconds, struct err *err)
{
	size_t digits = strspn(text, "0123456789");
	int64_t time = log_time_parse(text), ago;

	if (time > 0)
		return time;
	if (digits && digits < 12 && (text[digits] == '\0' || text[digits] == '.')) {
		char *end;
		double seconds = strtod(text, &end);

		if (*end == '\0' && seconds < 1e10)
			return (int64_t)(seconds * 1e6) * 1000;
	}
	ago = duration_parse(text);
	if (ago >= 0)
		return ago < now_seconds ? (now_seconds - ago) * SECOND : 0;
	return err_set(err, ERR_USAGE,
		       "--since %s: not a time such as 10m, 2026-01-31T12:00:00Z or "
		       "1770000000",
		       text);
}

/* Is it one that was told before the connection broke? */
static bool is_known(struct log_reader *reader, int64_t time)
{
	if (!reader->again)
		return false;
	if (time < reader->last)
		return true;
	if (time == reader->last && reader->skip) {
		reader->skip--;
		return true;
	}
	reader->again = time == reader->last;
	return false;
}

static void tell(struct log_reader *reader, struct log_half *half)
{
	struct log_line line = {
		.time = log_time_parse(half->line_stamp),
		.stamp = half->line_stamp,
		.fd = half == &reader->halves[0] ? 1 : 2,
		.text = buf_text(&half->text),
		.size = half->text.size,
	};

	if (line.time && is_known(reader, line.time))
		return;
	if (line.time != reader->last) {
		reader->last = line.time;
		reader->at_last = 0;
	}
	reader->at_last++;
	reader->on_line(reader->context, &line);
}

static void add_text(struct log_reader *reader, struct log_half *half, const char *data,
		     size_t size)
{
	while (size) {
		const char *newline = memchr(data, '\n', size);
		size_t piece = newline ? (size_t)(newline - data) : size;

		buf_add(&half->text, data, piece);
		if (newline || half->text.size > LINE_LIMIT) {
			tell(reader, half);
			buf_clear(&half->text);
		}
		piece += newline != NULL;
		data += piece;
		size -= piece;
	}
}

/*
 * A frame begins with its time and a blank. A line too long for one frame
 * comes in several, each with a time of its own: only the first one counts.
 */
static bool end_stamp(struct log_reader *reader, struct log_half *half)
{
	half->in_stamp = false;
	if (log_time_parse(buf_text(&half->stamp))) {
		if (!half->text.size)
			snprintf(half->line_stamp, sizeof(half->line_stamp), "%s",
				 half->stamp.data);
		return true;
	}
	/* No time after all: what was read belongs to the line. */
	half->line_stamp[0] = '\0';
	add_text(reader, half, buf_text(&half->stamp), half->stamp.size);
	return false;
}

static void on_piece(void *context, int fd, const char *data, size_t size)
{
	struct log_reader *reader = context;
	struct log_half *half = &reader->halves[fd == 2];

	if (!reader->in_frame) {
		buf_clear(&half->stamp);
		half->in_stamp = true;
	}
	reader->in_frame = reader->demux.left > 0;
	while (size && half->in_stamp) {
		if (*data != ' ' && *data != '\n' &&
		    half->stamp.size + 1 < sizeof(half->line_stamp)) {
			buf_add(&half->stamp, data++, 1);
			size--;
		} else if (end_stamp(reader, half) && *data == ' ') {
			data++; /* belongs to the time */
			size--;
		}
	}
	if (!half->in_stamp)
		add_text(reader, half, data, size);
}

void log_reader_feed(struct log_reader *reader, const char *data, size_t size)
{
	demux_feed(&reader->demux, data, size, on_piece, reader);
}

void log_reader_end(struct log_reader *reader)
{
	for (size_t i = 0; i < COUNT_OF(reader->halves); i++) {
		struct log_half *half = &reader->halves[i];

		if (half->text.size)
			tell(reader, half);
		buf_clear(&half->text);
		half->in_stamp = false;
	}
}

void log_reader_restart(struct log_reader *reader)
{
	reader->demux = (struct demux){ 0 };
	reader->in_frame = false;
	reader->again = reader->last > 0;
	reader->skip = reader->at_last;
}

void log_reader_free(struct log_reader *reader)
{
	for (size_t i = 0; i < COUNT_OF(reader->halves); i++) {
		buf_free(&reader->halves[i].text);
		buf_free(&reader->halves[i].stamp);
	}
}

void log_merge_init(struct log_merge *merge,
		    void (*on_line)(void *context, void *owner,
				    const struct log_line *line),
		    void *context)
{
	*merge = (struct log_merge){ .on_line = on_line, .context = context };
	STAILQ_INIT(&merge->queues);
}

void log_merge_add(struct log_merge *merge, struct log_queue *queue, void *owner)
{
	*queue = (struct log_queue){ .owner = owner };
	STAILQ_INIT(&queue->lines);
	STAILQ_INSERT_TAIL(&merge->queues, queue, link);
}

static size_t kept_size(const struct log_line *line)
{
	return sizeof(struct log_kept) + line->size + strlen(line->stamp) + 2;
}

static void forget_first(struct log_merge *merge, struct log_queue *queue)
{
	struct log_kept *kept = STAILQ_FIRST(&queue->lines);

	merge->bytes -= kept_size(&kept->line);
	STAILQ_REMOVE_HEAD(&queue->lines, link);
	free(kept);
}

/* The queue whose turn it is; NULL while one that may yet be earlier is empty. */
static struct log_queue *next_queue(const struct log_merge *merge)
{
	struct log_queue *queue, *first = NULL;

	STAILQ_FOREACH(queue, &merge->queues, link)
	{
		const struct log_kept *kept = STAILQ_FIRST(&queue->lines);

		if (!kept && !queue->ended && merge->bytes < MERGE_LIMIT)
			return NULL;
		if (kept &&
		    (!first || kept->line.time < STAILQ_FIRST(&first->lines)->line.time))
			first = queue;
	}
	return first;
}

static void drain(struct log_merge *merge)
{
	struct log_queue *queue;

	while ((queue = next_queue(merge))) {
		merge->on_line(merge->context, queue->owner,
			       &STAILQ_FIRST(&queue->lines)->line);
		forget_first(merge, queue);
	}
}

void log_merge_put(struct log_merge *merge, struct log_queue *queue,
		   const struct log_line *line)
{
	size_t stamp = strlen(line->stamp) + 1;
	struct log_kept *kept = malloc(kept_size(line));
	char *text;

	if (!kept)
		die_out_of_memory();
	text = (char *)(kept + 1);
	kept->line = *line;
	memcpy(text, line->stamp, stamp);
	memcpy(text + stamp, line->text, line->size);
	text[stamp + line->size] = '\0';
	kept->line.stamp = text;
	kept->line.text = text + stamp;
	STAILQ_INSERT_TAIL(&queue->lines, kept, link);
	merge->bytes += kept_size(line);
	drain(merge);
}

void log_merge_end(struct log_merge *merge, struct log_queue *queue)
{
	queue->ended = true;
	drain(merge);
}

void log_merge_free(struct log_merge *merge)
{
	struct log_queue *queue;

	STAILQ_FOREACH(queue, &merge->queues, link)
	while (!STAILQ_EMPTY(&queue->lines))
		forget_first(merge, queue);
}
