#include "engine.h"

#include "engine_host.h"
#include "printable.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PING_TIMEOUT_MS 15000
#define READ_TIMEOUT_MS 60000
#define CONNECT_TIMEOUT_MS 10000

struct api {
	unsigned major, minor;
};

/* Ours: what this client was written and measured against. */
static const struct api api_oldest = { 1, 41 };
static const struct api api_newest = { 1, 52 };

struct engine {
	struct loop *loop;
	enum engine_access access;
	struct engine_host host;
	struct api api;
	bool pinned; /* by DOCKER_API_VERSION */
	char api_text[16];
	unsigned long calls, changing_calls;
};

/* ---- versions ---- */

static bool api_parse(const char *text, struct api *api)
{
	char end;

	/* Digits only: sscanf would take blanks and signs. */
	if (strspn(text, "0123456789.") != strlen(text) || strlen(text) > 9)
		return false;
	return sscanf(text, "%4u.%4u%c", &api->major, &api->minor, &end) == 2;
}

static bool api_less(struct api a, struct api b)
{
	return a.major != b.major ? a.major < b.major : a.minor < b.minor;
}

static void engine_set_api(struct engine *engine, struct api api)
{
	engine->api = api;
	snprintf(engine->api_text, sizeof(engine->api_text), "%u.%u", api.major,
		 api.minor);
}

static int engine_pin(struct engine *engine, struct err *err)
{
	const char *pin = getenv("DOCKER_API_VERSION");
	struct api api;
	char safe[40];

	if (!pin || !*pin)
		return 0;
	printable_copy(safe, sizeof(safe), pin, strlen(pin));
	if (!api_parse(pin, &api))
		return err_set(err, ERR_USAGE,
			       "DOCKER_API_VERSION \"%s\": not a version such as 1.45",
			       safe);
	if (api_less(api, api_oldest) || api_less(api_newest, api))
		return err_set(err, ERR_USAGE,
			       "DOCKER_API_VERSION %s: liftoff speaks %u.%u to %u.%u",
			       safe, api_oldest.major, api_oldest.minor, api_newest.major,
			       api_newest.minor);
	engine_set_api(engine, api);
	engine->pinned = true;
	return 0;
}

bool engine_api_at_least(const struct engine *engine, unsigned major, unsigned minor)
{
	return !api_less(engine->api, (struct api){ major, minor });
}

const char *engine_api(const struct engine *engine)
{
	return engine->api_text;
}

/* ---- opening ---- */

struct engine *engine_open(struct loop *loop, const char *host, enum engine_access access,
			   struct err *err)
{
	struct engine *engine = calloc(1, sizeof(*engine));

	if (!engine)
		die_out_of_memory();
	engine->loop = loop;
	engine->access = access;
	/* Until the engine has told what it speaks: what all of ours do. */
	engine_set_api(engine, api_oldest);
	if (engine_host_find(&engine->host, host, err) < 0 ||
	    engine_pin(engine, err) < 0) {
		free(engine);
		return NULL;
	}
	return engine;
}

void engine_close(struct engine *engine)
{
	free(engine);
}

struct loop *engine_loop(struct engine *engine)
{
	return engine->loop;
}

const char *engine_where(const struct engine *engine)
{
	return engine->host.where;
}

const char *engine_socket(const struct engine *engine)
{
	return engine->host.socket;
}

unsigned long engine_calls(const struct engine *engine)
{
	return engine->calls;
}

unsigned long engine_changing_calls(const struct engine *engine)
{
	return engine->changing_calls;
}

/* ---- calls ---- */

char *engine_escape(const char *text)
{
	static const char digits[] = "0123456789ABCDEF";
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789-._~";
	struct buf out = { 0 };

	buf_puts(&out, "");
	for (; *text; text++) {
		unsigned char byte = (unsigned char)*text;
		char escaped[3] = { '%', digits[byte >> 4], digits[byte & 15] };

		if (strchr(plain, *text))
			buf_add(&out, text, 1);
		else
			buf_add(&out, escaped, sizeof(escaped));
	}
	return out.data;
}

static char *engine_url(const struct engine *engine, const char *path)
{
	struct buf url = { 0 };

	buf_printf(&url, "http://engine/v%s%s", engine->api_text, path);
	return url.data;
}

/* The path of a URL that engine_url() made. */
static const char *engine_path(const char *url)
{
	return strchr(url + strlen("http://engine/"), '/');
}

/*
 * A 400 whose Api-Version is not the one we spoke is how an engine refuses a
 * version, before it looked at the call: so nothing happened yet.
 */
static char *engine_renegotiate(void *context, const char *url,
				const struct response *response)
{
	struct engine *engine = context;
	struct api theirs;

	if (response->status != 400 || response->error || engine->pinned ||
	    !api_parse(response->api_version, &theirs) || api_less(theirs, api_oldest))
		return NULL;
	if (api_less(api_newest, theirs))
		theirs = api_newest;
	engine_set_api(engine, theirs);
	{
		auto_free char *again = engine_url(engine, engine_path(url));

		if (strcmp(again, url) == 0)
			return NULL;
		engine->calls++;
		return STEAL(again);
	}
}

static bool method_reads(const char *method)
{
	return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
}

static void engine_count(struct engine *engine, const char *method)
{
	if (!method_reads(method) && engine->access == ENGINE_READ_ONLY)
		BUG("a changing call through a read-only engine");
	engine->calls++;
	if (!method_reads(method))
		engine->changing_calls++;
}

struct request *engine_call(struct engine *engine, const struct engine_call *call)
{
	auto_free char *url = engine_url(engine, call->path);
	auto_free char *json = NULL;
	struct http_call http = {
		.method = call->method,
		.url = url,
		.unix_socket = engine->host.socket,
		.headers = call->headers,
		.body = call->raw,
		.body_size = call->raw_size,
		.content_type = call->content_type,
		.timeout_ms = call->timeout_ms,
		.connect_timeout_ms = CONNECT_TIMEOUT_MS,
		.on_data = call->on_data,
		.on_headers = call->on_headers,
		.on_done = call->on_done,
		.context = call->context,
		.on_again = engine_renegotiate,
		.again_context = engine,
	};

	engine_count(engine, call->method);
	if (call->json) {
		json = json_dumps(call->json, JSON_COMPACT);
		if (!json)
			die_out_of_memory();
		http.body = json;
		http.body_size = strlen(json);
		http.content_type = NULL;
	}
	return http_start(engine->loop, &http);
}

/* ---- answers waited for ---- */

struct answer {
	bool done;
	long status;
	char api_version[16];
	int os_errno;
	bool ok;
	const char *what;
	json_t *json;
	struct err err;
};

static void answer_take(void *context, const struct response *response)
{
	struct answer *answer = context;

	answer->done = true;
	answer->status = response->status;
	answer->os_errno = response->os_errno;
	answer->ok = response_ok(response);
	memcpy(answer->api_version, response->api_version, sizeof(answer->api_version));
	if (!answer->ok)
		engine_error(&answer->err, answer->what, response);
}

static void answer_take_json(void *context, const struct response *response)
{
	struct answer *answer = context;
	json_error_t error;

	answer_take(context, response);
	if (!answer->ok)
		return;
	answer->json = json_loadb(response->body, response->size, 0, &error);
	if (!answer->json)
		err_set(&answer->err, ERR_FAILED, "%s: the answer is no JSON",
			answer->what);
}

static void engine_ping(struct engine *engine, const char *method, struct answer *answer)
{
	struct http_call call = {
		.method = method,
		.url = "http://engine/_ping",
		.unix_socket = engine->host.socket,
		.timeout_ms = PING_TIMEOUT_MS,
		.connect_timeout_ms = PING_TIMEOUT_MS,
		.on_done = answer_take,
		.context = answer,
	};

	*answer = (struct answer){ .what = engine->host.where };
	engine_count(engine, method);
	http_start(engine->loop, &call);
	loop_run(engine->loop, &answer->done);
}

static int engine_negotiate(struct engine *engine, const char *version, struct err *err)
{
	struct api theirs;

	if (!api_parse(version, &theirs)) {
		err_set(err, ERR_UNREACHABLE, "%s answers, but not as a Docker Engine",
			engine->host.where);
		return err_hint(err, "is that the socket of dockerd or of podman?");
	}
	if (api_less(theirs, api_oldest)) {
		err_set(err, ERR_FAILED,
			"the engine at %s is too old: it speaks API %u.%u, liftoff needs "
			"%u.%u",
			engine->host.where, theirs.major, theirs.minor, api_oldest.major,
			api_oldest.minor);
		return err_hint(err, "Docker 20.10 and podman 4 are the oldest that do");
	}
	if (!engine->pinned) {
		engine_set_api(engine,
			       api_less(theirs, api_newest) ? theirs : api_newest);
		return 0;
	}
	if (api_less(theirs, engine->api))
		return err_set(
			err, ERR_USAGE,
			"DOCKER_API_VERSION %s is newer than what the engine at %s "
			"speaks: %u.%u",
			engine->api_text, engine->host.where, theirs.major, theirs.minor);
	return 0;
}

int engine_connect(struct engine *engine, struct err *err)
{
	struct answer answer;

	engine_ping(engine, "HEAD", &answer);
	/* Whatever is in the way of HEAD: an old proxy, an old engine. */
	if (answer.status && (!answer.ok || !answer.api_version[0]))
		engine_ping(engine, "GET", &answer);
	if (answer.ok)
		return engine_negotiate(engine, answer.api_version, err);
	*err = answer.err;
	err->kind = ERR_UNREACHABLE;
	err_wrap(err, "no engine");
	engine_host_hint(&engine->host, answer.os_errno, err);
	return -1;
}

json_t *engine_get(struct engine *engine, const char *path, struct err *err)
{
	auto_buf struct buf what = { 0 };
	struct answer answer = { 0 };
	struct engine_call call = {
		.method = "GET",
		.path = path,
		.on_done = answer_take_json,
		.context = &answer,
		.timeout_ms = READ_TIMEOUT_MS,
	};

	buf_printf(&what, "GET %s", path);
	answer.what = what.data;
	engine_call(engine, &call);
	loop_run(engine->loop, &answer.done);
	if (!answer.json)
		*err = answer.err;
	return answer.json;
}
