#include "rig.h"

#include <string.h>

void rig_open(struct rig *rig, const struct scripted_answer *answers, size_t count)
{
	struct err err = { 0 };

	server_start(&rig->server, answers, count);
	rig->loop = loop_new();
	rig->engine = engine_open(rig->loop, rig->server.path, ENGINE_READ_WRITE, &err);
	assert_non_null(rig->engine);
}

const char *rig_close(struct rig *rig)
{
	engine_close(rig->engine);
	loop_free(rig->loop);
	return server_stop(&rig->server);
}

void take_outcome(void *context, const struct response *response)
{
	struct outcome *outcome = context;

	outcome->done = true;
	outcome->dones++;
	outcome->status = response->status;
	outcome->ok = response_ok(response);
	outcome->resent = response->resent;
	snprintf(outcome->error, sizeof(outcome->error), "%s",
		 response->error ? response->error : "");
	response_message(response, outcome->message, sizeof(outcome->message));
	memcpy(outcome->api_version, response->api_version, sizeof(outcome->api_version));
	memcpy(outcome->date, response->server_date, sizeof(outcome->date));
	engine_error(&outcome->err, "GET /x", response);
	buf_add(&outcome->body, response->body, response->size);
	request_cancel(outcome->cancel_in_done);
}

void rig_call(struct rig *rig, const char *method, struct outcome *outcome)
{
	struct engine_call call = {
		.method = method,
		.path = "/x",
		.on_done = take_outcome,
		.context = outcome,
		.timeout_ms = 5000,
	};

	buf_free(&outcome->body);
	*outcome = (struct outcome){ 0 };
	outcome->cancel_in_done = engine_call(rig->engine, &call);
	loop_run(rig->loop, &outcome->done);
}

size_t count_of(const char *text, const char *what)
{
	size_t count = 0;

	for (; (text = strstr(text, what)); text += strlen(what))
		count++;
	return count;
}

static void set_true(void *context)
{
	*(bool *)context = true;
}

void rig_turn(struct rig *rig, int64_t ms)
{
	struct timer timer = { 0 };
	bool due = false;

	timer_set(rig->loop, &timer, ms, set_true, &due);
	loop_run(rig->loop, &due);
}
