#include "ready_exec.h"

#include "exec_run.h"
#include "replset.h"

#include <inttypes.h>
#include <string.h>

/* replset.js ends with these when waiting longer is of no use. */
#define REPLSET_OTHER_SET 3
#define REPLSET_GAVE_UP 4
#define REPLSET_NO_SHELL 5
/* Without a deadline of the whole, the script gets this one. */
#define SCRIPT_LIMIT_MS (10 * 60 * 1000)

/* What replset.js puts before the reason why there is no primary yet. */
#define WAITING "waiting: "

struct ready_exec {
	struct run *run;
	struct exec_run *exec;
	struct buf output;
	char last[256]; /* last line for people */
	bool replica_set;
	void (*on_outcome)(void *run, enum ready_exec_outcome outcome, const char *text);
};

void ready_exec_cancel(struct ready_exec *exec)
{
	if (!exec)
		return;
	exec_run_cancel(exec->exec);
	buf_free(&exec->output);
	free(exec);
}

static void finish(struct ready_exec *exec, enum ready_exec_outcome outcome)
{
	struct ready_exec copy = *exec;

	exec->exec = NULL;
	ready_exec_cancel(exec);
	copy.on_outcome(copy.run, outcome, copy.last);
}

static void take_line(struct ready_exec *exec, const char *line)
{
	const char *text = replset_line(line);

	if (!text) {
		if (*line)
			snprintf(exec->last, sizeof(exec->last), "%s", line);
		return;
	}
	snprintf(exec->last, sizeof(exec->last), "%s", text);
	if (!strncmp(text, WAITING, strlen(WAITING)))
		exec->on_outcome(exec->run, READY_EXEC_WAITING,
				 exec->last + strlen(WAITING));
	else if (!strncmp(text, "initiated", 9) || !strncmp(text, "repaired", 8))
		exec->on_outcome(exec->run, READY_EXEC_NOTE, exec->last);
}

static void on_output(void *context, int fd, const char *data, size_t size)
{
	struct ready_exec *exec = context;
	char *end;

	(void)fd;
	buf_add(&exec->output, data, size);
	while ((end = memchr(exec->output.data, '\n', exec->output.size))) {
		*end = '\0';
		take_line(exec, exec->output.data);
		buf_consume(&exec->output, (size_t)(end - exec->output.data) + 1);
	}
	if (exec->output.size > 65536) /* no line of ours: forget it */
		buf_clear(&exec->output);
}

static bool is_hopeless(const struct ready_exec *exec, int exit_code)
{
	return exec->replica_set &&
	       (exit_code == REPLSET_OTHER_SET || exit_code == REPLSET_GAVE_UP ||
		exit_code == REPLSET_NO_SHELL);
}

static void on_exit_code(void *context, int exit_code, const struct err *err)
{
	struct ready_exec *exec = context;

	if (exec->output.size)
		take_line(exec, buf_text(&exec->output));
	if (err)
		snprintf(exec->last, sizeof(exec->last), "%.255s", err->message);
	else if (!exit_code && !exec->replica_set)
		snprintf(exec->last, sizeof(exec->last), "answers inside");
	else if (!*exec->last)
		snprintf(exec->last, sizeof(exec->last),
			 "the check ended with exit code %d", exit_code);
	if (!err && !exit_code)
		finish(exec, READY_EXEC_READY);
	else
		/* the container may have died under it: its death is told by an event */
		finish(exec, !err && is_hopeless(exec, exit_code) ? READY_EXEC_HOPELESS
								  : READY_EXEC_NOT_YET);
}

/* Whatever HTTP client the image has; exit 0 on status 200. */
static const char *const *http_command(struct arena *arena, const struct probe *probe)
{
	const char **argv = arena_array(arena, 6, sizeof(*argv));

	argv[0] = "sh";
	argv[1] = "-c";
	/* no wget -T: busybox 1.35 ends with a segmentation fault when it is
	 * given and the connection is refused (measured) */
	argv[2] = "command -v timeout >/dev/null && limit='timeout 5'\n"
		  "get() {\n"
		  "  if command -v wget >/dev/null; then $limit wget -q -O /dev/null "
		  "\"$1\"\n"
		  "  elif command -v curl >/dev/null; then curl -fsS -m 5 -o /dev/null "
		  "\"$1\"\n"
		  "  else $limit node -e "
		  "'fetch(process.argv[1]).then(r=>process.exit(r.ok?0:1),"
		  "()=>process.exit(1))' \"$1\"\n"
		  "  fi\n"
		  "}\n"
		  "get \"$0\" || { [ -n \"$1\" ] && get \"$1\"; }";
	argv[3] = arena_printf(arena, "http://127.0.0.1:%u%s", probe->port, probe->path);
	argv[4] = probe->fallback ? arena_printf(arena, "http://127.0.0.1:%u%s",
						 probe->port, probe->fallback)
				  : "";
	return argv;
}

struct ready_exec *ready_exec_start(struct run *run,
				    void (*on_outcome)(void *run,
						       enum ready_exec_outcome outcome,
						       const char *text))
{
	const struct stack *stack = run->job->stack;
	const struct probe *probe = &run->step->service->probe;
	struct ready_exec *exec = calloc(1, sizeof(*exec));
	int64_t limit = run_time_left(run);

	if (!exec)
		die_out_of_memory();
	exec->run = run;
	exec->on_outcome = on_outcome;
	exec->replica_set = probe->kind == PROBE_REPLICA_SET;
	exec->exec = exec_run_start(
		run->job->engine,
		&(struct exec_call){
			.container = run_container_id(run),
			.argv = exec->replica_set
					? replset_command(run->job->arena,
							  stack->replica_set,
							  stack->mongo_member,
							  limit < SCRIPT_LIMIT_MS
								  ? limit
								  : SCRIPT_LIMIT_MS)
					: http_command(run->job->arena, probe),
			.on_output = on_output,
			.on_exit = on_exit_code,
			.context = exec,
		});
	return exec;
}
