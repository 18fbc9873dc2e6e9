#include "help.h"

#include <string.h>

int cmd_help(const struct options *options, struct err *err)
{
	auto_buf struct buf text = { 0 };

	if (options->argc == 0) {
		help_overview(&text, false);
	} else {
		const struct command *command = command_find(options->argv[0], err);

		if (!command)
			return -1;
		help_command(&text, command);
	}
	fputs(buf_text(&text), stdout);
	return 0;
}
