#include "loop_transfer.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>

TAILQ_HEAD(transfer_queue, transfer);
LIST_HEAD(timer_list, timer);
LIST_HEAD(watch_list, watch);

struct loop {
	CURLM *multi;
	struct transfer_queue starting, dead;
	struct timer_list timers;
	struct watch_list watches;
	struct curl_waitfd *waited; /* room for every watch, as libcurl … */
	struct pollfd *polled;      /* … and as poll() wants them */
	size_t polled_room;
	bool stepping;
	bool touched; /* a callback ran in this turn */

	struct watch signals; /* a signalfd; fd -1 until asked for */
	void (*on_signal)(void *context, int signal);
	void *signal_context;
	sigset_t mask_before;
	struct sigaction pipe_before;
};

struct loop *loop_new(void)
{
	struct loop *loop = calloc(1, sizeof(*loop));

	if (!loop || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		die_out_of_memory();
	loop->multi = curl_multi_init();
	if (!loop->multi)
		die_out_of_memory();
	TAILQ_INIT(&loop->starting);
	TAILQ_INIT(&loop->dead);
	LIST_INIT(&loop->timers);
	LIST_INIT(&loop->watches);
	loop->signals.fd = -1;
	return loop;
}

CURLM *loop_multi(struct loop *loop)
{
	return loop->multi;
}

int64_t loop_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void loop_touch(struct loop *loop)
{
	loop->touched = true;
}

/* ---- transfers ---- */

void transfer_start(struct loop *loop, struct transfer *transfer)
{
	if (transfer->dead || transfer->waiting)
		return;
	transfer->waiting = true;
	TAILQ_INSERT_TAIL(&loop->starting, transfer, link);
}

void transfer_drop(struct loop *loop, struct transfer *transfer)
{
	if (transfer->dead)
		return;
	if (transfer->waiting)
		TAILQ_REMOVE(&loop->starting, transfer, link);
	transfer->waiting = false;
	transfer->dead = true;
	TAILQ_INSERT_TAIL(&loop->dead, transfer, link);
}

void transfer_limit_protocols(CURL *easy)
{
#if LIBCURL_VERSION_NUM >= 0x075500
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS,
			 (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

static void transfer_leave_multi(struct loop *loop, struct transfer *transfer)
{
	if (transfer->in_multi)
		curl_multi_remove_handle(loop->multi, transfer->easy);
	transfer->in_multi = false;
}

static void loop_bury(struct loop *loop)
{
	struct transfer *transfer;

	while ((transfer = TAILQ_FIRST(&loop->dead))) {
		TAILQ_REMOVE(&loop->dead, transfer, link);
		transfer_leave_multi(loop, transfer);
		transfer->on_free(transfer);
	}
}

static void loop_admit(struct loop *loop)
{
	struct transfer *transfer;

	while ((transfer = TAILQ_FIRST(&loop->starting))) {
		TAILQ_REMOVE(&loop->starting, transfer, link);
		transfer->waiting = false;
		/* Sent once more: a handle starts anew only when added anew. */
		transfer_leave_multi(loop, transfer);
		curl_easy_setopt(transfer->easy, CURLOPT_PRIVATE, transfer);
		if (curl_multi_add_handle(loop->multi, transfer->easy) != CURLM_OK)
			die_out_of_memory();
		transfer->in_multi = true;
	}
}

static void loop_reap(struct loop *loop)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(loop->multi, &left))) {
		CURLcode code = message->data.result;
		struct transfer *transfer = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
		if (transfer->dead)
			continue;
		loop->touched = true;
		transfer->on_done(transfer, code);
	}
}

static void loop_drive(struct loop *loop)
{
	int running;

	loop_bury(loop);
	loop_admit(loop);
	curl_multi_perform(loop->multi, &running);
	loop_bury(loop);
	loop_reap(loop);
}

/* ---- timers ---- */

void timer_set(struct loop *loop, struct timer *timer, int64_t delay_ms,
	       void (*on_due)(void *context), void *context)
{
	timer_unset(timer);
	timer->due = loop_now() + (delay_ms > 0 ? delay_ms : 0);
	timer->on_due = on_due;
	timer->context = context;
	LIST_INSERT_HEAD(&loop->timers, timer, link);
}

void timer_unset(struct timer *timer)
{
	if (!timer->due)
		return;
	LIST_REMOVE(timer, link);
	timer->due = 0;
}

static void timer_move(struct timer *timer, struct timer_list *list)
{
	LIST_REMOVE(timer, link);
	LIST_INSERT_HEAD(list, timer, link);
}

static struct timer *timer_first(const struct timer_list *list)
{
	struct timer *timer, *first = NULL;

	LIST_FOREACH(timer, list, link)
	{
		if (!first || timer->due < first->due)
			first = timer;
	}
	return first;
}

/*
 * The due ones leave the list before any runs: a callback may unset and free
 * each of them, and one that sets itself again for now waits for the next turn.
 */
static void loop_run_timers(struct loop *loop)
{
	struct timer_list due = LIST_HEAD_INITIALIZER(due);
	int64_t now = loop_now();
	struct timer *timer, *next;

	for (timer = LIST_FIRST(&loop->timers); timer; timer = next) {
		next = LIST_NEXT(timer, link);
		if (timer->due <= now)
			timer_move(timer, &due);
	}
	while ((timer = timer_first(&due))) {
		timer_unset(timer);
		loop->touched = true;
		timer->on_due(timer->context);
	}
}

static int loop_timeout_ms(const struct loop *loop)
{
	const struct timer *first = timer_first(&loop->timers);
	int64_t left = first ? first->due - loop_now() : 60000;

	if (left > 60000)
		left = 60000;
	return left > 0 ? (int)left : 0;
}

/* ---- watched descriptors ---- */

void watch_set(struct loop *loop, struct watch *watch)
{
	watch->ready = 0;
	if (!watch->link.le_prev)
		LIST_INSERT_HEAD(&loop->watches, watch, link);
}

void watch_unset(struct watch *watch)
{
	if (watch->link.le_prev)
		LIST_REMOVE(watch, link);
	watch->link.le_prev = NULL;
	watch->ready = 0;
}

static size_t loop_fill_polled(struct loop *loop)
{
	struct watch *watch;
	size_t count = 0;

	LIST_FOREACH(watch, &loop->watches, link)
	count++;
	if (count > loop->polled_room) {
		loop->polled = reallocarray(loop->polled, count, sizeof(*loop->polled));
		loop->waited = reallocarray(loop->waited, count, sizeof(*loop->waited));
		if (!loop->polled || !loop->waited)
			die_out_of_memory();
		loop->polled_room = count;
	}
	count = 0;
	LIST_FOREACH(watch, &loop->watches, link)
	{
		struct curl_waitfd *waited = &loop->waited[count];

		loop->polled[count++] = (struct pollfd){ .fd = watch->fd,
							 .events = watch->events };
		*waited = (struct curl_waitfd){ .fd = watch->fd };
		if (watch->events & POLLIN)
			waited->events |= CURL_WAIT_POLLIN;
		if (watch->events & POLLOUT)
			waited->events |= CURL_WAIT_POLLOUT;
	}
	return count;
}

/* Every watch goes through a list of its own, so that callbacks may unset any. */
static void loop_run_watches(struct loop *loop)
{
	struct watch_list todo = LIST_HEAD_INITIALIZER(todo);
	struct watch *watch;

	while ((watch = LIST_FIRST(&loop->watches))) {
		LIST_REMOVE(watch, link);
		LIST_INSERT_HEAD(&todo, watch, link);
	}
	while ((watch = LIST_FIRST(&todo))) {
		short ready = watch->ready;

		LIST_REMOVE(watch, link);
		LIST_INSERT_HEAD(&loop->watches, watch, link);
		watch->ready = 0;
		if (!ready)
			continue;
		loop->touched = true;
		watch->on_ready(watch->context, ready);
	}
}

/*
 * libcurl waits for everything but passes no POLLHUP and POLLERR on; a pipe
 * whose writer is gone would then spin. So the descriptors are asked again.
 */
static void loop_poll(struct loop *loop, int timeout_ms)
{
	size_t count = loop_fill_polled(loop);
	struct watch *watch;
	size_t i = 0;

	curl_multi_poll(loop->multi, loop->waited, (unsigned)count, timeout_ms, NULL);
	if (!count || poll(loop->polled, count, 0) <= 0)
		return;
	LIST_FOREACH(watch, &loop->watches, link)
	watch->ready = loop->polled[i++].revents;
	loop_run_watches(loop);
}

/* ---- turns ---- */

void loop_step(struct loop *loop)
{
	if (loop->stepping)
		BUG("loop_step() inside a callback");
	loop->stepping = true;
	loop->touched = false;
	loop_drive(loop);
	loop_run_timers(loop);
	/* Even a busy loop looks at signals: just without waiting for them. */
	loop_poll(loop, loop->touched ? 0 : loop_timeout_ms(loop));
	loop->stepping = false;
}

void loop_run(struct loop *loop, const bool *done)
{
	while (!*done)
		loop_step(loop);
}

/* ---- signals ---- */

static void loop_read_signals(void *context, short revents)
{
	struct loop *loop = context;
	struct signalfd_siginfo info;

	(void)revents;
	while (read(loop->signals.fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
		loop->on_signal(loop->signal_context, (int)info.ssi_signo);
}

void loop_on_signal(struct loop *loop, void (*on_signal)(void *context, int signal),
		    void *context)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigset_t mask;

	loop->on_signal = on_signal;
	loop->signal_context = context;
	if (loop->signals.fd >= 0)
		return;
	sigemptyset(&mask);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGHUP);
	sigaddset(&mask, SIGWINCH);
	sigprocmask(SIG_BLOCK, &mask, &loop->mask_before);
	sigaction(SIGPIPE, &ignore, &loop->pipe_before);
	loop->signals = (struct watch){
		.fd = signalfd(-1, &mask, SFD_NONBLOCK | SFD_CLOEXEC),
		.events = POLLIN,
		.on_ready = loop_read_signals,
		.context = loop,
	};
	if (loop->signals.fd < 0)
		BUG("no signalfd");
	watch_set(loop, &loop->signals);
}

void loop_signals_for_child(const struct loop *loop)
{
	if (loop->signals.fd < 0)
		return;
	sigaction(SIGPIPE, &loop->pipe_before, NULL);
	sigprocmask(SIG_SETMASK, &loop->mask_before, NULL);
}

void loop_free(struct loop *loop)
{
	if (!loop)
		return;
	if (!TAILQ_EMPTY(&loop->starting))
		BUG("a request outlives its loop");
	loop_bury(loop);
	curl_multi_cleanup(loop->multi);
	if (loop->signals.fd >= 0) {
		watch_unset(&loop->signals);
		loop_signals_for_child(loop);
		close(loop->signals.fd);
	}
	free(loop->waited);
	free(loop->polled);
	free(loop);
	curl_global_cleanup();
}
