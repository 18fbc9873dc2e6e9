/*
 * The Docker Engine: where it is, which API version to speak, and calls to it.
 */
#ifndef LIFTOFF_ENGINE_H
#define LIFTOFF_ENGINE_H

#include "err.h"
#include "http.h"

#include <jansson.h>

struct engine;

enum engine_access {
	ENGINE_READ_ONLY, /* can send nothing but GET and HEAD; anything else is a BUG */
	ENGINE_READ_WRITE,
};

/*
 * Decides where the engine is: `host` (-H) if not NULL, else DOCKER_HOST, else
 * the first socket that exists of /var/run/docker.sock,
 * $XDG_RUNTIME_DIR/docker.sock, /run/podman/podman.sock,
 * $XDG_RUNTIME_DIR/podman/podman.sock. Only unix:// for now; other schemes are
 * refused with a clear word. No I/O beyond looking for the socket.
 */
struct engine *engine_open(struct loop *loop, const char *host, enum engine_access access,
			   struct err *err);
void engine_close(struct engine *engine);
struct loop *engine_loop(struct engine *engine);

/*
 * HEAD /_ping (GET where HEAD is refused): is it there, which API does it
 * speak. We speak min(its newest, ours); 1.41 to 1.52 are ours. DOCKER_API_VERSION
 * pins. Blocks on the loop. ERR_UNREACHABLE names the socket, and the hint
 * tells a missing socket from a refused one and from missing permission.
 */
int engine_connect(struct engine *engine, struct err *err);

const char *engine_where(const struct engine *engine); /* "unix:///var/run/docker.sock" */
const char *engine_socket(const struct engine *engine); /* its path */
/* At least that API version? engine_api_at_least(e, 1, 44) */
bool engine_api_at_least(const struct engine *engine, unsigned major, unsigned minor);
const char *engine_api(const struct engine *engine);              /* "1.41" */
unsigned long engine_calls(const struct engine *engine);          /* sent so far */
unsigned long engine_changing_calls(const struct engine *engine); /* not GET or HEAD */

struct engine_call {
	const char *method;
	const char *path; /* "/containers/json?all=1": without version prefix, escaped */
	json_t *json;     /* body; borrowed, serialised at once; NULL: none */
	const void *raw;  /* or a raw body, copied … */
	size_t raw_size;
	const char *content_type;   /* … of this type */
	const char *const *headers; /* further ones, NULL-terminated; or NULL */
	bool (*on_data)(void *context, const char *data, size_t size); /* streaming */
	void (*on_headers)(void *context, long status); /* as they arrive; optional */
	void (*on_done)(void *context, const struct response *response);
	void *context;
	int64_t timeout_ms; /* 0: none, as for starts, pulls, waits and streams */
};

/*
 * Sends it. If the engine refuses our API version (400 with another one in
 * Api-Version), the call is sent again in that version, unseen by the caller.
 */
struct request *engine_call(struct engine *engine, const struct engine_call *call);

/* Percent-escapes for a path or query; caller frees with free(). */
char *engine_escape(const char *text);

/*
 * Fills err (ERR_FAILED, or ERR_UNREACHABLE when nothing answered) from an
 * answer that was no success: "POST /containers/create: 409 Conflict: <the
 * engine's message>". Always -1.
 */
int engine_error(struct err *err, const char *what, const struct response *response);
/* Success: 2xx, 101, and 304 ("already so"). */
bool response_ok(const struct response *response);

/* The engine's own "message" of an error body, or the raw text, one line, safe to print.
 */
void response_message(const struct response *response, char *text, size_t size);

/*
 * A GET that blocks on the loop and gives parsed JSON (caller's reference), or
 * NULL. For commands that need one answer; concurrent reads use engine_call.
 */
json_t *engine_get(struct engine *engine, const char *path, struct err *err);

#endif
