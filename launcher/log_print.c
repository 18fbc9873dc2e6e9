#include "log_print.h"

#include "printable.h"

#include <jansson.h>
#include <string.h>

void log_print_init(struct log_print *print, FILE *out, bool json, bool timestamps)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	*print = (struct log_print){
		.out = out,
		.json = json,
		.timestamps = timestamps,
		.terminal = isatty(fileno(out)),
	};
	print->color = print->terminal && !(no_color && *no_color) &&
		       !(term && strcmp(term, "dumb") == 0);
}

static size_t name_of(char *name, size_t room, const char *service, unsigned replica)
{
	snprintf(name, room, "%s-%u", service, replica);
	return printable_width(name);
}

void log_print_widen(struct log_print *print, const char *service, unsigned replica)
{
	char name[128];
	size_t width = name_of(name, sizeof(name), service, replica);

	if (width > print->width)
		print->width = width;
}

/* A service keeps its colour from run to run, whoever else is shown. */
static unsigned color_of(const char *service)
{
	static const unsigned colors[] = { 36, 33, 32, 35, 34, 96, 93, 92, 95, 94 };
	unsigned sum = 0;

	while (*service)
		sum = sum * 31 + (unsigned char)*service++;
	return colors[sum % COUNT_OF(colors)];
}

static void add_prefix(struct log_print *print, const char *service, unsigned replica)
{
	char name[128];
	size_t width = name_of(name, sizeof(name), service, replica);

	if (print->color)
		buf_printf(&print->line, "\033[%um", color_of(service));
	buf_puts(&print->line, name);
	for (; width < print->width; width++)
		buf_puts(&print->line, " ");
	buf_puts(&print->line, print->color ? " |\033[0m " : " | ");
}

static void add_text(struct log_print *print, const char *service, unsigned replica,
		     const struct log_line *line)
{
	size_t size = line->size;

	add_prefix(print, service, replica);
	if (print->timestamps && *line->stamp)
		buf_printf(&print->line, "%s ", line->stamp);
	if (size && line->text[size - 1] == '\r')
		size--;
	if (print->terminal)
		printable_add(&print->line, line->text, size,
			      PRINTABLE_TAB | PRINTABLE_PLAIN);
	else
		buf_add(&print->line, line->text, size);
}

static void add_json(struct log_print *print, const char *service, unsigned replica,
		     const struct log_line *line)
{
	auto_buf struct buf text = { 0 };
	json_auto_t *object = NULL;
	auto_free char *dump = NULL;

	printable_json(&text, line->text, line->size);
	object = json_pack("{s:i, s:s, s:s, s:i, s:s, s:s%}", "v", 1, "event", "log",
			   "service", service, "replica", (int)replica, "stream",
			   line->fd == 2 ? "stderr" : "stdout", "line", buf_text(&text),
			   text.size);
	if (*line->stamp)
		json_object_set_new(object, "time", json_string(line->stamp));
	dump = json_dumps(object, JSON_COMPACT);
	buf_puts(&print->line, dump ? dump : "{}");
}

void log_print_line(struct log_print *print, const char *service, unsigned replica,
		    const struct log_line *line)
{
	buf_clear(&print->line);
	if (print->json)
		add_json(print, service, replica, line);
	else
		add_text(print, service, replica, line);
	buf_puts(&print->line, "\n");
	fwrite(print->line.data, 1, print->line.size, print->out);
}

void log_print_free(struct log_print *print)
{
	buf_free(&print->line);
}
