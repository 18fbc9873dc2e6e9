#include "config_show.h"

#include "config_walk.h"
#include "utf8.h"

#include <string.h>

#define LINE_MAX_SIZE 198

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Would a profile give this value again, written on one line? */
static bool fits_a_line(const char *key, const char *value)
{
	const size_t size = strlen(value);

	if (size && (is_blank(value[0]) || is_blank(value[size - 1]) || value[0] == ';'))
		return false;
	for (size_t i = 1; i < size; i++)
		if (value[i] == ';' && is_blank(value[i - 1]))
			return false;
	return !utf8_has_control(value, size) &&
	       strlen(key) + strlen(" = ") + size <= LINE_MAX_SIZE;
}

/* A '$' stands for itself only when it is doubled. */
static void add_value(struct buf *out, const char *value)
{
	for (; *value; value++)
		buf_printf(out, *value == '$' ? "$%c" : "%c", *value);
}

static void on_section(void *context, const char *section, const char *argument)
{
	struct buf *out = context;

	if (argument)
		buf_printf(out, "\n[%s %s]\n", section, argument);
	else
		buf_printf(out, "%s[%s]\n", out->size ? "\n" : "", section);
}

static void on_item(void *context, const struct config_item *item)
{
	auto_buf struct buf line = { 0 };
	auto_buf struct buf origin = { 0 };
	struct buf *out = context;

	if (!item->value) {
		buf_printf(out, "; %s is not set\n", item->key);
		return;
	}
	buf_printf(&origin, "; %s%s%s%s", item->origin, item->variable ? ", ${" : "",
		   item->variable ? item->variable : "", item->variable ? "}" : "");
	buf_printf(&line, "%s = ", item->key);
	add_value(&line, item->value);
	if (!fits_a_line(item->key, buf_text(&line) + strlen(item->key) + 3))
		buf_printf(out, "; %s (%s) does not fit one line: write %s_file = …\n",
			   item->key, buf_text(&origin) + 2, item->key);
	else if (line.size + 1 + origin.size <= LINE_MAX_SIZE)
		buf_printf(out, "%s %s\n", buf_text(&line), buf_text(&origin));
	else
		buf_printf(out, "%s\n%s\n", buf_text(&origin), buf_text(&line));
}

void config_text(struct buf *out, const struct profile *profile,
		 const struct stack *stack)
{
	const struct config_walk walk = { profile->arena, profile, stack,
					  on_section,     on_item, out };

	config_walk(&walk);
}
