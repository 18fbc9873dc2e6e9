#include "replset.h"

#include <inttypes.h>
#include <string.h>

#define LINE_MARK "liftoff: "

const char *const *replset_command(struct arena *arena, const char *set,
				   const char *member, int64_t limit_ms)
{
	const char **argv = arena_array(arena, 5, sizeof(*argv));

	argv[0] = "sh";
	argv[1] = "-c";
	/* $0 is the script: it never meets the shell's own syntax */
	argv[2] = "export HOME=/tmp\n"
		  "shell=$(command -v mongosh || command -v mongo) || {\n"
		  "  echo 'liftoff: the image has neither mongosh nor mongo'; exit 5; }\n"
		  "exec \"$shell\" --quiet --nodb --norc --eval \"$0\"";
	argv[3] = arena_printf(arena,
			       "var setName='%s', member='%s', limitMs=%" PRId64 ";\n%s",
			       set, member, limit_ms, replset_script);
	return argv;
}

const char *replset_line(const char *line)
{
	size_t size = strlen(LINE_MARK);

	return strncmp(line, LINE_MARK, size) ? NULL : line + size;
}
