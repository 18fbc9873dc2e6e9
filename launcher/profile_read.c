#include "profile.h"

#include "buf.h"
#include "profile_parts.h"
#include "utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

static bool read_all(int fd, size_t limit, struct buf *out)
{
	char piece[16384];
	ssize_t got;

	while (out->size <= limit) {
		got = read(fd, piece, sizeof(piece));
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got == 0;
		buf_add(out, piece, (size_t)got);
	}
	return true;
}

bool profile_slurp(struct arena *arena, const char *path, size_t limit, struct buf *out,
		   bool *exposed, const char **why)
{
	auto_close int fd = strcmp(path, "-") != 0
				    ? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
				    : dup(STDIN_FILENO);
	struct stat stat;

	*why = NULL;
	if (fd < 0 || fstat(fd, &stat) < 0)
		*why = strerror(errno);
	else if (S_ISDIR(stat.st_mode))
		*why = "it is a directory";
	else if (!read_all(fd, limit, out))
		*why = strerror(errno);
	else if (out->size > limit)
		*why = arena_printf(arena, "it is larger than %zu KiB", limit / 1024);
	else if (exposed)
		*exposed = S_ISREG(stat.st_mode) && (stat.st_mode & S_IROTH);
	if (*why)
		*why = arena_strdup(arena, *why);
	return !*why;
}

const char *profile_bad_text(const char *text, size_t size)
{
	if (memchr(text, '\0', size))
		return "a NUL byte";
	if (utf8_valid(text, size) != size)
		return "bytes that are no UTF-8";
	for (size_t at = 0; at < size; at++) {
		size_t line = strcspn(text + at, "\r\n");

		if (utf8_has_control(text + at, line))
			return "a control character";
		at += line;
	}
	return NULL;
}

static int read_text(struct profile *profile, const struct profile_source *source)
{
	auto_buf struct buf text = { 0 };
	const struct origin whole = { profile->path, 0 };
	const char *why;

	if (!source->path)
		return profile_lines(profile, source->text, strlen(source->text));
	if (!profile_slurp(profile->arena, source->path, PROFILE_TEXT_MAX, &text, NULL,
			   &why)) {
		profile_complain(profile, whole, "cannot be read: %s", why);
		return -1;
	}
	return profile_lines(profile, buf_text(&text), text.size);
}

int profile_read(struct profile *profile, struct arena *arena,
		 const struct profile_source *source)
{
	*profile = (struct profile){ .arena = arena };
	profile->path = !source->path                    ? source->label
			: strcmp(source->path, "-") != 0 ? source->path
							 : "standard input";
	if (read_text(profile, source) < 0)
		return -1;
	profile_set(profile, source->sets);
	profile_vars(profile, source->lookup, source->lookup_context);
	profile_files(profile);
	profile_names(profile);
	return 0;
}
