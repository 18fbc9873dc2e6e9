#include "autopsy.h"

void autopsy_text(struct buf *out, const struct autopsy *autopsy)
{
	buf_printf(out, "%s %s\n", autopsy->object, autopsy->state);
	if (autopsy->cause)
		buf_printf(out, "cause: %s\n", autopsy->cause);
	if (autopsy->engine)
		buf_printf(out, "the engine says: %s\n", autopsy->engine);
	if (autopsy->health)
		buf_printf(out, "its health check says: %s\n", autopsy->health);
	if (autopsy->line_count)
		buf_puts(out, "its last words:\n");
	else if (autopsy->found)
		buf_puts(out, "it wrote nothing to its log\n");
	for (size_t i = 0; i < autopsy->line_count; i++)
		buf_printf(out, "  | %s\n", autopsy->lines[i]);
	if (autopsy->hint)
		buf_printf(out, "try: %s\n", autopsy->hint);
}

static void set_text(json_t *object, const char *key, const char *text)
{
	if (text)
		json_object_set_new(object, key, json_string(text));
}

json_t *autopsy_json(const struct autopsy *autopsy)
{
	json_t *object = json_object(), *lines = json_array();

	set_text(object, "object", autopsy->object);
	set_text(object, "state", autopsy->state);
	if (autopsy->found) {
		json_object_set_new(object, "exit_code",
				    json_integer(autopsy->exit_code));
		json_object_set_new(object, "restarts", json_integer(autopsy->restarts));
		json_object_set_new(object, "oom_killed",
				    json_boolean(autopsy->oom_killed));
	}
	set_text(object, "cause", autopsy->cause);
	set_text(object, "engine", autopsy->engine);
	set_text(object, "health", autopsy->health);
	set_text(object, "hint", autopsy->hint);
	for (size_t i = 0; i < autopsy->line_count; i++)
		json_array_append_new(lines, json_string(autopsy->lines[i]));
	json_object_set_new(object, "log", lines);
	return object;
}
