#include "unit.h"

#include "profile_case.h"

#include "buf.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *case_lookup(void *context, const char *name)
{
	static const char *const variables[][2] = {
		{ "FOO", "foo" },         { "EMPTY", "" },
		{ "MINOR", "7" },         { "HOME", "/home" },
		{ "SEMICOLON", "a ;b" },  { "LINES", "a\nb" },
		{ "ESCAPE", "\033[31m" }, { "LATIN1", "caf\xe9" },
		{ "DOLLAR", "${FOO}$" },
	};

	(void)context;
	for (size_t i = 0; i < COUNT_OF(variables); i++)
		if (!strcmp(variables[i][0], name))
			return variables[i][1];
	return NULL;
}

static void slurp(const char *path, struct buf *out)
{
	auto_fclose FILE *file = fopen(path, "r");
	char piece[4096];
	size_t got;

	while (file && (got = fread(piece, 1, sizeof(piece), file)))
		buf_add(out, piece, got);
}

static const char **sets_of(struct arena *arena, const char *path)
{
	auto_buf struct buf text = { 0 };
	const char **sets = NULL, *line;
	size_t count = 0;

	slurp(path, &text);
	for (line = buf_text(&text); !strncmp(line, "; --set ", 8);
	     line += strcspn(line, "\n") + 1)
		*(const char **)arena_grow(arena, &sets, &count, sizeof(*sets)) =
			arena_strndup(arena, line + 8, strcspn(line + 8, "\n"));
	arena_grow(arena, &sets, &count, sizeof(*sets));
	return sets;
}

int case_build(struct profile *profile, struct stack *stack, struct arena *arena,
	       const char *path, const char **report)
{
	const struct profile_source source = {
		.path = path,
		.sets = sets_of(arena, path),
		.lookup = case_lookup,
	};
	struct err err;

	*stack = (struct stack){ 0 };
	if (profile_read(profile, arena, &source) == 0)
		stack_build(stack, profile);
	return profile_check(profile, report, &err);
}

static int is_profile(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot && !strcmp(dot, ".ini");
}

size_t case_each(const char *folder, void (*run)(const char *path))
{
	struct dirent **entries;
	int count = scandir(folder, &entries, is_profile, alphasort);
	char path[4096];

	if (count < 0)
		fail_msg("%s: no such folder", folder);
	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
		run(path);
		free(entries[i]);
	}
	free(entries);
	return (size_t)count;
}

const char *case_file(const char *path, const char *suffix)
{
	static char file[4096];

	snprintf(file, sizeof(file), "%.*s%s", (int)(strlen(path) - strlen(".ini")), path,
		 suffix);
	return file;
}

void case_expect(const char *path, const char *text)
{
	auto_buf struct buf want = { 0 };

	if (getenv("UPDATE")) {
		auto_fclose FILE *file = fopen(path, "w");

		assert_non_null(file);
		fputs(text, file);
		return;
	}
	slurp(path, &want);
	if (strcmp(buf_text(&want), text) != 0)
		fail_msg("%s\nexpected:\n%s\ngot:\n%s", path, buf_text(&want), text);
}
