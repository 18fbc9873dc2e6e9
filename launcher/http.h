/*
 * One HTTP request on the loop, to the engine or straight to a replica.
 */
#ifndef LIFTOFF_HTTP_H
#define LIFTOFF_HTTP_H

#include "buf.h"
#include "loop.h"

/* What came back. Borrowed: valid inside the callback only. */
struct response {
	long status;      /* HTTP status; 0: no answer at all */
	const char *body; /* NUL-terminated; "" when streamed or empty */
	size_t size;
	const char *error; /* why, in words, when the exchange broke; else NULL */
	CURLcode code;
	int os_errno;         /* of a connection that failed: ENOENT, EACCES …; or 0 */
	char api_version[16]; /* Api-Version header, or "" */
	char server_date[64]; /* Date header, or "" */
	/*
	 * A changing request (not GET or HEAD) reached more than one connection,
	 * so that its first sending may have worked already. libcurl sends again
	 * on its own when a kept-alive connection proves dead; changing requests
	 * therefore always take a fresh one, and this stays false with every
	 * libcurl known to us.
	 */
	bool resent;
};

struct http_call {
	const char *method;         /* "GET"; HEAD, POST, PUT and DELETE too */
	const char *url;            /* with path and query, already escaped */
	const char *unix_socket;    /* or NULL for TCP */
	const char *const *headers; /* "Name: value", NULL-terminated; or NULL */
	const void *body;           /* copied; NULL: none */
	size_t body_size;
	const char *content_type;   /* of the body; NULL: application/json */
	int64_t timeout_ms;         /* for the whole exchange; 0: none */
	int64_t connect_timeout_ms; /* 0: libcurl's */
	/*
	 * Called with each piece of a 2xx body as it arrives; response.body is
	 * then empty. Bodies of other statuses are always collected. A return
	 * of false ends the request as broken. NULL: collect (limit 64 MiB).
	 */
	bool (*on_data)(void *context, const char *data, size_t size);
	/* Optional: the headers of an answer that is final are all there. */
	void (*on_headers)(void *context, long status);
	/* Once, at the end, unless cancelled first. The request is gone after it. */
	void (*on_done)(void *context, const struct response *response);
	void *context;
	/*
	 * Looks at the outcome before on_done: a URL (freed with free()) sends
	 * the same once more to there; NULL, or no such function: that was it.
	 * Asked once at most.
	 */
	char *(*on_again)(void *again_context, const char *url,
			  const struct response *response);
	void *again_context;
};

struct request;

/*
 * Proxies of the environment never apply, redirects are not followed, and
 * header lines end at their first control character. Everything of the call
 * is copied but the contexts.
 */
struct request *http_start(struct loop *loop, const struct http_call *call);
/* Ends it without on_done; safe in callbacks, its own included. NULL is fine. */
void request_cancel(struct request *request);

#endif
