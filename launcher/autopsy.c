#include "config.h"

#include "autopsy.h"

#include "printable.h"
#include "world.h"

#include <signal.h>
#include <string.h>

#define LINE_MAX_BYTES 2000

const char *autopsy_exit_meaning(int64_t code)
{
	switch (code) {
	case 125:
		return "the engine could not run it";
	case 126:
		return "its command cannot be executed";
	case 127:
		return "its command was not found";
	case 128 + SIGILL:
		return "illegal instruction";
	case 128 + SIGABRT:
		return "it aborted itself";
	case 128 + SIGBUS:
		return "bus error";
	case 128 + SIGFPE:
		return "arithmetic error";
	case 128 + SIGKILL:
		return "killed";
	case 128 + SIGSEGV:
		return "segmentation fault";
	case 128 + SIGTERM:
		return "terminated";
	case 128 + SIGINT:
		return "interrupted";
	default:
		return NULL;
	}
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

/* The longest secret that stands at the start of text; its size, or 0. */
static size_t secret_at(const char *text, size_t size, const char *const *secrets)
{
	size_t longest = 0;

	for (; secrets && *secrets; secrets++) {
		size_t length = strlen(*secrets);

		if (length > longest && length <= size &&
		    memcmp(text, *secrets, length) == 0)
			longest = length;
	}
	return longest;
}

static void mask(struct buf *out, const char *text, size_t size,
		 const char *const *secrets)
{
	while (size) {
		size_t secret = secret_at(text, size, secrets);

		if (secret)
			buf_puts(out, "***");
		else
			buf_add(out, text, secret = 1);
		text += secret;
		size -= secret;
	}
}

/* One line to show: without secrets, safe, and not endless. NULL for none. */
static const char *clean(struct arena *arena, const char *text, size_t size,
			 const char *const *secrets)
{
	auto_buf struct buf masked = { 0 }, safe = { 0 };

	while (size && strchr("\r\n ", text[size - 1]))
		size--;
	if (!size)
		return NULL;
	/* Masked before it is cut: a secret cut in two would be known no more. */
	mask(&masked, text, size, secrets);
	if (masked.size > LINE_MAX_BYTES) {
		masked.size = LINE_MAX_BYTES;
		while ((masked.data[masked.size] & 0xc0) == 0x80)
			masked.size--;
		masked.data[masked.size] = '\0';
		buf_puts(&masked, "…");
	}
	printable_add(&safe, masked.data, masked.size, PRINTABLE_PLAIN);
	return arena_strdup(arena, buf_text(&safe));
}

static void take_lines(struct autopsy *autopsy, struct arena *arena, const char *log,
		       size_t size, const char *const *secrets)
{
	const char **lines = arena_array(arena, AUTOPSY_LINES, sizeof(*lines));
	size_t end = size, at = AUTOPSY_LINES;

	/* From the end backwards, as many as are wanted. */
	while (end && at) {
		const char *newline = memrchr(log, '\n', end - 1);
		size_t begin = newline ? (size_t)(newline - log) + 1 : 0;
		const char *line = clean(arena, log + begin, end - begin, secrets);

		if (line)
			lines[--at] = line;
		end = begin;
	}
	autopsy->lines = lines + at;
	autopsy->line_count = AUTOPSY_LINES - at;
}

static const struct autopsy_known *known_in(const char *text)
{
	for (const struct autopsy_known *known = autopsy_known; known->needle; known++)
		if (strcasestr(text, known->needle) &&
		    (!known->also || strcasestr(text, known->also)))
			return known;
	return NULL;
}

/* The row highest in the table that any of the texts gives away. */
static const struct autopsy_known *find_known(const struct autopsy *autopsy)
{
	const struct autopsy_known *best = NULL, *known;

	if (autopsy->engine)
		best = known_in(autopsy->engine);
	for (size_t i = 0; i < autopsy->line_count; i++) {
		known = known_in(autopsy->lines[i]);
		if (known && (!best || known < best))
			best = known;
	}
	return best;
}

static void find_cause(struct autopsy *autopsy, const json_t *inspect)
{
	const struct autopsy_known *known = find_known(autopsy);
	const json_t *config = json_object_get(inspect, "Config");
	const char *service = text_of(json_object_get(config, "Labels"), LABEL_SERVICE);

	if (autopsy->oom_killed) {
		autopsy->cause = "it used more memory than it may";
		autopsy->hint = "give it more in the profile: [service …] memory";
	} else if (known) {
		autopsy->cause = known->cause;
		autopsy->hint = known->hint;
	} else if (autopsy->running) {
		return;
	} else if (autopsy->exit_code == 128 + SIGILL &&
		   strcmp(service, "mongodb") == 0) {
		autopsy->cause = "MongoDB 5.0 and later need a CPU with AVX (ARMv8.2-A "
				 "on arm64); this one seems to have none";
		autopsy->hint = "on a virtual machine, pass the host's CPU through; or "
				"keep to an outside MongoDB: [mongodb] url";
	} else if (autopsy->exit_code == 128 + SIGKILL) {
		autopsy->cause = "killed from outside, not by its own memory limit: by "
				 "somebody, or by a host out of memory";
		autopsy->hint = "`dmesg` on the engine's host tells if it was the kernel";
	} else if (autopsy->exit_code == 126 || autopsy->exit_code == 127) {
		autopsy->cause = "the image does not hold the command it is to run";
		autopsy->hint = "check the service's image and command in the profile";
	}
}

static const char *describe_exit(struct arena *arena, int64_t code)
{
	const char *meaning = autopsy_exit_meaning(code);

	if (meaning)
		return arena_printf(arena, "%lld (%s)", (long long)code, meaning);
	if (code > 128 && code < 128 + 65)
		return arena_printf(arena, "%lld (signal %lld)", (long long)code,
				    (long long)code - 128);
	return arena_printf(arena, "%lld", (long long)code);
}

static const char *describe_state(const struct autopsy *autopsy, struct arena *arena,
				  const char *status)
{
	const char *code = describe_exit(arena, autopsy->exit_code);
	const char *restarts = "";

	if (!autopsy->found)
		return "is gone";
	if (autopsy->restarts > 0)
		restarts = arena_printf(arena, ", %lld restart%s",
					(long long)autopsy->restarts,
					autopsy->restarts == 1 ? "" : "s");
	if (autopsy->restarting)
		return arena_printf(arena, "keeps exiting with %s%s", code, restarts);
	if (autopsy->running && autopsy->restarts > 0)
		return arena_printf(arena, "is running again%s; it last exited with %s",
				    restarts, code);
	if (strcmp(status, "created") == 0)
		return "was never started";
	if (autopsy->running)
		return strcmp(status, "paused") == 0 ? "is paused" : "is running";
	return arena_printf(arena, "exited with %s%s", code, restarts);
}

static const char *last_health(struct arena *arena, const json_t *state,
			       const char *const *secrets)
{
	const json_t *health = json_object_get(state, "Health");
	const json_t *log = json_object_get(health, "Log");
	const json_t *last;
	const char *output;

	if (!json_array_size(log))
		return NULL;
	last = json_array_get(log, json_array_size(log) - 1);
	if (json_integer_value(json_object_get(last, "ExitCode")) == 0)
		return NULL;
	output = text_of(last, "Output");
	return clean(arena, output, strlen(output), secrets);
}

void autopsy_explain(struct autopsy *autopsy, struct arena *arena, const char *object,
		     const json_t *inspect, const char *log, size_t log_size,
		     const char *const *secrets)
{
	const json_t *state = json_object_get(inspect, "State");
	const char *error = text_of(state, "Error");

	*autopsy = (struct autopsy){
		.object = clean(arena, object, strlen(object), NULL),
		.found = inspect != NULL,
		.running = json_is_true(json_object_get(state, "Running")),
		.restarting = json_is_true(json_object_get(state, "Restarting")),
		.oom_killed = json_is_true(json_object_get(state, "OOMKilled")),
		.exit_code = json_integer_value(json_object_get(state, "ExitCode")),
		.restarts = json_integer_value(json_object_get(inspect, "RestartCount")),
		.engine = clean(arena, error, strlen(error), secrets),
		.health = last_health(arena, state, secrets),
	};
	/* Docker calls a container that it is about to restart running, too. */
	if (autopsy->restarting)
		autopsy->running = false;
	take_lines(autopsy, arena, log, log_size, secrets);
	find_cause(autopsy, inspect);
	autopsy->state = describe_state(autopsy, arena, text_of(state, "Status"));
}
