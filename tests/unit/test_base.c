/* err, arena, buf and service: what everything else stands on. */
#include "unit.h"

#include "arena.h"
#include "buf.h"
#include "err.h"
#include "service.h"

#include <string.h>

static void wrapping_puts_the_context_first(void **state)
{
	struct err err = { 0 };

	(void)state;
	assert_int_equal(err_set(&err, ERR_PROFILE, "no %s", "good"), -1);
	assert_int_equal(err_wrap(&err, "file %d", 7), -1);
	assert_string_equal(err.message, "file 7: no good");
	assert_int_equal(err_exit_code(&err), 78);
	err_hint(&err, "first");
	err_hint(&err, "second");
	assert_string_equal(err.hint, "first");
}

static void wrapping_an_overlong_message_cuts_it(void **state)
{
	struct err err = { 0 };
	char text[4000];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	err_set(&err, ERR_FAILED, "%s", text);
	err_wrap(&err, "%s", text);
	assert_int_equal(strlen(err.message), sizeof(err.message) - 1);
}

static void exit_codes_are_the_documented_ones(void **state)
{
	static const int codes[] = { 0, 1, 64, 69, 75, 78, 124, 130 };

	(void)state;
	for (unsigned kind = ERR_NONE; kind <= ERR_SIGNAL; kind++) {
		struct err err = { .kind = (enum err_kind)kind, .signal = 2 };

		assert_int_equal(err_exit_code(&err), codes[kind]);
	}
}

static void arena_arrays_keep_their_elements_as_they_grow(void **state)
{
	auto_arena struct arena arena = { 0 };
	int *numbers = NULL;
	size_t count = 0;

	(void)state;
	for (int i = 0; i < 100; i++)
		*(int *)arena_grow(&arena, &numbers, &count, sizeof(*numbers)) = i;
	assert_int_equal(count, 100);
	for (int i = 0; i < 100; i++)
		assert_int_equal(numbers[i], i);
	assert_string_equal(arena_printf(&arena, "%s-%d", "a", 5), "a-5");
	assert_string_equal(arena_strndup(&arena, "abcdef", 3), "abc");
}

static void arena_serves_what_is_larger_than_a_block(void **state)
{
	auto_arena struct arena arena = { 0 };
	char *large = arena_alloc(&arena, 1 << 20);

	(void)state;
	assert_int_equal(large[0], 0);
	memset(large, 1, 1 << 20);
	assert_int_equal(large[(1 << 20) - 1], 1);
}

static void buf_adds_and_consumes(void **state)
{
	auto_buf struct buf buf = { 0 };

	(void)state;
	assert_string_equal(buf_text(&buf), "");
	for (int i = 0; i < 1000; i++)
		buf_printf(&buf, "%d,", i);
	buf_consume(&buf, 4);
	assert_memory_equal(buf_text(&buf), "2,3,", 4);
	buf_clear(&buf);
	assert_string_equal(buf_text(&buf), "");
	buf_puts(&buf, "x");
	assert_int_equal(buf.size, 1);
}

static void services_are_known_by_name(void **state)
{
	(void)state;
	for (unsigned id = SERVICE_NONE + 1; id < SERVICE_COUNT; id++)
		assert_int_equal(service_by_name(service_name((enum service_id)id)), id);
	assert_int_equal(service_by_name("accounts"), SERVICE_ACCOUNT);
	assert_int_equal(service_by_name("redis"), SERVICE_NONE);
	assert_false(service_is_micro(SERVICE_ROCKETCHAT));
	assert_true(service_is_micro(SERVICE_STREAM_HUB));
	assert_false(service_is_micro(SERVICE_PROXY));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrapping_puts_the_context_first),
		cmocka_unit_test(wrapping_an_overlong_message_cuts_it),
		cmocka_unit_test(exit_codes_are_the_documented_ones),
		cmocka_unit_test(arena_arrays_keep_their_elements_as_they_grow),
		cmocka_unit_test(arena_serves_what_is_larger_than_a_block),
		cmocka_unit_test(buf_adds_and_consumes),
		cmocka_unit_test(services_are_known_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
