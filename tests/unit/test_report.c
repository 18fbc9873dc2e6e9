/* The reporters, told the same story and read back from memory. */
#include "unit.h"

#include "printable.h"
#include "report_kind.h"

#include <jansson.h>
#include <locale.h>
#include <string.h>

static int64_t clock_ms;

static int64_t test_now(void)
{
	return clock_ms;
}

struct told {
	char *text;
	size_t size;
	FILE *out;
	struct reporter *reporter;
};

static void begin(struct told *told, enum progress_mode mode)
{
	*told = (struct told){ 0 };
	clock_ms = 1000000;
	told->out = open_memstream(&told->text, &told->size);
	told->reporter = reporter_new(mode, told->out);
	told->reporter->out = told->out;
	told->reporter->now = test_now;
	told->reporter->began = clock_ms;
}

static void end(struct told *told)
{
	reporter_free(told->reporter);
	fclose(told->out);
	free(told->text);
}

static void step(struct told *told, enum event_kind kind, const char *verb,
		 const char *object, const char *detail)
{
	report(told->reporter,
	       &(struct event){
		       .kind = kind, .verb = verb, .object = object, .detail = detail });
}

/* The screen that a terminal would show after these bytes. */
#define SCREEN_ROWS 60
struct screen {
	char rows[SCREEN_ROWS][400];
	size_t row, used;
};

static void show(struct screen *screen, const char *text)
{
	char *row;
	size_t at = 0;

	*screen = (struct screen){ 0 };
	for (; *text; text++) {
		row = screen->rows[screen->row];
		if (*text == '\n') {
			screen->row++;
			at = 0;
		} else if (*text == '\r') {
			at = 0;
		} else if (*text == '\033') {
			unsigned long n = strtoul(text + 2, (char **)&text, 10);

			if (*text == 'A')
				screen->row -= n;
			else if (*text == 'K')
				row[at] = '\0';
			else if (*text == 'J')
				memset(screen->rows[screen->row], 0,
				       sizeof(screen->rows[0]) *
					       (SCREEN_ROWS - screen->row));
		} else {
			row[at++] = *text;
		}
		if (screen->row > screen->used)
			screen->used = screen->row;
		assert_true(screen->row < SCREEN_ROWS);
	}
}

static bool on_screen(const struct screen *screen, const char *text)
{
	for (size_t i = 0; i < SCREEN_ROWS; i++)
		if (strstr(screen->rows[i], text))
			return true;
	return false;
}

static void plain_tells_one_line_a_transition(void **state)
{
	struct told told;

	(void)state;
	begin(&told, PROGRESS_PLAIN);
	step(&told, EVENT_STARTED, "create", "mongodb-1", NULL);
	clock_ms += 1200;
	step(&told, EVENT_DONE, "create", "mongodb-1", NULL);
	step(&told, EVENT_FAILED, "start", "nats-1", "first\nsecond \033[31m\n");
	step(&told, EVENT_SKIPPED, "start", "proxy-1", "nats-1 failed");
	assert_string_equal(told.text, "   1.2s  created   mongodb-1\n"
				       "   1.2s  FAILED    start nats-1: first\n"
				       "      second \\x1b[31m\n"
				       "   1.2s  skipped   proxy-1: nats-1 failed\n");
	end(&told);
}

static void quiet_tells_only_what_went_wrong(void **state)
{
	struct told told;

	(void)state;
	begin(&told, PROGRESS_QUIET);
	step(&told, EVENT_STARTED, "pull", "mongo:8.0", NULL);
	step(&told, EVENT_DONE, "pull", "mongo:8.0", NULL);
	step(&told, EVENT_NOTE, NULL, NULL, "x");
	fflush(told.out);
	assert_int_equal(told.size, 0);
	step(&told, EVENT_FAILED, "start", "nats-1", "boom");
	assert_non_null(strstr(told.text, "start nats-1: boom"));
	end(&told);
}

static void json_tells_objects_that_parse(void **state)
{
	struct told told;
	json_t *line;

	(void)state;
	begin(&told, PROGRESS_JSON);
	clock_ms += 33;
	report(told.reporter,
	       &(struct event){ .kind = EVENT_FAILED,
				.verb = "start",
				.object = "a-1",
				.detail = "bad \xff byte \033[2J\n\xc2\x9b",
				.elapsed_ms = 12 });
	line = json_loads(told.text, 0, NULL);
	assert_non_null(line);
	assert_int_equal(json_integer_value(json_object_get(line, "v")), 1);
	assert_int_equal(json_integer_value(json_object_get(line, "at_ms")), 33);
	assert_int_equal(json_integer_value(json_object_get(line, "elapsed_ms")), 12);
	assert_string_equal(json_string_value(json_object_get(line, "event")), "step");
	assert_string_equal(json_string_value(json_object_get(line, "status")), "failed");
	assert_string_equal(json_string_value(json_object_get(line, "detail")),
			    "bad \xef\xbf\xbd byte \033[2J\n\xef\xbf\xbd");
	for (size_t i = 0; i + 1 < told.size; i++)
		assert_true((unsigned char)told.text[i] >= ' ');
	json_decref(line);
	end(&told);
}

static void json_tells_progress_now_and_then(void **state)
{
	struct told told;
	size_t lines = 0;

	(void)state;
	begin(&told, PROGRESS_JSON);
	for (int i = 0; i < 100; i++, clock_ms += 10) {
		step(&told, EVENT_PROGRESS, "pull", "a", NULL);
		step(&told, EVENT_PROGRESS, "pull", "b", NULL);
	}
	for (size_t i = 0; i < told.size; i++)
		lines += told.text[i] == '\n';
	assert_int_equal(lines, 10);
	end(&told);
}

static void json_goes_quiet_when_nobody_reads(void **state)
{
	struct told told;
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	begin(&told, PROGRESS_JSON);
	assert_non_null(full);
	told.reporter->out = full;
	step(&told, EVENT_NOTE, NULL, NULL, "x");
	step(&told, EVENT_NOTE, NULL, NULL, "y");
	fclose(full);
	step(&told, EVENT_NOTE, NULL, NULL, "z"); /* touches nothing any more */
	end(&told);
}

static void a_terminal_shows_one_line_an_object(void **state)
{
	struct told told;
	struct screen screen;

	(void)state;
	begin(&told, PROGRESS_TTY);
	setenv("COLUMNS", "80", 1);
	report(told.reporter, &(struct event){ .kind = EVENT_PLAN, .total = 6 });
	step(&told, EVENT_STARTED, "create", "nats-1", NULL);
	step(&told, EVENT_STARTED, "create", "mongodb-1", NULL);
	step(&told, EVENT_DONE, "create", "nats-1", NULL);
	step(&told, EVENT_STARTED, "ready", "nats-1", NULL);
	clock_ms += 1300;
	report_tick(told.reporter);
	show(&screen, told.text);
	assert_int_equal(screen.row, 3);
	assert_true(on_screen(&screen, "nats-1     waiting      1.3s"));
	assert_true(on_screen(&screen, "mongodb-1  creating     1.3s"));
	assert_true(on_screen(&screen, "[1/6] 1.3s"));
	step(&told, EVENT_DONE, "ready", "nats-1", NULL);
	step(&told, EVENT_FAILED, "create", "mongodb-1", "no such image\nsecond");
	report(told.reporter, &(struct event){ .kind = EVENT_END,
					       .failed = true,
					       .detail = "1 failed" });
	show(&screen, told.text);
	assert_non_null(strstr(screen.rows[0], "nats-1     ready        1.3s"));
	assert_non_null(strstr(screen.rows[1], "mongodb-1 could not create: no such"));
	assert_string_equal(screen.rows[2], "      second");
	/* the error that ended the command is main's to tell, once */
	assert_false(on_screen(&screen, "1 failed"));
	end(&told);
}

static void no_line_is_wider_than_the_terminal(void **state)
{
	static const char *const names[] = { "ddp-streamer-1", "日本語の名前-2",
					     "ünïcödé-3", "x\033]0;title\a" };
	static const char *const widths[] = { "10", "17", "24", "40", "61", "200" };

	(void)state;
	for (size_t w = 0; w < COUNT_OF(widths); w++) {
		struct told told;
		struct screen screen;
		size_t columns = strtoul(widths[w], NULL, 10);

		begin(&told, PROGRESS_TTY);
		setenv("COLUMNS", widths[w], 1);
		report(told.reporter, &(struct event){ .kind = EVENT_PLAN, .total = 99 });
		for (size_t i = 0; i < COUNT_OF(names); i++) {
			step(&told, EVENT_STARTED, "ready", names[i],
			     "a detail that is rather long \033[1m and not plain");
			report(told.reporter, &(struct event){ .kind = EVENT_PROGRESS,
							       .verb = "pull",
							       .object = "mongo:8.0",
							       .done = i * 7000000,
							       .total = 30000000 });
			clock_ms += 100;
			report_tick(told.reporter);
		}
		show(&screen, told.text);
		assert_int_equal(screen.row, COUNT_OF(names) + 2);
		for (size_t i = 0; i < screen.row; i++) {
			assert_true(printable_width(screen.rows[i]) < columns);
			assert_null(strchr(screen.rows[i], '\a'));
		}
		end(&told);
	}
}

static void a_narrowed_terminal_is_redrawn_from_the_right_line(void **state)
{
	struct told told;
	size_t before;

	(void)state;
	begin(&told, PROGRESS_TTY);
	setenv("COLUMNS", "80", 1);
	step(&told, EVENT_STARTED, "ready", "mongodb-1",
	     "a detail of a length that fills most of the eighty columns");
	before = told.size;
	setenv("COLUMNS", "40", 1);
	clock_ms += 100;
	report_tick(told.reporter);
	/* The one line of nearly 80 columns has become two. */
	assert_int_equal(strncmp(told.text + before, "\033[2A\r", 5), 0);
	end(&told);
}

static void a_low_terminal_says_how_many_more_there_are(void **state)
{
	struct told told;
	struct screen screen;
	char name[16];

	(void)state;
	begin(&told, PROGRESS_TTY);
	setenv("COLUMNS", "80", 1);
	report(told.reporter, &(struct event){ .kind = EVENT_PLAN, .total = 40 });
	for (int i = 1; i <= 40; i++) {
		snprintf(name, sizeof(name), "s-%d", i);
		step(&told, EVENT_STARTED, "ready", name, NULL);
	}
	show(&screen, told.text);
	assert_true(on_screen(&screen, "and 20 more"));
	assert_true(screen.used < 24);
	end(&told);
}

static void printable_text_steers_nothing(void **state)
{
	auto_buf struct buf out = { 0 };
	static const char nasty[] =
		"a\033[31mred\033["
		"0m\tb\r\n\x7f\xc2\x9b\xe2\x80\xae\xff\xc0\xaf\xed\xa0\x80é";

	(void)state;
	printable_add(&out, nasty, sizeof(nasty) - 1, PRINTABLE_LINE);
	assert_string_equal(out.data,
			    "a\\x1b[31mred\\x1b[0m b\\r\\n\\x7f\\x9b\\u202e\\xff\\xc0"
			    "\\xaf\\xed\\xa0\\x80é");
	buf_clear(&out);
	printable_add(&out, nasty, 14, PRINTABLE_PLAIN | PRINTABLE_TAB);
	assert_string_equal(out.data, "ared\t");
	buf_clear(&out);
	printable_add(&out, "\033[2J\033[31", 8, PRINTABLE_PLAIN);
	assert_string_equal(out.data, "\\x1b[2J\\x1b[31");
	buf_clear(&out);
	printable_cut(&out, "日本語", 5);
	assert_string_equal(out.data, "日本…");
	assert_int_equal(printable_width("日本…"), 5);
}

static void a_copy_is_one_line_that_fits(void **state)
{
	char out[12];

	(void)state;
	printable_copy(out, sizeof(out), " a\n\tb\033c\xff ", 9);
	assert_string_equal(out, "a b c?");
	printable_copy(out, sizeof(out), "éééééé", 12);
	assert_string_equal(out, "éééé…");
	printable_copy(out, 1, "x", 1);
	assert_string_equal(out, "");
}

static void amounts_are_short(void **state)
{
	char time[REPORT_TIME], bytes[REPORT_BYTES];

	(void)state;
	report_time(time, 59949);
	assert_string_equal(time, "59.9s");
	report_time(time, 65000);
	assert_string_equal(time, "1m05s");
	report_time(time, 7620000);
	assert_string_equal(time, "2h07m");
	report_time(time, -5);
	assert_string_equal(time, "0.0s");
	report_bytes(bytes, 999);
	assert_string_equal(bytes, "999 B");
	report_bytes(bytes, 999999);
	assert_string_equal(bytes, "1.0 MB");
	report_bytes(bytes, UINT64_MAX);
	assert_string_equal(bytes, "18.4 EB");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_tells_one_line_a_transition),
		cmocka_unit_test(quiet_tells_only_what_went_wrong),
		cmocka_unit_test(json_tells_objects_that_parse),
		cmocka_unit_test(json_tells_progress_now_and_then),
		cmocka_unit_test(json_goes_quiet_when_nobody_reads),
		cmocka_unit_test(a_terminal_shows_one_line_an_object),
		cmocka_unit_test(no_line_is_wider_than_the_terminal),
		cmocka_unit_test(a_narrowed_terminal_is_redrawn_from_the_right_line),
		cmocka_unit_test(a_low_terminal_says_how_many_more_there_are),
		cmocka_unit_test(printable_text_steers_nothing),
		cmocka_unit_test(a_copy_is_one_line_that_fits),
		cmocka_unit_test(amounts_are_short),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
