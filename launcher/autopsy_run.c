/* The asking part of an autopsy: inspect and the end of the log at once. */
#include "autopsy.h"

#include "engine.h"
#include "stream.h"

#include <string.h>

#define ASK_TIMEOUT 10000     /* ms; an autopsy must not become a wait of its own */
#define LOG_MAX (1024 * 1024) /* bytes; what is beyond is dropped from the front */

struct autopsy_run {
	struct arena arena;
	const char *object;
	const char *const *secrets;
	void (*on_done)(void *context, const struct autopsy *autopsy);
	void *context;
	struct request *inspecting, *reading;
	json_t *inspect;
	struct buf raw, log;
	struct demux demux;
	int open;
};

static void run_free(struct autopsy_run *run)
{
	json_decref(run->inspect);
	buf_free(&run->raw);
	buf_free(&run->log);
	arena_free(&run->arena);
	free(run);
}

static void finish_one(struct autopsy_run *run)
{
	struct autopsy autopsy;

	if (--run->open)
		return;
	/* No frames: the container has a terminal, its log is plain. */
	if (run->demux.broken) {
		buf_clear(&run->log);
		buf_add(&run->log, buf_text(&run->raw), run->raw.size);
	}
	autopsy_explain(&autopsy, &run->arena, run->object, run->inspect,
			buf_text(&run->log), run->log.size, run->secrets);
	run->on_done(run->context, &autopsy);
	run_free(run);
}

static void on_inspect(void *context, const struct response *response)
{
	struct autopsy_run *run = context;

	run->inspecting = NULL;
	if (response_ok(response))
		run->inspect = json_loadb(response->body, response->size, 0, NULL);
	finish_one(run);
}

static void keep_end(struct buf *buf, const char *data, size_t size)
{
	buf_add(buf, data, size);
	if (buf->size > LOG_MAX)
		buf_consume(buf, buf->size - LOG_MAX);
}

static void on_piece(void *context, int fd, const char *data, size_t size)
{
	struct autopsy_run *run = context;

	(void)fd;
	keep_end(&run->log, data, size);
}

static bool on_log(void *context, const char *data, size_t size)
{
	struct autopsy_run *run = context;

	keep_end(&run->raw, data, size);
	demux_feed(&run->demux, data, size, on_piece, run);
	return true;
}

static void on_log_end(void *context, const struct response *response)
{
	struct autopsy_run *run = context;

	(void)response; /* no log is no hindrance */
	run->reading = NULL;
	finish_one(run);
}

struct autopsy_run *autopsy_start(struct engine *engine, const char *container_id,
				  const char *object, const char *const *secrets,
				  void (*on_done)(void *context,
						  const struct autopsy *autopsy),
				  void *context)
{
	struct autopsy_run *run = calloc(1, sizeof(*run));
	auto_free char *id = engine_escape(container_id);
	struct engine_call call = { .method = "GET", .timeout_ms = ASK_TIMEOUT };

	if (!run)
		die_out_of_memory();
	run->object = arena_strdup(&run->arena, object);
	run->secrets = secrets;
	run->on_done = on_done;
	run->context = context;
	run->open = 2;
	call.context = run;
	call.path = arena_printf(&run->arena, "/containers/%s/json", id);
	call.on_done = on_inspect;
	run->inspecting = engine_call(engine, &call);
	call.path = arena_printf(&run->arena,
				 "/containers/%s/logs?stdout=1&stderr=1&tail=%d", id,
				 AUTOPSY_LINES);
	call.on_data = on_log;
	call.on_done = on_log_end;
	run->reading = engine_call(engine, &call);
	return run;
}

void autopsy_cancel(struct autopsy_run *run)
{
	if (!run)
		return;
	request_cancel(run->inspecting);
	request_cancel(run->reading);
	run_free(run);
}
