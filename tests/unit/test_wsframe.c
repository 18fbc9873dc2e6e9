/* wsframe: the examples of RFC 6455, and what a server must not do. */
#include "unit.h"

#include "wsframe.h"

#include <string.h>

#define KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define UPGRADE                                                                          \
	"HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\n"                     \
	"Connection: keep-alive, Upgrade\r\nSec-WebSocket-Accept:  "                     \
	"s3pPLMBiTxaQ9kYGzzhZRbK+xOo= \r\n"

static void the_answer_to_the_rfcs_key(void **state)
{
	char accept[WS_ACCEPT_ROOM], one[WS_KEY_ROOM], two[WS_KEY_ROOM];

	(void)state;
	ws_accept_for(KEY, accept);
	assert_string_equal(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
	ws_key_new(one);
	ws_key_new(two);
	assert_int_equal(strlen(one), 24);
	assert_string_not_equal(one, two);
}

static void requests_cannot_be_split_by_what_they_name(void **state)
{
	auto_buf struct buf out = { 0 };

	(void)state;
	ws_request(&out, "chat.example:3000\r\nX-Evil: 1", "/websocket HTTP/1.1\r\n",
		   KEY);
	assert_string_equal(out.data,
			    "GET /websocket HTTP/1.1\r\nHost: chat.example:3000\r\n"
			    "Upgrade: websocket\r\nConnection: Upgrade\r\n"
			    "Sec-WebSocket-Key: " KEY "\r\n"
			    "Sec-WebSocket-Version: 13\r\n\r\n");
}

static enum ws_upgrade check(const char *text, struct ws_answer *answer)
{
	return ws_check_upgrade(text, strlen(text), KEY, answer);
}

static void an_upgrade_is_recognised_once_it_is_whole(void **state)
{
	static const char text[] = UPGRADE "\r\n\x81\x01x";
	struct ws_answer answer;

	(void)state;
	for (size_t size = 0; size < sizeof(UPGRADE "\r\n") - 1; size++)
		assert_int_equal(ws_check_upgrade(text, size, KEY, &answer),
				 WS_UPGRADE_MORE);
	assert_int_equal(check(text, &answer), WS_UPGRADE_DONE);
	assert_int_equal(answer.size, sizeof(UPGRADE "\r\n") - 1);
	assert_int_equal(answer.status, 101);
}

static void what_is_no_upgrade_is_refused(void **state)
{
	static const struct {
		const char *text;
		int status;
	} cases[] = {
		{ "HTTP/1.1 503 Unavailable\r\nRetry-After: 1\r\n\r\n", 503 },
		{ "HTTP/1.1 200 OK\r\n\r\n", 200 },
		{ "garbage garbage garbage\r\n\r\n", 0 },
		{ "HTTP/1.1 101 X\r\n\r\n", 101 },
		{ "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
		  "Sec-WebSocket-Accept: AAAALMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
		  101 },
		{ "HTTP/1.1 101 X\r\nUpgrade: h2c\r\nConnection: upgrade\r\n"
		  "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
		  101 },
		{ "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: close\r\n"
		  "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
		  101 },
		{ UPGRADE "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n", 101 },
		{ UPGRADE "Sec-WebSocket-Protocol: chat\r\n\r\n", 101 },
	};
	struct ws_answer answer;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		assert_int_equal(check(cases[i].text, &answer), WS_UPGRADE_REFUSED);
		assert_int_equal(answer.status, cases[i].status);
		assert_non_null(answer.why);
	}
}

static void an_endless_answer_is_refused(void **state)
{
	static char text[20000];
	struct ws_answer answer;

	(void)state;
	memset(text, 'x', sizeof(text));
	assert_int_equal(ws_check_upgrade(text, 16000, KEY, &answer), WS_UPGRADE_MORE);
	assert_int_equal(ws_check_upgrade(text, sizeof(text), KEY, &answer),
			 WS_UPGRADE_REFUSED);
}

static void masking_is_that_of_the_rfc(void **state)
{
	static const unsigned char mask[4] = { 0x37, 0xfa, 0x21, 0x3d };
	auto_buf struct buf out = { 0 };

	(void)state;
	ws_encode(&out, WS_TEXT, "Hello", 5, mask);
	assert_int_equal(out.size, 11);
	assert_memory_equal(out.data, "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", 11);
}

static void lengths_take_one_of_three_forms(void **state)
{
	static const struct {
		size_t size, header;
		const char *start;
	} cases[] = {
		{ 125, 6, "\x82\xfd" },
		{ 126, 8, "\x82\xfe\x00\x7e" },
		{ 65535, 8, "\x82\xfe\xff\xff" },
		{ 65536, 14, "\x82\xff\0\0\0\0\0\1\0\0" },
	};
	static char data[65536];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		auto_buf struct buf out = { 0 };

		ws_send(&out, WS_BINARY, data, cases[i].size);
		assert_int_equal(out.size, cases[i].size + cases[i].header);
		assert_memory_equal(out.data, cases[i].start, cases[i].header - 4);
		/* Zeros show the mask, the same all over. */
		assert_memory_equal(out.data + cases[i].header - 4,
				    out.data + cases[i].header + 4, 4);
	}
}

static void note(void *context, enum ws_opcode opcode, const char *data, size_t size)
{
	buf_printf(context, "%d:%zu:%.*s|", (int)opcode, size, size < 40 ? (int)size : 40,
		   data);
}

static void decodes(const char *data, size_t size, const char *expected)
{
	for (size_t split = 1; split <= size; split++) {
		struct ws_decoder decoder = { 0 };
		auto_buf struct buf seen = { 0 };

		for (size_t at = 0; at < size; at += split)
			assert_true(ws_feed(&decoder, data + at,
					    size - at < split ? size - at : split, note,
					    &seen));
		assert_string_equal(buf_text(&seen), expected);
		ws_decoder_free(&decoder);
	}
}
#define DECODES(bytes, expected) decodes(bytes, sizeof(bytes) - 1, expected)

static void frames_of_the_rfc_are_read_however_split(void **state)
{
	(void)state;
	DECODES("\x81\x05Hello", "1:5:Hello|");
	DECODES("\x01\x03Hel\x80\x02lo", "1:5:Hello|");
	DECODES("\x89\x05Hello", "9:5:Hello|");
	/* A control frame between fragments. */
	DECODES("\x01\x03Hel\x89\x00\x00\x00\x80\x02lo\x82\x01x",
		"9:0:|1:5:Hello|2:1:x|");
	DECODES("\x81\x00", "1:0:|");
	/* Two bytes of UTF-8 in two fragments. */
	DECODES("\x01\x01\xc3\x80\x01\xa4", "1:2:ä|");
	/* After a close nothing is looked at. */
	DECODES("\x88\x02\x03\xe8\xff\xff", "8:2:\x03\xe8|");
}

static void long_frames_are_read(void **state)
{
	auto_buf struct buf frame = { 0 }, seen = { 0 };
	static char data[70000];
	struct ws_decoder decoder = { 0 };

	(void)state;
	memset(data, 'a', sizeof(data));
	buf_add(&frame, "\x81\x7e\x01\x00", 4);
	buf_add(&frame, data, 256);
	buf_add(&frame, "\x81\x7f\0\0\0\0\0\1\x11\x70", 10);
	buf_add(&frame, data, 70000);
	for (size_t at = 0; at < frame.size; at += 1000)
		assert_true(ws_feed(&decoder, frame.data + at,
				    frame.size - at < 1000 ? frame.size - at : 1000, note,
				    &seen));
	assert_memory_equal(buf_text(&seen), "1:256:", 6);
	assert_non_null(strstr(buf_text(&seen), "|1:70000:"));
	ws_decoder_free(&decoder);
}

static void refuses(const char *data, size_t size, const char *word)
{
	struct ws_decoder decoder = { 0 };
	auto_buf struct buf seen = { 0 };

	assert_false(ws_feed(&decoder, data, size, note, &seen));
	assert_non_null(strstr(decoder.why, word));
	assert_string_equal(buf_text(&seen), "");
	assert_false(ws_feed(&decoder, "\x81\x00", 2, note, &seen));
	ws_decoder_free(&decoder);
}
#define REFUSES(bytes, word) refuses(bytes, sizeof(bytes) - 1, word)

static void servers_that_break_the_rules_are_refused(void **state)
{
	(void)state;
	REFUSES("\x81\x85\0\0\0\0Hello", "masked");
	REFUSES("\xc1\x01x", "reserved");
	REFUSES("\x91\x01x", "reserved");
	REFUSES("\x83\x01x", "unknown");
	REFUSES("\x8b\x01x", "unknown");
	REFUSES("\x09\x01x", "fragmented");
	REFUSES("\x89\x7e\x00\x7e", "too long");
	REFUSES("\x80\x01x", "out of order");
	REFUSES("\x01\x01x\x81\x01y", "out of order");
	REFUSES("\x82\x7e\x00\x7d", "shortest");
	REFUSES("\x82\x7f\0\0\0\0\0\0\xff\xff", "shortest");
	REFUSES("\x82\x7f\0\0\0\0\0\x10\0\1", "1 MiB");
	REFUSES("\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xff", "1 MiB");
	REFUSES("\x81\x02\xff\xfe", "UTF-8");
	REFUSES("\x88\x01\x03", "half a code");
}

static void a_message_of_many_fragments_has_the_limit_too(void **state)
{
	auto_buf struct buf seen = { 0 }, frame = { 0 };
	struct ws_decoder decoder = { 0 };
	static char data[65535];
	int fed = 0;

	(void)state;
	buf_add(&frame, "\x00\x7e\xff\xff", 4);
	buf_add(&frame, data, sizeof(data));
	assert_true(ws_feed(&decoder, "\x02\x00", 2, note, &seen));
	while (fed < 100 && ws_feed(&decoder, frame.data, frame.size, note, &seen))
		fed++;
	assert_int_equal(fed, 16);
	assert_non_null(strstr(decoder.why, "1 MiB"));
	ws_decoder_free(&decoder);
}

static void closing_tells_the_code(void **state)
{
	auto_buf struct buf out = { 0 };
	const unsigned char *bytes;

	(void)state;
	ws_send_close(&out, 1000);
	bytes = (const unsigned char *)out.data;
	assert_int_equal(out.size, 8);
	assert_int_equal(bytes[0], 0x88);
	assert_int_equal(bytes[1], 0x82);
	assert_int_equal((bytes[6] ^ bytes[2]) << 8 | (bytes[7] ^ bytes[3]), 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_answer_to_the_rfcs_key),
		cmocka_unit_test(requests_cannot_be_split_by_what_they_name),
		cmocka_unit_test(an_upgrade_is_recognised_once_it_is_whole),
		cmocka_unit_test(what_is_no_upgrade_is_refused),
		cmocka_unit_test(an_endless_answer_is_refused),
		cmocka_unit_test(masking_is_that_of_the_rfc),
		cmocka_unit_test(lengths_take_one_of_three_forms),
		cmocka_unit_test(frames_of_the_rfc_are_read_however_split),
		cmocka_unit_test(long_frames_are_read),
		cmocka_unit_test(servers_that_break_the_rules_are_refused),
		cmocka_unit_test(a_message_of_many_fragments_has_the_limit_too),
		cmocka_unit_test(closing_tells_the_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
