/*
 * Errors as values. A function that can fail takes `struct err *err` last,
 * returns 0 or -1 (or NULL), and fills err only when it fails. Library code
 * never prints and never exits; main.c prints the one error that reaches it.
 *
 * A message says what failed, where, and why in the engine's own words; the
 * hint says what the person at the terminal can do next.
 */
#ifndef LIFTOFF_ERR_H
#define LIFTOFF_ERR_H

#include "cleanup.h"

enum err_kind {
	ERR_NONE,
	ERR_FAILED,      /* exit 1: a step failed */
	ERR_USAGE,       /* exit 64: bad command line */
	ERR_UNREACHABLE, /* exit 69: no engine answers */
	ERR_HELD,        /* exit 75: another launcher holds the stack */
	ERR_PROFILE,     /* exit 78: bad profile */
	ERR_TIMEOUT,     /* exit 124 */
	ERR_SIGNAL,      /* exit 128 + signal */
};

struct err {
	enum err_kind kind;
	int signal;         /* with ERR_SIGNAL */
	char message[2048]; /* may hold several lines; no trailing newline */
	char hint[1024];    /* empty: nothing to advise */
};

/* Each returns -1, so that `return err_set(…)` reads as the failure it is. */
int err_set(struct err *err, enum err_kind kind, const char *format, ...)
	PRINTF_LIKE(3, 4);
/* Puts "<text>: " before the message. */
int err_wrap(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);
/* Sets the hint, unless there is one already: the innermost knows best. */
int err_hint(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);

int err_exit_code(const struct err *err);

/* A broken invariant of our own: says where and aborts. */
_Noreturn void bug_at(const char *file, int line, const char *what);
#define BUG(what) bug_at(__FILE__, __LINE__, what)

/* Out of memory is not survivable and needs no unwinding: the next run heals. */
_Noreturn void die_out_of_memory(void);

#endif
