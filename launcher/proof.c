#include "proof.h"

#include "ddp.h"
#include "http.h"

#include <string.h>

/* Between two tries of one check; each try has its own timeout. */
#define RETRY_MS 100
#define TRY_MS 10000
/* The core's public REST endpoint, there since 0.x; "/" where it is switched off. */
#define CORE_PATH "/api/info"

enum check_kind { CHECK_HTTP, CHECK_WEBSOCKET, CHECK_SOCKJS, CHECK_COUNT };

struct check {
	struct proof *owner;
	enum check_kind kind;
	bool passed;
	struct request *request;
	struct ddp *ddp;
	struct timer retry;
	const char *path; /* with CHECK_HTTP */
	char why[320];
};

struct proof {
	struct loop *loop;
	char url[80];  /* http://address:port of the published port */
	char host[64]; /* Host header */
	struct check checks[CHECK_COUNT];
	void (*on_change)(void *context, const char *missing);
	void (*on_proven)(void *context, const char *summary);
	void *context;
};

static void try_check(void *context);

static void passed(struct check *check)
{
	struct proof *proof = check->owner;
	void (*on_proven)(void *context, const char *summary) = proof->on_proven;
	void *user = proof->context;

	check->passed = true;
	for (size_t i = 0; i < CHECK_COUNT; i++)
		if (!proof->checks[i].passed)
			return;
	proof_cancel(proof);
	on_proven(user, "HTTP 200, DDP connected at /websocket and /sockjs");
}

static void failed(struct check *check, const char *why)
{
	struct proof *proof = check->owner;
	static const char *const names[CHECK_COUNT] = { "HTTP", "/websocket", "/sockjs" };
	char text[sizeof(check->why)];

	timer_set(proof->loop, &check->retry, RETRY_MS, try_check, check);
	snprintf(text, sizeof(text), "%s: %s", names[check->kind], why);
	if (!strcmp(text, check->why))
		return;
	memcpy(check->why, text, sizeof(text));
	proof->on_change(proof->context, check->why);
}

static void on_http(void *context, const struct response *response)
{
	struct check *check = context;
	char why[160];

	check->request = NULL;
	if (response->status == 200) {
		passed(check);
		return;
	}
	if (response->status == 404 || response->status == 401)
		check->path = "/"; /* that endpoint is closed; the page never is */
	if (response->status)
		snprintf(why, sizeof(why), "%s answered HTTP %ld", check->path,
			 response->status);
	else
		snprintf(why, sizeof(why), "%s",
			 response->error ? response->error : "no answer");
	failed(check, why);
}

static void on_ddp(void *context, const char *why)
{
	struct check *check = context;

	check->ddp = NULL;
	if (why)
		failed(check, why);
	else
		passed(check);
}

static void try_http(struct check *check)
{
	struct proof *proof = check->owner;
	char url[160], header[80];
	const char *headers[] = { header, NULL };

	snprintf(url, sizeof(url), "%s%s", proof->url, check->path);
	snprintf(header, sizeof(header), "Host: %s", proof->host);
	check->request = http_start(proof->loop, &(struct http_call){
							 .method = "GET",
							 .url = url,
							 .headers = headers,
							 .timeout_ms = TRY_MS,
							 .on_done = on_http,
							 .context = check,
						 });
}

static void try_check(void *context)
{
	struct check *check = context;
	struct proof *proof = check->owner;
	bool sockjs = check->kind == CHECK_SOCKJS;

	if (check->kind == CHECK_HTTP) {
		try_http(check);
		return;
	}
	check->ddp = ddp_start(
		proof->loop,
		&(struct ddp_call){
			.url = proof->url,
			.host = proof->host,
			.path = sockjs ? "/sockjs/000/liftoff0/websocket" : "/websocket",
			.sockjs = sockjs,
			.timeout_ms = TRY_MS,
			.on_result = on_ddp,
			.context = check,
		});
}

/* A wildcard address is no destination; this host's loopback stands for it. */
static const char *reachable(const char *address)
{
	if (!strcmp(address, "0.0.0.0"))
		return "127.0.0.1";
	if (!strcmp(address, "::"))
		return "[::1]";
	return address;
}

struct proof *proof_start(struct loop *loop, const struct stack *stack,
			  void (*on_change)(void *context, const char *missing),
			  void (*on_proven)(void *context, const char *summary),
			  void *context)
{
	const struct service *proxy = stack_service(stack, SERVICE_PROXY);
	const struct publish *port = &proxy->ports[0];
	const char *address = reachable(port->host_address);
	bool bare_v6 = strchr(address, ':') && *address != '[';
	struct proof *proof = calloc(1, sizeof(*proof));

	if (!proof)
		die_out_of_memory();
	proof->loop = loop;
	proof->on_change = on_change;
	proof->on_proven = on_proven;
	proof->context = context;
	snprintf(proof->host, sizeof(proof->host), "%s%s%s:%u", bare_v6 ? "[" : "",
		 address, bare_v6 ? "]" : "", port->host_port);
	snprintf(proof->url, sizeof(proof->url), "http://%s", proof->host);
	for (unsigned i = 0; i < CHECK_COUNT; i++) {
		proof->checks[i].owner = proof;
		proof->checks[i].kind = (enum check_kind)i;
		proof->checks[i].path = CORE_PATH;
		try_check(&proof->checks[i]);
	}
	return proof;
}

void proof_cancel(struct proof *proof)
{
	if (!proof)
		return;
	for (size_t i = 0; i < CHECK_COUNT; i++) {
		timer_unset(&proof->checks[i].retry);
		request_cancel(proof->checks[i].request);
		ddp_cancel(proof->checks[i].ddp);
	}
	free(proof);
}
