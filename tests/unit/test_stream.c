/* stream: JSON lines and multiplexed frames, split anywhere. */
#include "unit.h"

#include "stream.h"

#include <string.h>

static void note_object(void *context, json_t *object)
{
	auto_free char *text = json_dumps(object, JSON_COMPACT);

	buf_printf(context, "%s|", text);
}

static void objects_come_whole_however_they_are_split(void **state)
{
	static const char text[] =
		"{\"a\":1}\r\n\r\nno json\n[1]\n{\"b\":\"x\\ny\"}\n{\"c\":2}";

	(void)state;
	for (size_t split = 1; split < sizeof(text); split++) {
		struct ndjson ndjson = { 0 };
		auto_buf struct buf seen = { 0 };

		for (size_t at = 0; at < sizeof(text) - 1; at += split) {
			size_t left = sizeof(text) - 1 - at;

			ndjson_feed(&ndjson, text + at, split < left ? split : left,
				    note_object, &seen);
		}
		assert_string_equal(buf_text(&seen), "{\"a\":1}|{\"b\":\"x\\ny\"}|");
		ndjson_end(&ndjson, note_object, &seen);
		assert_string_equal(buf_text(&seen),
				    "{\"a\":1}|{\"b\":\"x\\ny\"}|{\"c\":2}|");
		assert_false(ndjson.overlong);
		ndjson_free(&ndjson);
	}
}

static void an_overlong_line_is_dropped_and_the_next_one_read(void **state)
{
	static char blanks[100000];
	struct ndjson ndjson = { 0 };
	auto_buf struct buf seen = { 0 };

	(void)state;
	memset(blanks, ' ', sizeof(blanks));
	ndjson_feed(&ndjson, "{\"a\":1}", 7, note_object, &seen);
	for (int i = 0; i < 20; i++)
		ndjson_feed(&ndjson, blanks, sizeof(blanks), note_object, &seen);
	ndjson_feed(&ndjson, "{\"b\":1}\n{\"c\":1}\n", 16, note_object, &seen);
	assert_string_equal(buf_text(&seen), "{\"c\":1}|");
	assert_true(ndjson.overlong);
	ndjson_free(&ndjson);
}

static void assert_error(const char *line, const char *error)
{
	json_auto_t *object = json_loads(line, 0, NULL);

	if (error)
		assert_string_equal(ndjson_error(object), error);
	else
		assert_null(ndjson_error(object));
}

static void in_band_errors_are_found_in_both_forms(void **state)
{
	(void)state;
	assert_error("{\"errorDetail\":{\"message\":\"new\"},\"error\":\"old\"}", "new");
	assert_error("{\"error\":\"old\"}", "old");
	assert_error("{\"errorDetail\":{\"message\":\"podman\"}}", "podman");
	assert_error("{\"errorDetail\":{}}",
		     "the engine reports an error without a message");
	assert_error("{\"status\":\"Pulling\"}", NULL);
	assert_error("{\"error\":5}", NULL);
}

static void note_piece(void *context, int fd, const char *data, size_t size)
{
	struct buf *outs = context;

	assert_true(fd == 1 || fd == 2);
	assert_true(size > 0);
	buf_add(&outs[fd], data, size);
}

static void frames_are_told_apart_however_they_are_split(void **state)
{
	static const char text[] =
		"\1\0\0\0\0\0\0\3out\2\0\0\0\0\0\0\0\2\0\0\0\0\0\0\4err!"
		"\1\0\0\0\0\0\0\1\n";

	(void)state;
	for (size_t split = 1; split < sizeof(text); split++) {
		struct demux demux = { 0 };
		struct buf outs[3] = { 0 };

		for (size_t at = 0; at < sizeof(text) - 1; at += split) {
			size_t left = sizeof(text) - 1 - at;

			demux_feed(&demux, text + at, split < left ? split : left,
				   note_piece, outs);
		}
		assert_string_equal(buf_text(&outs[1]), "out\n");
		assert_string_equal(buf_text(&outs[2]), "err!");
		assert_false(demux.broken);
		assert_int_equal(demux.left, 0);
		buf_free(&outs[1]);
		buf_free(&outs[2]);
	}
}

static void a_plain_stream_is_recognised_as_none(void **state)
{
	struct demux demux = { 0 };
	struct buf outs[3] = { 0 };

	(void)state;
	demux_feed(&demux, "plain text, no frames", 21, note_piece, outs);
	assert_true(demux.broken);
	assert_null(outs[1].data);
	assert_null(outs[2].data);
}

static void a_frame_of_4_gib_is_just_long(void **state)
{
	struct demux demux = { 0 };
	struct buf outs[3] = { 0 };

	(void)state;
	demux_feed(&demux,
		   "\1\0\0\0\xff\xff\xff\xff"
		   "abc",
		   11, note_piece, outs);
	assert_int_equal(demux.left, 0xffffffff - 3);
	assert_string_equal(buf_text(&outs[1]), "abc");
	buf_free(&outs[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_come_whole_however_they_are_split),
		cmocka_unit_test(an_overlong_line_is_dropped_and_the_next_one_read),
		cmocka_unit_test(in_band_errors_are_found_in_both_forms),
		cmocka_unit_test(frames_are_told_apart_however_they_are_split),
		cmocka_unit_test(a_plain_stream_is_recognised_as_none),
		cmocka_unit_test(a_frame_of_4_gib_is_just_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
