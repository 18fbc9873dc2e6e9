/*
 * A raw byte connection on the loop, made by libcurl (so that TCP, unix
 * sockets and later TLS come from one place): for websockets, the MongoDB
 * hello and interactive exec.
 */
#ifndef LIFTOFF_CONN_H
#define LIFTOFF_CONN_H

#include "loop.h"

struct conn_call {
	const char *url;                /* "http://10.0.0.2:3000" */
	const char *unix_socket;        /* or NULL */
	int64_t timeout_ms;             /* to connect */
	void (*on_open)(void *context); /* connected: conn_send() may be used */
	void (*on_data)(void *context, const char *data, size_t size);
	/* Closed by the peer (error NULL) or broken. Once; the conn is gone after it. */
	void (*on_close)(void *context, const char *error);
	void *context;
};

struct conn;

struct conn *conn_open(struct loop *loop, const struct conn_call *call);
void conn_send(struct conn *conn, const void *data,
	       size_t size);                 /* queues what does not fit */
size_t conn_unsent(const struct conn *conn); /* bytes still queued */
void conn_send_eof(struct conn *conn);       /* half-close once all is sent */
void conn_close(struct conn *conn); /* no callback; safe inside callbacks; NULL is fine */

#endif
