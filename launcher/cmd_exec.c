/*
 * liftoff exec: one command in a running replica. The connection to the engine
 * is taken over (Upgrade) so that both directions stay open: what we read goes
 * to the command, half-closed at its end; what it writes comes back.
 */
#include "command.h"
#include "conn.h"
#include "exec_tty.h"
#include "replicas.h"
#include "stream.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#define ASK_TIMEOUT 30000         /* ms, for calls that only ask or prepare */
#define HEAD_LIMIT 16384          /* bytes of an answer's head */
#define UNSENT_LIMIT (256 * 1024) /* then our input waits for the connection */

struct exec {
	struct session *session;
	const char *id; /* of the exec */
	bool tty, with_input;
	struct exec_tty terminal;
	struct conn *conn;
	struct watch input;
	struct timer resume; /* looks whether more input may be read */
	struct buf head;
	bool streaming; /* the head of the answer is behind us */
	struct demux demux;
	struct request *resizing;
	bool resize_again;
	bool done;
	int signal;
	struct err err;
};

static void fail(struct exec *exec, const char *what, const char *why)
{
	err_set(&exec->err, ERR_FAILED, "%s: %s", what, why);
	exec->done = true;
}

/* Blocking writes: whoever reads us slowly slows the command down, as a pipe does. */
static void write_all(struct exec *exec, int fd, const char *data, size_t size)
{
	while (size) {
		ssize_t written = write(fd, data, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0) {
			if (errno == EPIPE)
				exec->signal = SIGPIPE;
			else
				fail(exec, "cannot write", strerror(errno));
			exec->done = true;
			return;
		}
		data += written;
		size -= (size_t)written;
	}
}

static void on_piece(void *context, int fd, const char *data, size_t size)
{
	struct exec *exec = context;

	if (!exec->done)
		write_all(exec, fd, data, size);
}

static void take_output(struct exec *exec, const char *data, size_t size)
{
	if (exec->tty)
		write_all(exec, STDOUT_FILENO, data, size);
	else
		demux_feed(&exec->demux, data, size, on_piece, exec);
}

static void on_resized(void *context, const struct response *response);

/* One at a time; of several changes in between only the last one counts. */
static void resize(struct exec *exec)
{
	unsigned columns, rows;
	char path[256];

	if (exec->resizing) {
		exec->resize_again = true;
		return;
	}
	if (!exec_tty_size(STDOUT_FILENO, &columns, &rows))
		return;
	snprintf(path, sizeof(path), "/exec/%s/resize?h=%u&w=%u", exec->id, rows,
		 columns);
	exec->resizing = engine_call(exec->session->engine,
				     &(struct engine_call){
					     .method = "POST",
					     .path = path,
					     .on_done = on_resized,
					     .context = exec,
					     .timeout_ms = ASK_TIMEOUT,
				     });
}

static void on_resized(void *context, const struct response *response)
{
	struct exec *exec = context;

	(void)response; /* a wrong size is no reason to stop */
	exec->resizing = NULL;
	if (exec->resize_again) {
		exec->resize_again = false;
		resize(exec);
	}
}

static void on_input(void *context, short revents);

static void on_resume(void *context)
{
	struct exec *exec = context;

	if (conn_unsent(exec->conn) < UNSENT_LIMIT)
		watch_set(exec->session->loop, &exec->input);
	else
		timer_set(exec->session->loop, &exec->resume, 5, on_resume, exec);
}

static void on_input(void *context, short revents)
{
	struct exec *exec = context;
	char data[16384];
	ssize_t size = read(STDIN_FILENO, data, sizeof(data));

	(void)revents;
	if (size < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (size <= 0) {
		watch_unset(&exec->input);
		conn_send_eof(exec->conn);
		return;
	}
	conn_send(exec->conn, data, (size_t)size);
	if (conn_unsent(exec->conn) >= UNSENT_LIMIT) {
		watch_unset(&exec->input);
		timer_set(exec->session->loop, &exec->resume, 5, on_resume, exec);
	}
}

static void begin_streaming(struct exec *exec)
{
	exec->streaming = true;
	if (exec->tty) {
		exec_tty_raw(&exec->terminal, STDIN_FILENO);
		resize(exec);
	}
	if (!exec->with_input)
		return;
	exec->input = (struct watch){ .fd = STDIN_FILENO,
				      .events = POLLIN,
				      .on_ready = on_input,
				      .context = exec };
	watch_set(exec->session->loop, &exec->input);
}

/* The answer's head, once it is whole. What follows it is the stream already. */
static void read_head(struct exec *exec)
{
	const char *end = strstr(buf_text(&exec->head), "\r\n\r\n");
	struct response response = { 0 };
	char message[512];
	size_t size;

	if (!end) {
		if (exec->head.size > HEAD_LIMIT)
			fail(exec, "exec", "the engine's answer is no HTTP");
		return;
	}
	if (sscanf(exec->head.data, "HTTP/1.%*1[01] %3ld", &response.status) != 1)
		response.status = 0;
	size = (size_t)(end - exec->head.data) + 4;
	if (response.status != 101 && response.status != 200) {
		response.body = end + 4;
		response.size = exec->head.size - size;
		response_message(&response, message, sizeof(message));
		fail(exec, "exec", message);
		return;
	}
	begin_streaming(exec);
	take_output(exec, exec->head.data + size, exec->head.size - size);
	buf_free(&exec->head);
}

static void on_data(void *context, const char *data, size_t size)
{
	struct exec *exec = context;

	if (exec->done)
		return;
	if (exec->streaming) {
		take_output(exec, data, size);
		return;
	}
	buf_add(&exec->head, data, size);
	read_head(exec);
}

static void on_close(void *context, const char *error)
{
	struct exec *exec = context;

	exec->conn = NULL;
	watch_unset(&exec->input);
	timer_unset(&exec->resume);
	if (error && !exec->done)
		fail(exec, "the connection to the engine broke", error);
	else if (!exec->streaming && !exec->done)
		fail(exec, "exec", "the engine closed the connection without an answer");
	exec->done = true;
}

static void on_open(void *context)
{
	struct exec *exec = context;
	auto_buf struct buf text = { 0 };
	char body[64];
	int size = snprintf(body, sizeof(body), "{\"Detach\":false,\"Tty\":%s}",
			    exec->tty ? "true" : "false");

	buf_printf(&text,
		   "POST /v%s/exec/%s/start HTTP/1.1\r\nHost: liftoff\r\n"
		   "Content-Type: application/json\r\nConnection: Upgrade\r\n"
		   "Upgrade: tcp\r\nContent-Length: %d\r\n\r\n%s",
		   engine_api(exec->session->engine), exec->id, size, body);
	conn_send(exec->conn, text.data, text.size);
}

static void on_signal(void *context, int signal)
{
	struct exec *exec = context;

	if (signal == SIGWINCH) {
		if (exec->tty && exec->streaming)
			resize(exec);
		return;
	}
	exec->signal = signal;
	exec->done = true;
}

struct answer {
	bool done;
	json_t *json;
	struct err *err;
	const char *what;
};

static void on_answer(void *context, const struct response *response)
{
	struct answer *answer = context;

	answer->done = true;
	if (!response_ok(response)) {
		engine_error(answer->err, answer->what, response);
		return;
	}
	answer->json = json_loadb(response->body, response->size, 0, NULL);
	if (!answer->json)
		err_set(answer->err, ERR_FAILED, "%s: the engine's answer is no JSON",
			answer->what);
}

/* A name of hexadecimal digits goes into a hand-written head: nothing else may. */
static bool is_id(const char *text)
{
	return text && *text && strlen(text) <= 128 &&
	       strspn(text, "0123456789abcdefABCDEF") == strlen(text);
}

static json_t *exec_config(const struct exec *exec, char *const *command)
{
	json_t *words = json_array(), *env = json_array();
	const char *term = getenv("TERM");
	char text[80];

	for (; *command; command++) {
		json_t *word = json_string(*command);

		if (!word) { /* no UTF-8: the engine could not pass it on either */
			json_decref(words);
			json_decref(env);
			return NULL;
		}
		json_array_append_new(words, word);
	}
	if (exec->tty && term && strlen(term) < 64) {
		snprintf(text, sizeof(text), "TERM=%s", term);
		json_array_append_new(env, json_string(text));
	}
	return json_pack("{s:b, s:b, s:b, s:b, s:o, s:o}", "AttachStdin",
			 exec->with_input, "AttachStdout", 1, "AttachStderr", 1, "Tty",
			 exec->tty, "Cmd", words, "Env", env);
}

static int create(struct exec *exec, const struct replica *replica, char *const *command,
		  struct err *err)
{
	struct answer answer = { .err = err, .what = "exec" };
	auto_free char *id = engine_escape(replica->id);
	json_auto_t *config = exec_config(exec, command);
	const char *created;

	if (!config)
		return err_set(err, ERR_USAGE, "the command is not UTF-8");
	engine_call(exec->session->engine,
		    &(struct engine_call){
			    .method = "POST",
			    .path = arena_printf(&exec->session->arena,
						 "/containers/%s/exec", id),
			    .json = config,
			    .on_done = on_answer,
			    .context = &answer,
			    .timeout_ms = ASK_TIMEOUT,
		    });
	loop_run(exec->session->loop, &answer.done);
	if (!answer.json)
		return -1;
	created = json_string_value(json_object_get(answer.json, "Id"));
	if (is_id(created))
		exec->id = arena_strdup(&exec->session->arena, created);
	json_decref(answer.json);
	return exec->id ? 0 : err_set(err, ERR_FAILED, "exec: the engine gave no id");
}

static int exit_code(struct exec *exec, struct err *err)
{
	json_auto_t *state = engine_get(
		exec->session->engine,
		arena_printf(&exec->session->arena, "/exec/%s/json", exec->id), err);

	if (!state)
		return -1;
	if (json_is_true(json_object_get(state, "Running")))
		return err_set(err, ERR_FAILED,
			       "the engine ended the connection, the command still runs");
	return (int)json_integer_value(json_object_get(state, "ExitCode")) & 0xff;
}

static int run(struct exec *exec, struct err *err)
{
	loop_on_signal(exec->session->loop, on_signal, exec);
	exec->conn = conn_open(
		exec->session->loop,
		&(struct conn_call){
			.url = "http://engine",
			.unix_socket = engine_socket(exec->session->engine),
			.timeout_ms = ASK_TIMEOUT,
			.on_open = on_open,
			.on_data = on_data,
			.on_close = on_close,
			.context = exec,
		});
	loop_run(exec->session->loop, &exec->done);
	exec_tty_restore(&exec->terminal);
	watch_unset(&exec->input);
	timer_unset(&exec->resume);
	conn_close(exec->conn);
	request_cancel(exec->resizing);
	buf_free(&exec->head);
	if (exec->signal)
		return 128 + exec->signal;
	if (exec->err.kind) {
		*err = exec->err;
		return -1;
	}
	return exit_code(exec, err);
}

/* The replica asked for; without --index the first one that runs. */
static const struct replica *choose(const struct replicas *replicas,
				    const struct options *options, struct err *err)
{
	const char *word = options->argv[0];
	const struct replica *found = NULL;

	if (replicas_check(replicas, word, err) < 0)
		return NULL;
	for (size_t i = 0; i < replicas->count; i++) {
		const struct replica *replica = &replicas->list[i];

		if (!replica_is(replica, word) ||
		    (options->index && replica->number != options->index))
			continue;
		if (!found || (replica->running && !found->running))
			found = replica;
	}
	if (!found) {
		err_set(err, ERR_USAGE, "there is no %s-%u", word, options->index);
		return NULL;
	}
	if (found->running)
		return found;
	err_set(err, ERR_FAILED, "%s-%u is not running", found->service, found->number);
	err_hint(err, "liftoff logs %s-%u tells why; liftoff up starts it",
		 found->service, found->number);
	return NULL;
}

int cmd_exec(const struct options *options, struct err *err)
{
	auto_session struct session session = { 0 };
	struct exec exec = { .session = &session };
	char *const *command = options->argv + 1;
	const struct replica *replica;
	struct replicas replicas;

	if (strcmp(*command, "--") == 0)
		command++;
	if (!*command)
		return err_set(err, ERR_USAGE, "exec needs a command");
	exec.tty = !options->no_tty && exec_tty_fits(STDIN_FILENO, STDOUT_FILENO);
	/* A terminal that only we were given stays with whoever sits at it. */
	exec.with_input = exec.tty || !isatty(STDIN_FILENO);
	if (session_open(&session, options, ENGINE_READ_WRITE, err) < 0 ||
	    replicas_list(&replicas, &session, err) < 0)
		return -1;
	replica = choose(&replicas, options, err);
	if (!replica || create(&exec, replica, command, err) < 0)
		return -1;
	return run(&exec, err);
}
