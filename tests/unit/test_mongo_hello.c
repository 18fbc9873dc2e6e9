/* mongo_hello: the question's bytes, and answers whole, cut and broken. */
#include "unit.h"

#include "mongo_hello.h"

#include <string.h>

/* A message around a document's elements, as a server sends it. */
static void answer(struct buf *out, const char *elements, size_t size)
{
	size_t document = 4 + size + 1, total = 16 + 4 + 1 + document;
	char head[25] = { (char)(total & 0xff),
			  (char)(total >> 8),
			  0,
			  0,
			  7,
			  0,
			  0,
			  0,
			  1,
			  0,
			  0,
			  0,
			  (char)0xdd,
			  7 };

	head[21] = (char)(document & 0xff);
	head[22] = (char)(document >> 8);
	buf_add(out, head, sizeof(head));
	buf_add(out, elements, size);
	buf_add(out, "", 1);
}

static const char primary[] =
	"\x03topologyVersion\0\x2d\0\0\0\x07processId\0ABCDEFGHIJKL\x12"
	"counter\0\6\0\0\0\0\0\0\0\0"
	"\4hosts\0\x33\0\0\0\2"
	"0\0\x10\0\0\0mongodb-1:27017\0\2"
	"1\0\x10\0\0\0mongodb-2:27017\0\0"
	"\2setName\0\4\0\0\0rs0\0"
	"\x10setVersion\0\1\0\0\0"
	"\x08isWritablePrimary\0\1"
	"\x08secondary\0\0"
	"\2primary\0\x10\0\0\0mongodb-1:27017\0"
	"\2me\0\x10\0\0\0mongodb-1:27017\0"
	"\x07"
	"electionId\0ABCDEFGHIJKL"
	"\x09localTime\0"
	"12345678"
	"\x0anothing\0"
	"\5hash\0\2\0\0\0\0xy"
	"\x0bre\0a\0b\0"
	"\x11"
	"clusterTime\0"
	"12345678"
	"\1ok\0\0\0\0\0\0\0\xf0\x3f";

static void the_question_is_one_op_msg(void **state)
{
	static const char expected[] = "\x34\0\0\0\1\0\0\0\0\0\0\0\xdd\7\0\0\0\0\0\0\0"
				       "\x1f\0\0\0\x10hello\0\1\0\0\0"
				       "\2$db\0\6\0\0\0admin\0";
	auto_buf struct buf out = { 0 };

	(void)state;
	mongo_hello_ask(&out);
	assert_int_equal(out.size, sizeof(expected));
	assert_memory_equal(out.data, expected, sizeof(expected));
	assert_int_equal(out.data[0], (int)out.size);
}

static void a_primary_says_all_of_it(void **state)
{
	auto_buf struct buf bytes = { 0 };
	struct mongo_hello hello;

	(void)state;
	answer(&bytes, primary, sizeof(primary) - 1);
	for (size_t size = 0; size < bytes.size; size++)
		assert_int_equal(mongo_hello_read(bytes.data, size, &hello), 0);
	assert_int_equal(mongo_hello_read(bytes.data, bytes.size, &hello), 1);
	assert_true(hello.ok);
	assert_true(hello.primary_here);
	assert_false(hello.secondary);
	assert_false(hello.in_no_set);
	assert_string_equal(hello.set_name, "rs0");
	assert_string_equal(hello.me, "mongodb-1:27017");
	assert_string_equal(hello.primary, "mongodb-1:27017");
	assert_int_equal(hello.host_count, 2);
	assert_string_equal(hello.hosts[0], "mongodb-1:27017");
	assert_string_equal(hello.hosts[1], "mongodb-2:27017");
}

static int reads(const char *elements, size_t size, struct mongo_hello *hello)
{
	auto_buf struct buf bytes = { 0 };

	answer(&bytes, elements, size);
	return mongo_hello_read(bytes.data, bytes.size, hello);
}
#define READS(elements, hello) reads(elements, sizeof(elements) - 1, hello)

static void the_other_states_are_told_apart(void **state)
{
	struct mongo_hello hello;

	(void)state;
	assert_int_equal(READS("\x08isWritablePrimary\0\0\x08secondary\0\0"
			       "\x08isreplicaset\0\1\x10ok\0\1\0\0\0",
			       &hello),
			 1);
	assert_true(hello.ok && hello.in_no_set && !hello.primary_here);
	assert_int_equal(READS("\x08secondary\0\1\x08ok\0\1", &hello), 1);
	assert_true(hello.ok && hello.secondary);
	assert_int_equal(
		READS("\1ok\0\0\0\0\0\0\0\0\0\2errmsg\0\x0c\0\0\0no \033[31mway\0",
		      &hello),
		1);
	assert_false(hello.ok);
	assert_string_equal(hello.errmsg, "no [31mway");
	/* Of another type than it should be: as if it were not there. */
	assert_int_equal(READS("\x10setName\0rs0\0\2ok\0\2\0\0\0"
			       "1\0",
			       &hello),
			 1);
	assert_string_equal(hello.set_name, "");
	assert_false(hello.ok);
}

static void broken_documents_are_refused(void **state)
{
	struct mongo_hello hello;

	(void)state;
	assert_int_equal(READS("\x2aodd\0", &hello), -1);
	assert_int_equal(READS("\2me\0\xff\xff\xff\x7fx\0", &hello), -1);
	assert_int_equal(READS("\2me\0\xff\xff\xff\xffx\0", &hello), -1);
	assert_int_equal(READS("\2me", &hello), -1);
	assert_int_equal(READS("\x10ok\0\1\0", &hello), -1);
	/* An end in the middle. */
	assert_int_equal(READS("\x08ok\0\1\0\x08secondary\0\1", &hello), -1);
	assert_int_equal(READS("\4hosts\0\4\0\0\0", &hello), -1);
	assert_int_equal(READS("\4hosts\0\5\0\0\0x", &hello), -1);
	assert_int_equal(READS("\4hosts\0\x0b\0\0\0\2"
			       "0\0\xff\0\0\0\0",
			       &hello),
			 -1);
	assert_int_equal(READS("\3hosts\0\5\0\0\0\0", &hello), -1);
}

static void broken_messages_are_refused(void **state)
{
	static const struct {
		size_t at;
		char byte;
	} faults[] = {
		{ 3, 0x7f }, /* longer than any answer */
		{ 0, 20 },   /* shorter than any answer */
		{ 8, 2 },    /* to another question */
		{ 12, 1 },   /* OP_REPLY */
		{ 20, 1 },   /* a section of another kind */
		{ 21, 4 },   /* a document smaller than one */
		{ 22, 0x7f },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(faults); i++) {
		auto_buf struct buf bytes = { 0 };
		struct mongo_hello hello;

		answer(&bytes, "\x08ok\0\1", 5);
		bytes.data[1] = 0;
		assert_int_equal(mongo_hello_read(bytes.data, bytes.size, &hello), 1);
		bytes.data[faults[i].at] = faults[i].byte;
		assert_int_equal(mongo_hello_read(bytes.data, bytes.size, &hello), -1);
	}
}

static void a_checksum_at_the_end_is_no_part_of_the_document(void **state)
{
	auto_buf struct buf bytes = { 0 };
	struct mongo_hello hello;

	(void)state;
	answer(&bytes, "\x08ok\0\1", 5);
	buf_add(&bytes, "CRC!", 4);
	bytes.data[0] = (char)(bytes.data[0] + 4);
	bytes.data[16] = 1;
	assert_int_equal(mongo_hello_read(bytes.data, bytes.size, &hello), 1);
	assert_true(hello.ok);
}

/* Each byte in turn made another: any answer will do, reading astray will not. */
static void no_byte_leads_beyond_the_end(void **state)
{
	auto_buf struct buf bytes = { 0 };
	struct mongo_hello hello;

	(void)state;
	answer(&bytes, primary, sizeof(primary) - 1);
	for (size_t at = 4; at < bytes.size; at++) {
		for (int value = 0; value < 256; value += 5) {
			auto_free char *copy = malloc(bytes.size);

			memcpy(copy, bytes.data, bytes.size);
			copy[at] = (char)value;
			assert_true(mongo_hello_read(copy, bytes.size, &hello) <= 1);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_question_is_one_op_msg),
		cmocka_unit_test(a_primary_says_all_of_it),
		cmocka_unit_test(the_other_states_are_told_apart),
		cmocka_unit_test(broken_documents_are_refused),
		cmocka_unit_test(broken_messages_are_refused),
		cmocka_unit_test(a_checksum_at_the_end_is_no_part_of_the_document),
		cmocka_unit_test(no_byte_leads_beyond_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
