#include "pull.h"

#include "printable.h"
#include "stream.h"

#include <string.h>

#define LAYER_LIMIT 1024

struct layer {
	char *id;
	uint64_t done, total;
};

struct pull {
	struct engine *engine;
	struct pull_call call; /* callbacks and context only */
	char *image;           /* printable, for messages */
	struct request *request;
	struct ndjson lines;
	struct layer *layers;
	size_t layer_count;
	struct err err; /* told in-band */
	bool streaming; /* inside on_progress: freeing waits */
	bool over;
};

static void pull_release(struct pull *pull)
{
	if (pull->streaming)
		return;
	for (size_t i = 0; i < pull->layer_count; i++)
		free(pull->layers[i].id);
	free(pull->layers);
	ndjson_free(&pull->lines);
	free(pull->image);
	free(pull);
}

void pull_cancel(struct pull *pull)
{
	if (!pull || pull->over)
		return;
	pull->over = true;
	request_cancel(pull->request);
	pull_release(pull);
}

/* ---- progress ---- */

static struct layer *pull_layer(struct pull *pull, const char *id)
{
	struct layer *layers;

	for (size_t i = 0; i < pull->layer_count; i++) {
		if (strcmp(pull->layers[i].id, id) == 0)
			return &pull->layers[i];
	}
	if (pull->layer_count == LAYER_LIMIT)
		return NULL;
	layers = reallocarray(pull->layers, pull->layer_count + 1, sizeof(*layers));
	if (!layers)
		die_out_of_memory();
	pull->layers = layers;
	layers[pull->layer_count] = (struct layer){ .id = strdup(id) };
	if (!layers[pull->layer_count].id)
		die_out_of_memory();
	return &layers[pull->layer_count++];
}

static uint64_t json_size(const json_t *object, const char *key)
{
	json_int_t value = json_integer_value(json_object_get(object, key));

	/* Nothing on earth is that large, and sums of it must not wrap. */
	return value < 0 || value > ((json_int_t)1 << 50) ? 0 : (uint64_t)value;
}

static void pull_tell(struct pull *pull)
{
	uint64_t done = 0, total = 0;

	for (size_t i = 0; i < pull->layer_count; i++) {
		done += pull->layers[i].done;
		total += pull->layers[i].total;
	}
	if (total && pull->call.on_progress)
		pull->call.on_progress(pull->call.context, done, total);
}

/* Unpacking counts its bytes anew; only what comes over the wire is summed. */
static void pull_note(struct pull *pull, const char *id, const char *status,
		      const json_t *detail)
{
	struct layer *layer = pull_layer(pull, id);

	if (!layer)
		return;
	if (strcmp(status, "Downloading") == 0) {
		uint64_t total = json_size(detail, "total");

		layer->done = json_size(detail, "current");
		if (total)
			layer->total = total;
		if (layer->done > layer->total)
			layer->total = layer->done;
	} else if (strcmp(status, "Download complete") == 0 ||
		   strcmp(status, "Pull complete") == 0) {
		layer->done = layer->total;
	} else {
		return;
	}
	pull_tell(pull);
}

static void pull_on_line(void *context, json_t *object)
{
	struct pull *pull = context;
	const char *error = ndjson_error(object);
	const char *id = json_string_value(json_object_get(object, "id"));
	const char *status = json_string_value(json_object_get(object, "status"));
	char safe[1500];

	if (pull->over)
		return;
	if (error) {
		printable_copy(safe, sizeof(safe), error, strlen(error));
		err_set(&pull->err, ERR_FAILED, "pulling %s: %s", pull->image, safe);
	} else if (id && status) {
		pull_note(pull, id, status, json_object_get(object, "progressDetail"));
	}
}

static bool pull_on_data(void *context, const char *data, size_t size)
{
	struct pull *pull = context;

	pull->streaming = true;
	ndjson_feed(&pull->lines, data, size, pull_on_line, pull);
	pull->streaming = false;
	if (pull->over)
		pull_release(pull);
	return true;
}

static void pull_on_done(void *context, const struct response *response)
{
	struct pull *pull = context;
	struct pull_call call = pull->call;
	struct err err;

	pull->streaming = true;
	ndjson_end(&pull->lines, pull_on_line, pull);
	pull->streaming = false;
	if (!pull->over && pull->err.kind == ERR_NONE && !response_ok(response)) {
		engine_error(&pull->err, "POST /images/create", response);
		err_wrap(&pull->err, "pulling %s", pull->image);
	}
	err = pull->err;
	if (pull->over) {
		pull_release(pull);
		return;
	}
	pull->over = true;
	pull_release(pull);
	call.on_done(call.context, err.kind == ERR_NONE ? NULL : &err);
}

/* ---- starting ---- */

void pull_split(const char *image, char **name, char **tag)
{
	auto_free char *copy = strdup(image);
	char *digest, *colon, *slash;

	if (!copy)
		die_out_of_memory();
	digest = strchr(copy, '@');
	if (digest)
		*digest++ = '\0';
	slash = strrchr(copy, '/');
	colon = strrchr(slash ? slash : copy, ':');
	if (colon)
		*colon++ = '\0';
	*name = engine_escape(copy);
	/* Without a tag the engine would pull all there are. */
	*tag = engine_escape(digest ? digest : colon && *colon ? colon : "latest");
}

static void pull_send(struct pull *pull, const char *image, const char *registry_auth)
{
	auto_free char *name = NULL, *tag = NULL;
	auto_buf struct buf path = { 0 }, header = { 0 };
	const char *headers[] = { NULL, NULL };
	struct engine_call call = {
		.method = "POST",
		.headers = headers,
		.on_data = pull_on_data,
		.on_done = pull_on_done,
		.context = pull,
	};

	pull_split(image, &name, &tag);
	buf_printf(&path, "/images/create?fromImage=%s&tag=%s", name, tag);
	call.path = path.data;
	if (registry_auth) {
		buf_printf(&header, "X-Registry-Auth: %s", registry_auth);
		headers[0] = header.data;
	}
	pull->request = engine_call(pull->engine, &call);
}

struct pull *pull_start(struct engine *engine, const struct pull_call *call)
{
	struct pull *pull = calloc(1, sizeof(*pull));

	if (!pull)
		die_out_of_memory();
	pull->engine = engine;
	pull->call = *call;
	pull->image = malloc(512);
	if (!pull->image)
		die_out_of_memory();
	printable_copy(pull->image, 512, call->image, strlen(call->image));
	pull_send(pull, call->image, call->registry_auth);
	return pull;
}
