/*
 * The one event loop: libcurl's multi handle, timers, watched descriptors
 * and signals. One thread; callbacks run inside loop_step() only and may
 * start and cancel anything.
 */
#ifndef LIFTOFF_LOOP_H
#define LIFTOFF_LOOP_H

#include "err.h"

#include <curl/curl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

struct loop;

struct loop *loop_new(void);       /* dies if libcurl cannot start */
void loop_free(struct loop *loop); /* all requests must be finished or cancelled */
CURLM *loop_multi(struct loop *loop);

/* Monotonic, in milliseconds. */
int64_t loop_now(void);

/*
 * One turn: drive transfers, run due timers, poll, run ready descriptors. The
 * poll waits only if nobody was called back in this turn, so that the caller
 * gets to look around first and what a callback starts is under way before
 * anything waits. Never inside a callback.
 */
void loop_step(struct loop *loop);
/* Turns until *done is true. */
void loop_run(struct loop *loop, const bool *done);

struct timer {
	int64_t due; /* loop_now() time; 0: not set */
	void (*on_due)(void *context);
	void *context;
	LIST_ENTRY(timer) link;
};
/* (Re)arms a timer that the caller owns and must unset before freeing it. */
void timer_set(struct loop *loop, struct timer *timer, int64_t delay_ms,
	       void (*on_due)(void *context), void *context);
void timer_unset(struct timer *timer);

struct watch {
	int fd;
	short events; /* POLLIN, POLLOUT */
	/* POLLHUP and POLLERR come unasked, as with poll(). */
	void (*on_ready)(void *context, short revents);
	void *context;
	short ready; /* the loop's own */
	LIST_ENTRY(watch) link;
};
/* `events` may be changed while it is set. Zero-initialise before the first time. */
void watch_set(struct loop *loop, struct watch *watch);
void watch_unset(struct watch *watch);

/*
 * From now on SIGINT, SIGTERM and SIGHUP call on_signal inside the loop
 * instead of ending the process; SIGPIPE is ignored. SIGWINCH is passed on
 * too. One handler at a time.
 */
void loop_on_signal(struct loop *loop, void (*on_signal)(void *context, int signal),
		    void *context);
/*
 * For the child between fork and exec: gives it back the signal mask and
 * SIGPIPE as they were before loop_on_signal(), which blocks what it reads.
 */
void loop_signals_for_child(const struct loop *loop);

#endif
