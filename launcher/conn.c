#include "conn.h"

#include "buf.h"
#include "loop_transfer.h"

#include <string.h>
#include <sys/socket.h>

struct conn {
	struct transfer transfer; /* first: libcurl's private pointer leads here */
	struct loop *loop;
	struct watch watch;
	struct conn_call call; /* callbacks and context only */
	struct buf unsent;
	bool open, eof_wanted, eof_sent;
	char curl_error[CURL_ERROR_SIZE];
};

static void conn_on_free(struct transfer *transfer)
{
	struct conn *conn = (struct conn *)transfer;

	curl_easy_cleanup(transfer->easy);
	buf_free(&conn->unsent);
	free(conn);
}

void conn_close(struct conn *conn)
{
	if (!conn || conn->transfer.dead)
		return;
	watch_unset(&conn->watch);
	transfer_drop(conn->loop, &conn->transfer);
}

static void conn_end(struct conn *conn, const char *error)
{
	conn_close(conn);
	conn->call.on_close(conn->call.context, error);
}

static const char *conn_error(const struct conn *conn, CURLcode code)
{
	return conn->curl_error[0] ? conn->curl_error : curl_easy_strerror(code);
}

/* Sends what fits. False when the connection broke, which was then told. */
static bool conn_flush(struct conn *conn)
{
	while (conn->unsent.size) {
		size_t sent = 0;
		CURLcode code = curl_easy_send(conn->transfer.easy, conn->unsent.data,
					       conn->unsent.size, &sent);

		if (code == CURLE_AGAIN)
			break;
		if (code != CURLE_OK) {
			conn_end(conn, conn_error(conn, code));
			return false;
		}
		buf_consume(&conn->unsent, sent);
	}
	if (!conn->unsent.size && conn->eof_wanted && !conn->eof_sent) {
		conn->eof_sent = true;
		shutdown(conn->watch.fd, SHUT_WR);
	}
	conn->watch.events = conn->unsent.size ? POLLIN | POLLOUT : POLLIN;
	return true;
}

/* A few pieces a turn, so that one fast peer does not hold up all others. */
static void conn_receive(struct conn *conn)
{
	char data[16384];

	for (int i = 0; i < 8 && !conn->transfer.dead; i++) {
		size_t size = 0;
		CURLcode code = curl_easy_recv(conn->transfer.easy, data, sizeof(data),
					       &size);

		if (code == CURLE_AGAIN)
			return;
		if (code != CURLE_OK) {
			conn_end(conn, conn_error(conn, code));
			return;
		}
		if (!size) {
			conn_end(conn, NULL);
			return;
		}
		conn->call.on_data(conn->call.context, data, size);
	}
}

/*
 * Sending goes by way of the turn, never inside conn_send(): so on_close
 * cannot run while its caller still holds the connection in hand.
 */
static void conn_on_ready(void *context, short revents)
{
	struct conn *conn = context;

	/* Reading first: what a peer said before it hung up is still of use. */
	if (revents & (POLLIN | POLLHUP | POLLERR))
		conn_receive(conn);
	if (!conn->transfer.dead)
		conn_flush(conn);
}

static void conn_on_done(struct transfer *transfer, CURLcode code)
{
	struct conn *conn = (struct conn *)transfer;
	curl_socket_t fd = CURL_SOCKET_BAD;

	if (code == CURLE_OK)
		curl_easy_getinfo(transfer->easy, CURLINFO_ACTIVESOCKET, &fd);
	if (fd == CURL_SOCKET_BAD) {
		conn_end(conn, code == CURLE_OK ? "no socket" : conn_error(conn, code));
		return;
	}
	conn->open = true;
	conn->watch = (struct watch){
		.fd = fd,
		.events = POLLIN | POLLOUT,
		.on_ready = conn_on_ready,
		.context = conn,
	};
	watch_set(conn->loop, &conn->watch);
	if (conn->call.on_open)
		conn->call.on_open(conn->call.context);
}

static void conn_wake(struct conn *conn)
{
	if (conn->open && !conn->transfer.dead)
		conn->watch.events = POLLIN | POLLOUT;
}

void conn_send(struct conn *conn, const void *data, size_t size)
{
	if (conn->eof_wanted)
		BUG("sending after the end");
	buf_add(&conn->unsent, data, size);
	conn_wake(conn);
}

size_t conn_unsent(const struct conn *conn)
{
	return conn->unsent.size;
}

void conn_send_eof(struct conn *conn)
{
	conn->eof_wanted = true;
	conn_wake(conn);
}

struct conn *conn_open(struct loop *loop, const struct conn_call *call)
{
	struct conn *conn = calloc(1, sizeof(*conn));
	CURL *easy = curl_easy_init();

	if (!conn || !easy)
		die_out_of_memory();
	conn->transfer = (struct transfer){
		.easy = easy,
		.on_done = conn_on_done,
		.on_free = conn_on_free,
	};
	conn->loop = loop;
	conn->call = *call;
	curl_easy_setopt(easy, CURLOPT_URL, call->url);
	if (call->unix_socket)
		curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, call->unix_socket);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
	transfer_limit_protocols(easy);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, conn->curl_error);
	if (call->timeout_ms)
		curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)call->timeout_ms);
	transfer_start(loop, &conn->transfer);
	return conn;
}
