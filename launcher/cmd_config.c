/*
 * liftoff config: the profile with everything filled in, and what comes of it.
 * Needs no engine.
 */
#include "command.h"
#include "config_show.h"
#include "session.h"

static int print_json(const struct profile *profile, const struct stack *stack)
{
	json_auto_t *json = config_json(profile, stack);

	json_dumpf(json, stdout, JSON_INDENT(2));
	putchar('\n');
	return 0;
}

int cmd_config(const struct options *options, struct err *err)
{
	auto_arena struct arena arena = { 0 };
	auto_buf struct buf text = { 0 };
	struct profile profile = { 0 };
	struct stack stack = { 0 };

	if (session_profile(&arena, options, &profile, &stack, err) < 0)
		return -1;
	session_warn(&stack);
	if (options->json)
		return print_json(&profile, &stack);
	config_text(&text, &profile, &stack);
	fputs(buf_text(&text), stdout);
	return 0;
}
