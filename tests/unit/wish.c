#include "wish.h"

static const char *no_variable(void *context, const char *name)
{
	(void)context;
	(void)name;
	return NULL;
}

static void wish(struct stack *stack, struct arena *arena,
		 const struct profile_source *source)
{
	struct profile *profile = arena_alloc(arena, sizeof(*profile));
	const char *report = "";
	struct err err = { 0 };

	if (profile_read(profile, arena, source) < 0 || stack_build(stack, profile) < 0) {
		profile_check(profile, &report, &err);
		fail_msg("%s", report);
	}
}

void wish_text(struct stack *stack, struct arena *arena, const char *text)
{
	wish(stack, arena,
	     &(struct profile_source){
		     .text = text, .label = "test", .lookup = no_variable });
}

void wish_file(struct stack *stack, struct arena *arena, const char *path)
{
	wish(stack, arena,
	     &(struct profile_source){ .path = path, .lookup = no_variable });
}
