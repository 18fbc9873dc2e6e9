/* Logs taken apart: whole lines out of any split, nothing twice, order by time. */
#include "unit.h"

#include "log_print.h"
#include "logs.h"

#include <string.h>

struct seen {
	struct buf text;
	size_t count;
};

static void on_line(void *context, const struct log_line *line)
{
	struct seen *seen = context;

	buf_printf(&seen->text, "%d:%.*s\n", line->fd, (int)line->size, line->text);
	seen->count++;
}

static void add_frame(struct buf *out, int fd, const char *text)
{
	size_t size = strlen(text);
	char header[8] = { (char)fd, 0, 0, 0, 0, 0, (char)(size >> 8), (char)size };

	buf_add(out, header, sizeof(header));
	buf_add(out, text, size);
}

#define AT(second) "2026-01-31T12:00:0" #second ".000000001Z "

static void lines_come_whole_however_the_bytes_are_split(void **state)
{
	auto_buf struct buf stream = { 0 };

	(void)state;
	add_frame(&stream, 1, AT(1) "one\n");
	add_frame(&stream, 2, AT(1) "two\n");
	add_frame(&stream, 1, AT(2) "long ");
	add_frame(&stream, 2, AT(2) "\n");
	add_frame(&stream, 1, AT(2) "line\n");
	add_frame(&stream, 1, "no time\n");
	add_frame(&stream, 1, AT(3) "no newline");
	for (size_t piece = 1; piece <= stream.size; piece++) {
		struct seen seen = { 0 };
		struct log_reader reader = { .on_line = on_line, .context = &seen };

		for (size_t at = 0; at < stream.size; at += piece)
			log_reader_feed(&reader, stream.data + at,
					at + piece > stream.size ? stream.size - at
								 : piece);
		log_reader_end(&reader);
		assert_string_equal(buf_text(&seen.text),
				    "1:one\n2:two\n2:\n1:long line\n1:no time\n"
				    "1:no newline\n");
		log_reader_free(&reader);
		buf_free(&seen.text);
	}
}

static void nothing_is_told_twice_after_a_new_connection(void **state)
{
	auto_buf struct buf before = { 0 }, after = { 0 };
	struct seen seen = { 0 };
	struct log_reader reader = { .on_line = on_line, .context = &seen };

	(void)state;
	add_frame(&before, 1, AT(1) "a\n");
	add_frame(&before, 1, AT(2) "b\n");
	add_frame(&before, 1, AT(2) "c\n");
	/* The engine gives all since the last time, that time included. */
	add_frame(&after, 1, AT(2) "b\n");
	add_frame(&after, 1, AT(2) "c\n");
	add_frame(&after, 1, AT(2) "d\n");
	add_frame(&after, 1, AT(3) "e\n");
	log_reader_feed(&reader, before.data, before.size);
	log_reader_end(&reader);
	for (int i = 0; i < 2; i++) {
		log_reader_restart(&reader);
		log_reader_feed(&reader, after.data, after.size);
		log_reader_end(&reader);
	}
	assert_string_equal(seen.text.data, "1:a\n1:b\n1:c\n1:d\n1:e\n");
	log_reader_free(&reader);
	buf_free(&seen.text);
}

static void times_are_read(void **state)
{
	char text[LOG_SINCE];
	struct err err = { 0 };

	(void)state;
	assert_int_equal(log_time_parse("1970-01-01T00:00:01.5Z"), 1500000000);
	assert_int_equal(log_time_parse("1970-01-01T01:00:01+01:00"), 1000000000);
	assert_int_equal(log_time_parse("2026-01-31T12:00:00.123456789Z") % 1000000000,
			 123456789);
	assert_int_equal(log_time_parse("yesterday"), 0);
	assert_int_equal(log_time_parse("1970-01-01T00:00:01+1:00"), 0);
	assert_int_equal(log_time_parse("1970-01-01T00:00:01Zx"), 0);
	log_since_text(text, 1770000000000000005);
	assert_string_equal(text, "1770000000.000000005");
	assert_int_equal(log_since_parse("10m", 1000, &err), 400000000000);
	assert_int_equal(log_since_parse("1770000000.5", 0, &err), 1770000000500000000);
	assert_int_equal(log_since_parse("1970-01-01T00:00:01Z", 0, &err), 1000000000);
	assert_int_equal(log_since_parse("then", 0, &err), -1);
	assert_int_equal(err_exit_code(&err), 64);
}

static void on_merged(void *context, void *owner, const struct log_line *line)
{
	buf_printf(context, "%s%.*s ", (const char *)owner, (int)line->size, line->text);
}

static void put(struct log_merge *merge, struct log_queue *queue, int64_t time)
{
	char text[8];

	snprintf(text, sizeof(text), "%d", (int)time);
	log_merge_put(
		merge, queue,
		&(struct log_line){
			.time = time, .stamp = "", .text = text, .size = strlen(text) });
}

static void lines_are_merged_by_time(void **state)
{
	auto_buf struct buf out = { 0 };
	struct log_merge merge;
	struct log_queue a, b;
	char names[2][2] = { "a", "b" };

	(void)state;
	log_merge_init(&merge, on_merged, &out);
	log_merge_add(&merge, &a, names[0]);
	log_merge_add(&merge, &b, names[1]);
	put(&merge, &a, 1);
	put(&merge, &a, 4);
	assert_string_equal(buf_text(&out), ""); /* b may have an earlier one */
	put(&merge, &b, 2);
	assert_string_equal(buf_text(&out), "a1 b2 ");
	put(&merge, &b, 3);
	log_merge_end(&merge, &a);
	put(&merge, &b, 5);
	log_merge_end(&merge, &b);
	assert_string_equal(buf_text(&out), "a1 b2 b3 a4 b5 ");
	assert_int_equal(merge.bytes, 0);
	log_merge_free(&merge);
}

static void a_terminal_never_sees_an_escape(void **state)
{
	static const char text[] = "\033[31mred\033[0m \033]0;x\a\tend\r";
	struct log_line line = { .stamp = "", .fd = 2, .text = text };
	struct log_print print;
	char *data = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&data, &size);

	(void)state;
	line.size = sizeof(text) - 1;
	log_print_init(&print, out, false, false);
	log_print_widen(&print, "ddp-streamer", 2);
	log_print_line(&print, "nats", 1, &line);
	print.terminal = true;
	log_print_line(&print, "nats", 1, &line);
	log_print_free(&print);
	print.json = true;
	log_print_line(&print, "nats", 1, &line);
	fflush(out);
	assert_string_equal(
		data, "nats-1         | \033[31mred\033[0m \033]0;x\a\tend\n"
		      "nats-1         | red \\x1b]0;x\\x07\tend\n"
		      "{\"v\":1,\"event\":\"log\",\"service\":\"nats\",\"replica\":1,"
		      "\"stream\":\"stderr\",\"line\":\"\\u001B[31mred\\u001B[0m "
		      "\\u001B]0;x\\u0007\\tend\\r\"}\n");
	log_print_free(&print);
	fclose(out);
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_come_whole_however_the_bytes_are_split),
		cmocka_unit_test(nothing_is_told_twice_after_a_new_connection),
		cmocka_unit_test(times_are_read),
		cmocka_unit_test(lines_are_merged_by_time),
		cmocka_unit_test(a_terminal_never_sees_an_escape),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
