#include "ddp.h"

#include "conn.h"
#include "wsframe.h"

#include <jansson.h>
#include <string.h>

#define CONNECT                                                                          \
	"{\"msg\":\"connect\",\"version\":\"1\",\"support\":[\"1\",\"pre2\",\"pre1\"]}"
#define CONNECT_SOCKJS                                                                   \
	"[\"{\\\"msg\\\":\\\"connect\\\",\\\"version\\\":\\\"1\\\","                     \
	"\\\"support\\\":[\\\"1\\\",\\\"pre2\\\",\\\"pre1\\\"]}\"]"

struct ddp {
	struct ddp_call call;
	struct conn *conn;
	struct timer deadline;
	char key[WS_KEY_ROOM];
	struct buf upgrade; /* the answer to the upgrade, while it is incomplete */
	bool upgraded;
	struct ws_decoder decoder;
	int verdict; /* as ddp_read() gives it */
	char why[256];
};

static void ddp_free(struct ddp *ddp)
{
	timer_unset(&ddp->deadline);
	conn_close(ddp->conn);
	buf_free(&ddp->upgrade);
	ws_decoder_free(&ddp->decoder);
	free(ddp);
}

void ddp_cancel(struct ddp *ddp)
{
	if (ddp)
		ddp_free(ddp);
}

static void finish(struct ddp *ddp, const char *why)
{
	struct ddp_call call = ddp->call;
	char copy[sizeof(ddp->why)];

	/* `why` may live in what is freed here */
	snprintf(copy, sizeof(copy), "%s", why ? why : "");
	ddp_free(ddp);
	call.on_result(call.context, why ? copy : NULL);
}

static int read_ddp(const json_t *json, char *why, size_t why_size)
{
	const char *msg = json_string_value(json_object_get(json, "msg"));

	if (msg && !strcmp(msg, "connected"))
		return 1;
	if (msg && (!strcmp(msg, "failed") || !strcmp(msg, "error"))) {
		snprintf(why, why_size, "ddp-streamer answered \"%s\" to DDP connect",
			 msg);
		return -1;
	}
	return 0; /* server_id, ping and the like */
}

/* a["…","…"]: DDP messages as strings in an array. */
static int read_sockjs(const char *message, size_t size, char *why, size_t why_size)
{
	json_t *array, *item;
	size_t i;
	int got = 0;

	if (size && message[0] == 'c') {
		snprintf(why, why_size, "the SockJS session was closed");
		return -1;
	}
	if (!size || message[0] != 'a')
		return 0; /* o opens, h is a heartbeat */
	array = json_loadb(message + 1, size - 1, 0, NULL);
	json_array_foreach(array, i, item)
	{
		json_t *json = json_string_value(item)
				       ? json_loads(json_string_value(item), 0, NULL)
				       : NULL;

		if (!got)
			got = read_ddp(json, why, why_size);
		json_decref(json);
	}
	json_decref(array);
	return got;
}

int ddp_read(const char *message, size_t size, bool sockjs, char *why, size_t why_size)
{
	json_t *json;
	int got;

	if (sockjs)
		return read_sockjs(message, size, why, why_size);
	json = json_loadb(message, size, 0, NULL);
	got = read_ddp(json, why, why_size);
	json_decref(json);
	return got;
}

static void send_message(struct ddp *ddp, enum ws_opcode opcode, const void *data,
			 size_t size)
{
	auto_buf struct buf frame = { 0 };

	ws_send(&frame, opcode, data, size);
	conn_send(ddp->conn, frame.data, frame.size);
}

static void on_message(void *context, enum ws_opcode opcode, const char *data,
		       size_t size)
{
	struct ddp *ddp = context;

	if (opcode == WS_PING) {
		send_message(ddp, WS_PONG, data, size);
	} else if (opcode == WS_CLOSE && !ddp->verdict) {
		ddp->verdict = -1;
		snprintf(ddp->why, sizeof(ddp->why),
			 "the websocket was closed before DDP connected");
	} else if (opcode == WS_TEXT && !ddp->verdict) {
		ddp->verdict = ddp_read(data, size, ddp->call.sockjs, ddp->why,
					sizeof(ddp->why));
	}
}

static void feed(struct ddp *ddp, const char *data, size_t size)
{
	if (!ws_feed(&ddp->decoder, data, size, on_message, ddp) && !ddp->verdict) {
		ddp->verdict = -1;
		snprintf(ddp->why, sizeof(ddp->why), "%s", ddp->decoder.why);
	}
	if (ddp->verdict)
		finish(ddp, ddp->verdict > 0 ? NULL : ddp->why);
}

static void refused(struct ddp *ddp, const struct ws_answer *answer)
{
	if (answer->status)
		snprintf(ddp->why, sizeof(ddp->why), "HTTP %d instead of a websocket",
			 answer->status);
	else
		snprintf(ddp->why, sizeof(ddp->why), "%s", answer->why);
	finish(ddp, ddp->why);
}

static void on_data(void *context, const char *data, size_t size)
{
	struct ddp *ddp = context;
	struct ws_answer answer;

	if (ddp->upgraded) {
		feed(ddp, data, size);
		return;
	}
	buf_add(&ddp->upgrade, data, size);
	switch (ws_check_upgrade(ddp->upgrade.data, ddp->upgrade.size, ddp->key,
				 &answer)) {
	case WS_UPGRADE_MORE:
		return;
	case WS_UPGRADE_REFUSED:
		refused(ddp, &answer);
		return;
	case WS_UPGRADE_DONE:
		ddp->upgraded = true;
		if (ddp->call.sockjs)
			send_message(ddp, WS_TEXT, CONNECT_SOCKJS,
				     strlen(CONNECT_SOCKJS));
		else
			send_message(ddp, WS_TEXT, CONNECT, strlen(CONNECT));
		feed(ddp, ddp->upgrade.data + answer.size,
		     ddp->upgrade.size - answer.size);
		return;
	}
}

static void on_open(void *context)
{
	struct ddp *ddp = context;
	auto_buf struct buf request = { 0 };

	ws_request(&request, ddp->call.host, ddp->call.path, ddp->key);
	conn_send(ddp->conn, request.data, request.size);
}

static void on_close(void *context, const char *error)
{
	struct ddp *ddp = context;

	ddp->conn = NULL;
	finish(ddp, error ? error : "the connection was closed before DDP connected");
}

static void on_deadline(void *context)
{
	struct ddp *ddp = context;

	finish(ddp, ddp->upgraded ? "no DDP answer in time" : "no websocket in time");
}

struct ddp *ddp_start(struct loop *loop, const struct ddp_call *call)
{
	struct ddp *ddp = calloc(1, sizeof(*ddp));

	if (!ddp)
		die_out_of_memory();
	ddp->call = *call;
	ws_key_new(ddp->key);
	timer_set(loop, &ddp->deadline, call->timeout_ms, on_deadline, ddp);
	ddp->conn = conn_open(loop, &(struct conn_call){ .url = call->url,
							 .timeout_ms = call->timeout_ms,
							 .on_open = on_open,
							 .on_data = on_data,
							 .on_close = on_close,
							 .context = ddp });
	return ddp;
}
