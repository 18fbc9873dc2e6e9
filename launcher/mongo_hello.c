#include "mongo_hello.h"

#include "printable.h"

#include <stdint.h>
#include <string.h>

#define OP_MSG 2013u
#define ANSWER_LIMIT ((uint32_t)1 << 20)
#define REQUEST_ID 1u
#define FLAG_CHECKSUM 1u

/* Bytes not read yet. */
struct span {
	const unsigned char *at;
	size_t left;
};

struct element {
	unsigned char type;
	const char *name;
	struct span value;
};

enum {
	BSON_DOUBLE = 0x01,
	BSON_STRING = 0x02,
	BSON_DOCUMENT = 0x03,
	BSON_ARRAY = 0x04,
	BSON_BINARY = 0x05,
	BSON_UNDEFINED = 0x06,
	BSON_OBJECT_ID = 0x07,
	BSON_BOOL = 0x08,
	BSON_DATE = 0x09,
	BSON_NULL = 0x0a,
	BSON_REGEX = 0x0b,
	BSON_POINTER = 0x0c,
	BSON_CODE = 0x0d,
	BSON_SYMBOL = 0x0e,
	BSON_SCOPED_CODE = 0x0f,
	BSON_INT32 = 0x10,
	BSON_TIMESTAMP = 0x11,
	BSON_INT64 = 0x12,
	BSON_DECIMAL = 0x13,
	BSON_MAX_KEY = 0x7f,
	BSON_MIN_KEY = 0xff,
};

static uint32_t little_endian(const unsigned char *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
	       (uint32_t)at[3] << 24;
}

static void add_little_endian(struct buf *out, uint32_t value)
{
	unsigned char bytes[4] = { (unsigned char)value, (unsigned char)(value >> 8),
				   (unsigned char)(value >> 16),
				   (unsigned char)(value >> 24) };

	buf_add(out, bytes, sizeof(bytes));
}

void mongo_hello_ask(struct buf *out)
{
	/* { hello: int32 1, $db: "admin" } */
	static const char document[] = "\x1f\0\0\0"
				       "\x10hello\0\1\0\0\0"
				       "\x02$db\0\6\0\0\0admin\0"; /* and the last NUL */

	add_little_endian(out, 16 + 4 + 1 + sizeof(document));
	add_little_endian(out, REQUEST_ID);
	add_little_endian(out, 0);
	add_little_endian(out, OP_MSG);
	add_little_endian(out, 0); /* flags */
	buf_add(out, "", 1);       /* one section: the body */
	buf_add(out, document, sizeof(document));
}

/* ---- walking ---- */

static bool span_take(struct span *span, size_t size, struct span *taken)
{
	if (size > span->left)
		return false;
	*taken = (struct span){ span->at, size };
	span->at += size;
	span->left -= size;
	return true;
}

static bool span_take_text(struct span *span, const char **text)
{
	const unsigned char *end = span->left ? memchr(span->at, 0, span->left) : NULL;
	struct span taken;

	if (!end)
		return false;
	*text = (const char *)span->at;
	return span_take(span, (size_t)(end - span->at) + 1, &taken);
}

/* A value whose size stands in its first four bytes; `more` bytes are not counted. */
static bool span_take_sized(struct span *span, size_t more, struct span *taken)
{
	uint32_t size;

	if (span->left < 4)
		return false;
	size = little_endian(span->at);
	return size <= ANSWER_LIMIT && span_take(span, size + more, taken);
}

static bool take_regex(struct span *span, struct span *taken)
{
	const char *text;

	taken->left = 0;
	return span_take_text(span, &text) && span_take_text(span, &text);
}

static bool take_value(struct span *span, unsigned char type, struct span *value)
{
	switch (type) {
	case BSON_DOUBLE:
	case BSON_DATE:
	case BSON_TIMESTAMP:
	case BSON_INT64:
		return span_take(span, 8, value);
	case BSON_STRING:
	case BSON_CODE:
	case BSON_SYMBOL:
		return span_take_sized(span, 4, value);
	case BSON_DOCUMENT:
	case BSON_ARRAY:
	case BSON_SCOPED_CODE:
		return span_take_sized(span, 0, value) && value->left >= 5;
	case BSON_BINARY:
		return span_take_sized(span, 5, value);
	case BSON_OBJECT_ID:
		return span_take(span, 12, value);
	case BSON_BOOL:
		return span_take(span, 1, value);
	case BSON_UNDEFINED:
	case BSON_NULL:
	case BSON_MAX_KEY:
	case BSON_MIN_KEY:
		return span_take(span, 0, value);
	case BSON_REGEX:
		return take_regex(span, value);
	case BSON_POINTER:
		return span_take_sized(span, 4 + 12, value);
	case BSON_INT32:
		return span_take(span, 4, value);
	case BSON_DECIMAL:
		return span_take(span, 16, value);
	default:
		return false;
	}
}

/* 1: an element; 0: the end of the document; -1: broken. */
static int next_element(struct span *span, struct element *element)
{
	struct span type;

	if (!span_take(span, 1, &type))
		return -1;
	element->type = type.at[0];
	if (!element->type)
		return span->left ? -1 : 0;
	if (!span_take_text(span, &element->name) ||
	    !take_value(span, element->type, &element->value))
		return -1;
	return 1;
}

static bool enter_document(struct span whole, struct span *inside)
{
	uint32_t size;

	if (whole.left < 5)
		return false;
	size = little_endian(whole.at);
	if (size < 5 || size > whole.left || whole.at[size - 1] != 0)
		return false;
	*inside = (struct span){ whole.at + 4, size - 4 };
	return true;
}

/* ---- what it says ---- */

static bool element_is(const struct element *element, const char *name)
{
	return strcmp(element->name, name) == 0;
}

static bool element_true(const struct element *element)
{
	/* `ok` is a double, a number or a boolean, by the server's release. */
	if (element->type != BSON_DOUBLE && element->type != BSON_BOOL &&
	    element->type != BSON_INT32 && element->type != BSON_INT64)
		return false;
	for (size_t i = 0; i < element->value.left; i++) {
		if (element->value.at[i])
			return true;
	}
	return false;
}

static void element_text(const struct element *element, char *text, size_t room)
{
	text[0] = '\0';
	/* Size, the text, a NUL. */
	if (element->type == BSON_STRING && element->value.left >= 5)
		printable_copy(text, room, (const char *)element->value.at + 4,
			       element->value.left - 5);
}

static bool take_hosts(const struct element *array, struct mongo_hello *hello)
{
	struct span inside;
	struct element host;
	int more;

	if (array->type != BSON_ARRAY || !enter_document(array->value, &inside))
		return false;
	while ((more = next_element(&inside, &host)) > 0) {
		if (hello->host_count < MONGO_HOSTS)
			element_text(&host, hello->hosts[hello->host_count++],
				     MONGO_HOST_ROOM);
	}
	return more == 0;
}

static bool take_element(const struct element *element, struct mongo_hello *hello)
{
	if (element_is(element, "ok"))
		hello->ok = element_true(element);
	else if (element_is(element, "isWritablePrimary"))
		hello->primary_here = element_true(element);
	else if (element_is(element, "secondary"))
		hello->secondary = element_true(element);
	else if (element_is(element, "isreplicaset"))
		hello->in_no_set = element_true(element);
	else if (element_is(element, "setName"))
		element_text(element, hello->set_name, sizeof(hello->set_name));
	else if (element_is(element, "me"))
		element_text(element, hello->me, sizeof(hello->me));
	else if (element_is(element, "primary"))
		element_text(element, hello->primary, sizeof(hello->primary));
	else if (element_is(element, "errmsg"))
		element_text(element, hello->errmsg, sizeof(hello->errmsg));
	else if (element_is(element, "hosts"))
		return take_hosts(element, hello);
	return true;
}

static bool read_body(struct span body, struct mongo_hello *hello)
{
	struct span inside;
	struct element element;
	int more;

	if (!enter_document(body, &inside))
		return false;
	while ((more = next_element(&inside, &element)) > 0) {
		if (!take_element(&element, hello))
			return false;
	}
	return more == 0;
}

int mongo_hello_read(const void *data, size_t size, struct mongo_hello *hello)
{
	const unsigned char *at = data;
	uint32_t length, flags;
	struct span body;

	memset(hello, 0, sizeof(*hello));
	if (size < 4)
		return 0;
	length = little_endian(at);
	if (length < 16 + 4 + 1 + 5 || length > ANSWER_LIMIT)
		return -1;
	if (size < length)
		return 0;
	flags = little_endian(at + 16);
	if (little_endian(at + 8) != REQUEST_ID || little_endian(at + 12) != OP_MSG ||
	    at[20] != 0)
		return -1;
	body = (struct span){ at + 21, length - 21 };
	if (flags & FLAG_CHECKSUM)
		body.left -= 4;
	return read_body(body, hello) ? 1 : -1;
}
