#include "wsframe.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define ANSWER_LIMIT ((size_t)16 << 10)

/* One header line without its "\r\n". */
struct line {
	const char *text;
	size_t size;
};

static const char *find_end(const char *data, size_t size)
{
	for (size_t at = 0; at + 4 <= size; at++) {
		if (memcmp(data + at, "\r\n\r\n", 4) == 0)
			return data + at;
	}
	return NULL;
}

/* The value of the header, without blanks around it; false: there is none. */
static bool find_header(struct line head, const char *name, struct line *value)
{
	size_t name_size = strlen(name);

	while (head.size) {
		const char *end = memchr(head.text, '\n', head.size);
		size_t size = end ? (size_t)(end - head.text) : head.size;

		if (size > name_size && head.text[name_size] == ':' &&
		    strncasecmp(head.text, name, name_size) == 0) {
			value->text = head.text + name_size + 1;
			value->size = size - name_size - 1;
			while (value->size && isspace((unsigned char)value->text[0]))
				value->text++, value->size--;
			while (value->size &&
			       isspace((unsigned char)value->text[value->size - 1]))
				value->size--;
			return true;
		}
		head.text += end ? size + 1 : size;
		head.size -= end ? size + 1 : size;
	}
	return false;
}

/* Is the word among the comma-separated ones of the header? */
static bool header_has_word(struct line head, const char *name, const char *word)
{
	struct line value;

	if (!find_header(head, name, &value))
		return false;
	while (value.size) {
		const char *comma = memchr(value.text, ',', value.size);
		size_t size = comma ? (size_t)(comma - value.text) : value.size;
		size_t start = 0, end = size;

		while (start < end && isspace((unsigned char)value.text[start]))
			start++;
		while (end > start && isspace((unsigned char)value.text[end - 1]))
			end--;
		if (end - start == strlen(word) &&
		    strncasecmp(value.text + start, word, end - start) == 0)
			return true;
		value.text += comma ? size + 1 : size;
		value.size -= comma ? size + 1 : size;
	}
	return false;
}

static int status_of(struct line head)
{
	const char *text = head.text;

	if (head.size < 12 || memcmp(text, "HTTP/1.", 7) != 0 || text[8] != ' ' ||
	    !isdigit((unsigned char)text[9]) || !isdigit((unsigned char)text[10]) ||
	    !isdigit((unsigned char)text[11]))
		return 0;
	return (text[9] - '0') * 100 + (text[10] - '0') * 10 + (text[11] - '0');
}

static const char *upgrade_fault(struct line head, const char *key)
{
	char expected[WS_ACCEPT_ROOM];
	struct line accept;

	if (!header_has_word(head, "Upgrade", "websocket") ||
	    !header_has_word(head, "Connection", "upgrade"))
		return "the answer upgrades to something else";
	ws_accept_for(key, expected);
	if (!find_header(head, "Sec-WebSocket-Accept", &accept) ||
	    accept.size != strlen(expected) ||
	    memcmp(accept.text, expected, accept.size) != 0)
		return "the answer is to somebody else's key";
	if (find_header(head, "Sec-WebSocket-Extensions", &accept) ||
	    find_header(head, "Sec-WebSocket-Protocol", &accept))
		return "the answer chose what was not offered";
	return NULL;
}

enum ws_upgrade ws_check_upgrade(const char *data, size_t size, const char *key,
				 struct ws_answer *answer)
{
	const char *end = find_end(data, size < ANSWER_LIMIT ? size : ANSWER_LIMIT);
	struct line head = { data, end ? (size_t)(end - data) : size };

	*answer = (struct ws_answer){ .status = status_of(head) };
	if (!end && size < ANSWER_LIMIT)
		return WS_UPGRADE_MORE;
	if (!end || !answer->status)
		answer->why = "the answer is no HTTP";
	else if (answer->status != 101)
		answer->why = "the server does not upgrade";
	else
		answer->why = upgrade_fault(head, key);
	answer->size = end ? head.size + 4 : 0;
	return answer->why ? WS_UPGRADE_REFUSED : WS_UPGRADE_DONE;
}
