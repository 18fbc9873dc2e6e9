/*
 * The text of a profile, through inih, into sections and entries. inih cuts
 * long lines and names in silence and knows no line numbers, so every line is
 * looked at here before inih sees it: what inih would not take whole is
 * refused aloud, and inih gets a blank line instead.
 */
#include "profile_parts.h"

#include "buf.h"
#include "utf8.h"

#include <ini.h>
#include <string.h>

/* What inih takes in the build that is everywhere: 200 with "\n" and NUL. */
#define LINE_MAX_SIZE 198
#define SECTION_MAX_SIZE 49

#define BLANKS " \t\r\v\f"

struct lines {
	struct profile *profile;
	const char *rest; /* what is still to be read */
	size_t rest_size;
	int line;     /* the one handed out last */
	bool skip;    /* inside a section whose head was refused */
	bool has_key; /* a key was seen in this section: indentation would continue it */
	size_t section; /* index of the current one + 1; 0: none yet */
};

static struct origin here(const struct lines *lines)
{
	return (struct origin){ lines->profile->path, lines->line };
}

/* A blank before ';' makes it a comment, as it does for inih. */
static size_t code_size(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (text[i] == ';' && i && strchr(BLANKS, text[i - 1]))
			return i;
	return size;
}

static size_t trimmed(const char *text, size_t size)
{
	while (size && strchr(BLANKS, text[size - 1]))
		size--;
	return size;
}

static size_t leading_blanks(const char *text, size_t size)
{
	size_t blanks = 0;

	while (blanks < size && strchr(BLANKS, text[blanks]))
		blanks++;
	return blanks;
}

/* The words of "service ddp-streamer": false if there are none or too many. */
static bool section_words(struct lines *lines, const char *text, size_t size,
			  const char **name, const char **argument)
{
	struct arena *arena = lines->profile->arena;
	size_t first = 0, blanks;

	*argument = NULL;
	while (first < size && !strchr(BLANKS, text[first]))
		first++;
	if (!first)
		return false;
	*name = arena_strndup(arena, text, first);
	blanks = leading_blanks(text + first, size - first);
	text += first + blanks;
	size -= first + blanks;
	if (!size)
		return true;
	*argument = arena_strndup(arena, text, size);
	*argument = profile_canonical_argument(*name, *argument);
	return !strpbrk(*argument, BLANKS);
}

static void open_section(struct lines *lines, const char *text, size_t size)
{
	struct profile *profile = lines->profile;
	const char *name = NULL, *argument;
	const struct section *first;
	struct section *section;
	const size_t blanks = leading_blanks(text, size);

	text += blanks;
	size = trimmed(text, size - blanks);
	lines->skip = !section_words(lines, text, size, &name, &argument);
	if (lines->skip) {
		profile_complain(profile, here(lines), "%s",
				 name ? "a section's name is one word or two, as in "
					"[service ddp-streamer]"
				      : "this section has no name");
		return;
	}
	first = profile_section(profile, name, argument);
	if (first)
		profile_complain(profile, here(lines), "%s is already in line %d",
				 profile_label(profile->arena, name, argument),
				 first->at.line);
	section = profile_add_section(profile, name, argument, here(lines));
	section->wrong = first != NULL;
	lines->section = profile->section_count;
}

/* A line that starts with '['. True: inih may have it. */
static bool section_line(struct lines *lines, const char *line, size_t size)
{
	const char *end = memchr(line, ']', size);
	size_t after;

	lines->has_key = false;
	lines->skip = true;
	if (!end) {
		profile_complain(lines->profile, here(lines), "'[' without ']'");
		return false;
	}
	after = (size_t)(end + 1 - line);
	after += leading_blanks(line + after, size - after);
	if (after < size && line[after] != ';' && line[after] != '#') {
		profile_complain(lines->profile, here(lines),
				 "text after ']': a key needs a line of its own");
		return false;
	}
	if (end - line - 1 > SECTION_MAX_SIZE) {
		profile_complain(lines->profile, here(lines),
				 "a section name of %zd bytes: at most %d are taken",
				 end - line - 1, SECTION_MAX_SIZE);
		return false;
	}
	open_section(lines, line + 1, (size_t)(end - line) - 1);
	return !lines->skip;
}

/* A line with a key. True: inih may have it. */
static bool key_line(struct lines *lines, const char *line, size_t size)
{
	const size_t code = trimmed(line, code_size(line, size));
	const char *equals = memchr(line, '=', code), *colon = memchr(line, ':', code);
	const char *why = NULL;

	if (!lines->section)
		why = "a key before the first [section]";
	else if (!equals)
		why = "no '=' in this line: write key = value";
	else if (colon && colon < equals)
		why = "':' before '=': write key = value";
	else if (!trimmed(line, (size_t)(equals - line)))
		why = "no key before '='";
	if (why)
		profile_complain(lines->profile, here(lines), "%s", why);
	return !why;
}

/* Refuses a line. What follows a refused section head belongs nowhere. */
static bool refuse(struct lines *lines, const char *start, const char *why)
{
	if (*start == '[') {
		lines->skip = true;
		lines->has_key = false;
	}
	profile_complain(lines->profile, here(lines), "%s", why);
	return false;
}

/* Looks at one line without its line end. True: inih may have it. */
static bool look_at(struct lines *lines, const char *line, size_t size)
{
	const size_t blanks = leading_blanks(line, size);
	const char *start = line + blanks;

	if (utf8_has_control(line, size))
		return refuse(lines, start, "a control character");
	if (blanks == size || *start == ';' || *start == '#')
		return false;
	if (size > LINE_MAX_SIZE)
		return refuse(
			lines, start,
			arena_printf(lines->profile->arena,
				     "a line of %zu bytes: at most %d are taken; a long "
				     "value can come from a file (license_file = …) or a "
				     "${VARIABLE}",
				     size, LINE_MAX_SIZE));
	if (blanks && lines->has_key && !lines->skip)
		return refuse(lines, start,
			      "a line that starts with a blank would continue the value "
			      "above: remove the blank");
	if (*start == '[')
		return section_line(lines, start, size - blanks);
	if (lines->skip)
		return false;
	lines->has_key = true;
	return key_line(lines, start, size - blanks);
}

/* inih's fgets: the next line, or a blank one in its place. */
static char *next_line(char *out, int room, void *stream)
{
	struct lines *lines = stream;
	const char *line = lines->rest;
	const char *end = memchr(line, '\n', lines->rest_size);
	size_t size = end ? (size_t)(end - line) : lines->rest_size, blanks;

	if (!lines->rest_size || room < 2)
		return NULL;
	lines->rest_size -= size + (end != NULL);
	lines->rest += size + (end != NULL);
	lines->line++;
	if (size && line[size - 1] == '\r')
		size--;
	if (!look_at(lines, line, size) || size + 2 > (size_t)room)
		size = 0;
	blanks = leading_blanks(line, size); /* inih might see a continuation */
	size -= blanks;
	memcpy(out, line + blanks, size);
	memcpy(out + size, "\n", 2);
	return out;
}

static int on_entry(void *context, const char *section_name, const char *key,
		    const char *value)
{
	struct lines *lines = context;
	struct profile *profile = lines->profile;
	struct section *section = &profile->sections[lines->section - 1];

	(void)section_name; /* known from the line itself, and uncut */
	for (size_t i = 0; i < section->count; i++) {
		if (strcmp(section->entries[i].key, key) != 0)
			continue;
		profile_complain(profile, here(lines), "%s is already in line %d", key,
				 section->entries[i].at.line);
		return 1;
	}
	profile_add_entry(profile, section, arena_strdup(profile->arena, key),
			  arena_strdup(profile->arena, value), here(lines));
	return 1;
}

/* Not a text at all: said once, at its first byte that is none. */
static bool is_text(struct lines *lines)
{
	const char *nul = memchr(lines->rest, '\0', lines->rest_size);
	size_t good = utf8_valid(lines->rest, lines->rest_size);

	if (nul)
		good = (size_t)(nul - lines->rest) < good ? (size_t)(nul - lines->rest)
							  : good;
	if (good == lines->rest_size)
		return true;
	lines->line = 1;
	for (size_t i = 0; i < good; i++)
		lines->line += lines->rest[i] == '\n';
	profile_complain(lines->profile, here(lines), "not a text in UTF-8: byte 0x%02x",
			 (unsigned char)lines->rest[good]);
	return false;
}

int profile_lines(struct profile *profile, const char *text, size_t size)
{
	struct lines lines = { .profile = profile, .rest = text, .rest_size = size };

	if (size >= 3 && !memcmp(text, "\xef\xbb\xbf", 3)) {
		lines.rest += 3;
		lines.rest_size -= 3;
	}
	if (!is_text(&lines))
		return -1;
	ini_parse_stream(next_line, &lines, on_entry, &lines);
	if (!profile->section_count && !profile->complaint_count) {
		profile_complain(profile, (struct origin){ profile->path, 0 },
				 "the profile is empty: it has no [section]");
		return -1;
	}
	return 0;
}
