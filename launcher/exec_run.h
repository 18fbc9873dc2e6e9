/*
 * One command run inside a container by the engine, without stdin: what it
 * writes, and how it ends. A missing binary is no error of the call: the
 * engine says so in the command's output and ends it with 126 or 127.
 */
#ifndef LIFTOFF_EXEC_RUN_H
#define LIFTOFF_EXEC_RUN_H

#include "engine.h"

struct exec_call {
	const char *container;   /* name or id */
	const char *const *argv; /* NULL-terminated */
	const char *const *env;  /* "NAME=value", NULL-terminated; or NULL */
	const char *user;        /* or NULL: the container's own */
	/* fd is 1 or 2; pieces as they come. NULL: not wanted. */
	void (*on_output)(void *context, int fd, const char *data, size_t size);
	/* Once: the exit code, or -1 and why it is not known. Gone after it. */
	void (*on_exit)(void *context, int exit_code, const struct err *err);
	void *context;
};

struct exec_run;

struct exec_run *exec_run_start(struct engine *engine, const struct exec_call *call);
/* No callback any more; safe in callbacks; NULL is fine. The command runs on. */
void exec_run_cancel(struct exec_run *exec);

#endif
