#include "probe.h"

#include "conn.h"
#include "http.h"
#include "mongo_hello.h"

#include <string.h>

struct probing {
	struct loop *loop;
	struct probe_call call;
	struct request *request;
	struct conn *conn;
	struct timer deadline;
	struct buf received;
	bool asked_fallback;
};

static void probing_free(struct probing *probing)
{
	timer_unset(&probing->deadline);
	request_cancel(probing->request);
	conn_close(probing->conn);
	buf_free(&probing->received);
	free(probing);
}

void probe_cancel(struct probing *probing)
{
	if (probing)
		probing_free(probing);
}

static void finish(struct probing *probing, bool ready, bool answered, const char *why)
{
	struct probe_result result = { .ready = ready, .answered = answered };
	struct probe_call call = probing->call;

	snprintf(result.why, sizeof(result.why), "%s", why);
	probing_free(probing);
	call.on_result(call.context, &result);
}

static void ask_http(struct probing *probing, const char *path);

static void on_http(void *context, const struct response *response)
{
	struct probing *probing = context;
	const struct probe *probe = probing->call.probe;
	char why[128];

	probing->request = NULL;
	if (!response->status) {
		finish(probing, false, false,
		       response->error ? response->error : "no answer");
		return;
	}
	snprintf(why, sizeof(why), "HTTP %ld at %s", response->status,
		 probing->asked_fallback ? probe->fallback : probe->path);
	if (probing->asked_fallback || response->status == 200) {
		finish(probing, true, true, why);
	} else if (response->status == 404 && probe->fallback) {
		probing->asked_fallback = true;
		ask_http(probing, probe->fallback);
	} else {
		finish(probing, false, true, why);
	}
}

static void ask_http(struct probing *probing, const char *path)
{
	char url[320];

	snprintf(url, sizeof(url), "http://%s:%u%s", probing->call.address,
		 probing->call.probe->port, path);
	probing->request = http_start(probing->loop,
				      &(struct http_call){
					      .method = "GET",
					      .url = url,
					      .timeout_ms = probing->call.timeout_ms,
					      .on_done = on_http,
					      .context = probing,
				      });
}

static void judge_hello(struct probing *probing, const struct mongo_hello *hello)
{
	const struct probe_call *call = &probing->call;

	if (!hello->ok)
		finish(probing, false, true, hello->errmsg);
	else if (!*hello->set_name)
		finish(probing, false, true, "the replica set is not initiated");
	else if (strcmp(hello->set_name, call->replica_set))
		finish(probing, false, true, "it belongs to another replica set");
	else if (!hello->primary_here)
		finish(probing, false, true, "no primary yet");
	else if (call->member && strcmp(hello->me, call->member))
		finish(probing, false, true, "the replica set has another member host");
	else
		finish(probing, true, true, "primary");
}

static void on_hello_data(void *context, const char *data, size_t size)
{
	struct probing *probing = context;
	struct mongo_hello hello;
	int got;

	buf_add(&probing->received, data, size);
	got = mongo_hello_read(probing->received.data, probing->received.size, &hello);
	if (got < 0)
		finish(probing, false, true, "its answer is not MongoDB's");
	else if (got > 0)
		judge_hello(probing, &hello);
}

static void on_hello_open(void *context)
{
	struct probing *probing = context;
	auto_buf struct buf question = { 0 };

	mongo_hello_ask(&question);
	conn_send(probing->conn, question.data, question.size);
}

static void on_hello_close(void *context, const char *error)
{
	struct probing *probing = context;

	probing->conn = NULL;
	finish(probing, false, false, error ? error : "closed the connection");
}

static void on_deadline(void *context)
{
	finish(context, false, false, "no answer in time");
}

static void ask_hello(struct probing *probing)
{
	char url[64];

	snprintf(url, sizeof(url), "http://%s:%u", probing->call.address,
		 probing->call.probe->port);
	timer_set(probing->loop, &probing->deadline, probing->call.timeout_ms,
		  on_deadline, probing);
	probing->conn = conn_open(probing->loop,
				  &(struct conn_call){
					  .url = url,
					  .timeout_ms = probing->call.timeout_ms,
					  .on_open = on_hello_open,
					  .on_data = on_hello_data,
					  .on_close = on_hello_close,
					  .context = probing,
				  });
}

struct probing *probe_start(struct loop *loop, const struct probe_call *call)
{
	struct probing *probing = calloc(1, sizeof(*probing));

	if (!probing)
		die_out_of_memory();
	probing->loop = loop;
	probing->call = *call;
	switch (call->probe->kind) {
	case PROBE_HTTP:
		ask_http(probing, call->probe->path);
		break;
	case PROBE_REPLICA_SET:
		ask_hello(probing);
		break;
	}
	return probing;
}
