/*
 * What containers, streamers and engines say in words: a ddp-streamer's
 * messages, an engine event, and an autopsy of an inspect answer with a log.
 * The bytes are read as each of them.
 */
#include "autopsy.h"
#include "ddp.h"
#include "err.h"
#include "events_parse.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_ddp(const char *text, size_t size)
{
	char why[64];

	for (int sockjs = 0; sockjs < 2; sockjs++)
		if (ddp_read(text, size, sockjs != 0, why, sizeof(why)) < 0 &&
		    strlen(why) >= sizeof(why))
			BUG("a reason without an end");
}

static void read_event(const json_t *json)
{
	auto_buf struct buf scratch = { 0 };
	struct container_event event;

	if (events_parse(json, &scratch, &event) && (!event.action || !event.id))
		BUG("an event of nothing");
}

/* The log is what follows the JSON: most inputs have some of both. */
static void read_autopsy(const json_t *inspect, const char *log, size_t size)
{
	static const char *const secrets[] = { "hunter2", NULL };
	auto_arena struct arena arena = { 0 };
	auto_buf struct buf text = { 0 };
	struct autopsy autopsy;

	autopsy_explain(&autopsy, &arena, "x-1", inspect, log, size, secrets);
	autopsy_text(&text, &autopsy);
	json_decref(autopsy_json(&autopsy));
	if (strstr(buf_text(&text), "hunter2"))
		BUG("a secret is shown");
	for (size_t i = 0; i < text.size; i++)
		if ((unsigned char)text.data[i] < ' ' && text.data[i] != '\n')
			BUG("a control character is shown");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	json_error_t where = { 0 };
	json_t *json = json_loadb(text, size, JSON_DISABLE_EOF_CHECK, &where);
	size_t end = json && where.position > 0 && (size_t)where.position <= size
			     ? (size_t)where.position
			     : 0;

	read_ddp(text, size);
	read_event(json);
	read_autopsy(json, text + end, size - end);
	json_decref(json);
	return 0;
}
