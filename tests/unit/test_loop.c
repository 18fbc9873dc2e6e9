/* loop and conn: timers, descriptors, signals and raw connections. */
#include "rig.h"

#include "conn.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct order {
	struct loop *loop;
	struct timer timers[4];
	char seen[16];
	bool done;
};

static void note_first(void *context)
{
	struct order *order = context;

	strcat(order->seen, "1");
	/* What is due in the same turn can still be called off. */
	timer_unset(&order->timers[1]);
}

static void note_second(void *context)
{
	strcat(((struct order *)context)->seen, "2");
}

static void note_last(void *context)
{
	struct order *order = context;

	strcat(order->seen, "3");
	order->done = true;
}

static void timers_run_in_order_and_can_be_called_off(void **state)
{
	struct order order = { .loop = loop_new() };

	(void)state;
	/* earliest first: however slow the machine is between two of these
	 * lines, they are due in this order */
	timer_set(order.loop, &order.timers[0], 1, note_first, &order);
	timer_set(order.loop, &order.timers[1], 2, note_second, &order);
	timer_set(order.loop, &order.timers[2], 30, note_last, &order);
	usleep(5000);
	loop_run(order.loop, &order.done);
	assert_string_equal(order.seen, "13");
	loop_free(order.loop);
}

static void note_hangup(void *context, short revents)
{
	assert_true(revents & (POLLIN | POLLHUP));
	*(bool *)context = true;
}

static void a_writer_that_is_gone_wakes_the_watch(void **state)
{
	struct loop *loop = loop_new();
	bool woken = false;
	struct watch watch = { .events = POLLIN,
			       .on_ready = note_hangup,
			       .context = &woken };
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	watch.fd = ends[0];
	watch_set(loop, &watch);
	close(ends[1]);
	loop_run(loop, &woken);
	watch_unset(&watch);
	watch_unset(&watch);
	close(ends[0]);
	loop_free(loop);
}

static void note_signal(void *context, int number)
{
	*(int *)context = number;
}

static void signals_arrive_inside_the_loop(void **state)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGWINCH };
	struct loop *loop = loop_new();
	int seen = 0;

	(void)state;
	loop_on_signal(loop, note_signal, &seen);
	for (size_t i = 0; i < COUNT_OF(numbers); i++) {
		seen = 0;
		raise(numbers[i]);
		assert_int_equal(seen, 0);
		for (int turn = 0; turn < 3 && !seen; turn++)
			loop_step(loop);
		assert_int_equal(seen, numbers[i]);
	}
	raise(SIGPIPE);
	loop_free(loop);
}

struct talk {
	struct conn *conn;
	struct buf seen;
	bool closed, eof;
	char error[100];
	const char *say;
};

static void talk_open(void *context)
{
	struct talk *talk = context;

	if (talk->say)
		conn_send(talk->conn, talk->say, strlen(talk->say));
	if (talk->eof)
		conn_send_eof(talk->conn);
}

static void talk_data(void *context, const char *data, size_t size)
{
	buf_add(&((struct talk *)context)->seen, data, size);
}

static void talk_close(void *context, const char *error)
{
	struct talk *talk = context;

	talk->closed = true;
	snprintf(talk->error, sizeof(talk->error), "%s", error ? error : "");
}

static struct conn *talk_start(struct loop *loop, struct talk *talk, const char *path)
{
	struct conn_call conn_call = {
		.url = "http://engine",
		.unix_socket = path,
		.timeout_ms = 2000,
		.on_open = talk_open,
		.on_data = talk_data,
		.on_close = talk_close,
		.context = talk,
	};

	return talk->conn = conn_open(loop, &conn_call);
}

static void a_connection_carries_bytes_both_ways(void **state)
{
	static const struct scripted_answer answer = { .bytes = "hello",
						       .close = true,
						       .split = 2 };
	struct talk talk = { .say = "any\r\n\r\n" };
	struct rig rig;

	(void)state;
	rig_open(&rig, &answer, 1);
	talk_start(rig.loop, &talk, rig.server.path);
	loop_run(rig.loop, &talk.closed);
	assert_string_equal(buf_text(&talk.seen), "hello");
	assert_string_equal(talk.error, "");
	buf_free(&talk.seen);
	assert_non_null(strstr(rig_close(&rig), "any\r\n\r\n"));
}

/* What a peer over TCP does: greets, reads until the end, says what it read. */
struct peer {
	struct watch watch;
	int listener, fd;
	struct buf heard;
};

static void peer_read(void *context, short revents)
{
	struct peer *peer = context;
	char data[4096];
	ssize_t got = read(peer->fd, data, sizeof(data));

	(void)revents;
	if (got > 0) {
		buf_add(&peer->heard, data, (size_t)got);
		return;
	}
	watch_unset(&peer->watch);
	assert_int_equal(write(peer->fd, "bye", 3), 3);
	close(peer->fd);
}

static void peer_accept(struct loop *loop, struct peer *peer)
{
	peer->fd = accept(peer->listener, NULL, NULL);
	assert_true(peer->fd >= 0);
	peer->watch = (struct watch){
		.fd = peer->fd, .events = POLLIN, .on_ready = peer_read, .context = peer
	};
	watch_set(loop, &peer->watch);
}

static uint16_t peer_listen(struct peer *peer)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t size = sizeof(address);

	peer->listener = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(peer->listener, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(peer->listener, 1), 0);
	getsockname(peer->listener, (struct sockaddr *)&address, &size);
	return ntohs(address.sin_port);
}

/* More than the kernel takes at once, then the end: all of it arrives. */
static void tcp_carries_megabytes_and_then_the_end(void **state)
{
	struct loop *loop = loop_new();
	struct peer peer = { 0 };
	struct talk talk = { 0 };
	char url[64];
	static char megabytes[4 << 20];
	struct conn_call call = {
		.url = url,
		.timeout_ms = 2000,
		.on_open = talk_open,
		.on_data = talk_data,
		.on_close = talk_close,
		.context = &talk,
	};

	(void)state;
	snprintf(url, sizeof(url), "http://127.0.0.1:%u", peer_listen(&peer));
	talk.conn = conn_open(loop, &call);
	/* Said before it is open: it waits. */
	conn_send(talk.conn, megabytes, sizeof(megabytes));
	conn_send_eof(talk.conn);
	loop_step(loop);
	peer_accept(loop, &peer);
	loop_run(loop, &talk.closed);
	assert_string_equal(talk.error, "");
	assert_string_equal(talk.seen.data, "bye");
	assert_int_equal(peer.heard.size, sizeof(megabytes));
	buf_free(&talk.seen);
	buf_free(&peer.heard);
	close(peer.listener);
	loop_free(loop);
}

static void half_closing_ends_what_the_peer_reads(void **state)
{
	struct talk talk = { .say = "no whole request", .eof = true };
	struct rig rig;

	(void)state;
	/* The server hangs up when it reads the end of the stream. */
	rig_open(&rig, NULL, 0);
	talk_start(rig.loop, &talk, rig.server.path);
	loop_run(rig.loop, &talk.closed);
	assert_string_equal(talk.error, "");
	buf_free(&talk.seen);
	rig_close(&rig);
}

static void a_refused_connection_says_so(void **state)
{
	struct loop *loop = loop_new();
	struct talk talk = { 0 };

	(void)state;
	talk_start(loop, &talk, "/nonexistent.sock");
	loop_run(loop, &talk.closed);
	assert_true(talk.error[0]);
	conn_close(NULL);
	loop_free(loop);
}

static void a_connection_can_be_closed_at_any_time(void **state)
{
	struct talk talk = { .say = "x" };
	struct rig rig;

	(void)state;
	rig_open(&rig, NULL, 0);
	conn_close(talk_start(rig.loop, &talk, rig.server.path));
	talk_start(rig.loop, &talk, rig.server.path);
	rig_turn(&rig, 20);
	conn_close(talk.conn);
	conn_close(talk.conn);
	assert_false(talk.closed);
	rig_close(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(timers_run_in_order_and_can_be_called_off),
		cmocka_unit_test(a_writer_that_is_gone_wakes_the_watch),
		cmocka_unit_test(signals_arrive_inside_the_loop),
		cmocka_unit_test(a_connection_carries_bytes_both_ways),
		cmocka_unit_test(tcp_carries_megabytes_and_then_the_end),
		cmocka_unit_test(half_closing_ends_what_the_peer_reads),
		cmocka_unit_test(a_refused_connection_says_so),
		cmocka_unit_test(a_connection_can_be_closed_at_any_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
