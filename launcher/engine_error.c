#include "engine.h"

#include "printable.h"

#include <string.h>

static const char *status_phrase(long status)
{
	static const struct {
		long status;
		const char *phrase;
	} phrases[] = {
		{ 400, "Bad Request" },        { 401, "Unauthorized" },
		{ 403, "Forbidden" },          { 404, "Not Found" },
		{ 405, "Method Not Allowed" }, { 409, "Conflict" },
		{ 413, "Too Large" },          { 429, "Too Many Requests" },
		{ 500, "Internal Error" },     { 501, "Not Implemented" },
		{ 502, "Bad Gateway" },        { 503, "Unavailable" },
		{ 504, "Gateway Timeout" },
	};

	for (size_t i = 0; i < COUNT_OF(phrases); i++) {
		if (phrases[i].status == status)
			return phrases[i].phrase;
	}
	return "Unexpected Answer";
}

bool response_ok(const struct response *response)
{
	long status = response->status;

	if (response->error)
		return false;
	return (status >= 200 && status < 300) || status == 101 || status == 304;
}

void response_message(const struct response *response, char *text, size_t size)
{
	json_auto_t *body = json_loadb(response->body, response->size, 0, NULL);
	const char *message = json_string_value(json_object_get(body, "message"));

	if (message && *message)
		printable_copy(text, size, message, strlen(message));
	else
		printable_copy(text, size, response->body, response->size);
}

int engine_error(struct err *err, const char *what, const struct response *response)
{
	char message[1500], error[300];

	if (response->error) {
		printable_copy(error, sizeof(error), response->error,
			       strlen(response->error));
		return err_set(
			err, response->status ? ERR_FAILED : ERR_UNREACHABLE, "%s: %s%s",
			what, response->status ? "the answer broke off: " : "no answer: ",
			error);
	}
	response_message(response, message, sizeof(message));
	return err_set(err, ERR_FAILED, "%s: %ld %s%s%s", what, response->status,
		       status_phrase(response->status), *message ? ": " : "", message);
}
