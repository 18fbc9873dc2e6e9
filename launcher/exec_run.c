#include "exec_run.h"

#include "stream.h"

#include <string.h>

#define CALL_TIMEOUT_MS 60000
#define ASK_AGAIN_MS 20
#define ASK_LIMIT 250

struct exec_run {
	struct engine *engine;
	struct exec_call call; /* callbacks and context only */
	struct request *request;
	struct timer again;
	struct demux demux;
	char *id; /* of the exec, escaped */
	unsigned asked;
	bool streaming; /* inside on_output: freeing waits */
	bool over;
};

static void exec_release(struct exec_run *exec)
{
	if (exec->streaming)
		return;
	free(exec->id);
	free(exec);
}

static void exec_stop(struct exec_run *exec)
{
	exec->over = true;
	request_cancel(exec->request);
	exec->request = NULL;
	timer_unset(&exec->again);
}

void exec_run_cancel(struct exec_run *exec)
{
	if (!exec || exec->over)
		return;
	exec_stop(exec);
	exec_release(exec);
}

static void exec_end(struct exec_run *exec, int exit_code, const struct err *err)
{
	struct exec_call call = exec->call;

	exec_stop(exec);
	exec_release(exec);
	call.on_exit(call.context, exit_code, err);
}

/* Ends it if the answer is no success. */
static bool exec_failed(struct exec_run *exec, const char *what,
			const struct response *response)
{
	struct err err = { 0 };

	exec->request = NULL;
	if (response_ok(response))
		return false;
	engine_error(&err, what, response);
	exec_end(exec, -1, &err);
	return true;
}

static void exec_nonsense(struct exec_run *exec, const char *what)
{
	struct err err = { 0 };

	err_set(&err, ERR_FAILED, "%s: the engine's answer makes no sense", what);
	exec_end(exec, -1, &err);
}

/* ---- how it ended ---- */

static void exec_ask(void *context);

/* The stream may end a moment before the engine has noted the exit code. */
static void exec_ask_again(struct exec_run *exec)
{
	if (++exec->asked > ASK_LIMIT)
		exec_nonsense(exec, "exec: its output ended, but it is still running");
	else
		timer_set(engine_loop(exec->engine), &exec->again, ASK_AGAIN_MS, exec_ask,
			  exec);
}

static void exec_on_ended(void *context, const struct response *response)
{
	struct exec_run *exec = context;
	json_auto_t *answer = NULL;
	json_t *code;

	if (exec_failed(exec, "GET /exec/…/json", response))
		return;
	answer = json_loadb(response->body, response->size, 0, NULL);
	code = json_object_get(answer, "ExitCode");
	if (json_is_true(json_object_get(answer, "Running")) || json_is_null(code))
		exec_ask_again(exec);
	else if (!json_is_integer(code) || json_integer_value(code) < 0 ||
		 json_integer_value(code) > 0xffff)
		exec_nonsense(exec, "GET /exec/…/json");
	else
		exec_end(exec, (int)json_integer_value(code), NULL);
}

static void exec_ask(void *context)
{
	struct exec_run *exec = context;
	auto_buf struct buf path = { 0 };
	struct engine_call call = {
		.method = "GET",
		.on_done = exec_on_ended,
		.context = exec,
		.timeout_ms = CALL_TIMEOUT_MS,
	};

	buf_printf(&path, "/exec/%s/json", exec->id);
	call.path = path.data;
	exec->request = engine_call(exec->engine, &call);
}

/* ---- while it runs ---- */

static void exec_on_piece(void *context, int fd, const char *data, size_t size)
{
	struct exec_run *exec = context;

	if (!exec->over && exec->call.on_output)
		exec->call.on_output(exec->call.context, fd, data, size);
}

static bool exec_on_data(void *context, const char *data, size_t size)
{
	struct exec_run *exec = context;
	bool good;

	exec->streaming = true;
	demux_feed(&exec->demux, data, size, exec_on_piece, exec);
	exec->streaming = false;
	good = !exec->demux.broken;
	if (exec->over)
		exec_release(exec);
	return good;
}

static void exec_on_streamed(void *context, const struct response *response)
{
	struct exec_run *exec = context;

	if (!exec_failed(exec, "POST /exec/…/start", response))
		exec_ask(exec);
}

static void exec_go(struct exec_run *exec)
{
	json_auto_t *body = json_pack("{s:b, s:b}", "Detach", 0, "Tty", 0);
	auto_buf struct buf path = { 0 };
	struct engine_call call = {
		.method = "POST",
		.json = body,
		.on_data = exec_on_data,
		.on_done = exec_on_streamed,
		.context = exec,
	};

	buf_printf(&path, "/exec/%s/start", exec->id);
	call.path = path.data;
	exec->request = engine_call(exec->engine, &call);
}

/* ---- making it ---- */

static void exec_on_created(void *context, const struct response *response)
{
	struct exec_run *exec = context;
	json_auto_t *answer = NULL;
	const char *id;

	if (exec_failed(exec, "POST /containers/…/exec", response))
		return;
	answer = json_loadb(response->body, response->size, 0, NULL);
	id = json_string_value(json_object_get(answer, "Id"));
	if (!id || !*id) {
		exec_nonsense(exec, "POST /containers/…/exec");
		return;
	}
	exec->id = engine_escape(id);
	exec_go(exec);
}

static json_t *string_list(const char *const *list)
{
	json_t *array = json_array();

	for (size_t i = 0; list && list[i]; i++) {
		if (json_array_append_new(array, json_string(list[i])) < 0)
			json_array_append_new(array, json_string(""));
	}
	return array;
}

static json_t *exec_body(const struct exec_call *call)
{
	json_t *body = json_pack("{s:b, s:b, s:o}", "AttachStdout", 1, "AttachStderr", 1,
				 "Cmd", string_list(call->argv));

	if (!body)
		die_out_of_memory();
	if (call->env)
		json_object_set_new(body, "Env", string_list(call->env));
	if (call->user)
		json_object_set_new(body, "User", json_string(call->user));
	return body;
}

struct exec_run *exec_run_start(struct engine *engine, const struct exec_call *call)
{
	struct exec_run *exec = calloc(1, sizeof(*exec));
	auto_free char *container = engine_escape(call->container);
	auto_buf struct buf path = { 0 };
	json_auto_t *body = exec_body(call);
	struct engine_call create = {
		.method = "POST",
		.json = body,
		.on_done = exec_on_created,
		.context = exec,
		.timeout_ms = CALL_TIMEOUT_MS,
	};

	if (!exec)
		die_out_of_memory();
	exec->engine = engine;
	exec->call = *call;
	buf_printf(&path, "/containers/%s/exec", container);
	create.path = path.data;
	exec->request = engine_call(engine, &create);
	return exec;
}
