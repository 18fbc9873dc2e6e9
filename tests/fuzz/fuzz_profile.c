/*
 * Any bytes as a profile: read, built and shown, with nothing but complaints
 * to come of it. What is shown of an accepted profile must be accepted again.
 */
#include "config.h"

#include "buf.h"
#include "config_show.h"
#include "profile.h"
#include "profile_parts.h"
#include "stack.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *lookup(void *context, const char *name)
{
	(void)context;
	if (!strcmp(name, "A"))
		return "a ;$${A}";
	return !strcmp(name, "EMPTY") ? "" : NULL;
}

/* No report may steer a terminal. */
static void check_report(const char *report)
{
	for (; *report; report++)
		if (((unsigned char)*report < ' ' && *report != '\n') || *report == 0x7f)
			BUG("a control character in a report");
}

/* The first line may be a --set: "#section.key=value". */
static const char *set_of(struct arena *arena, const char *text)
{
	return *text == '#' ? arena_strndup(arena, text + 1, strcspn(text + 1, "\n"))
			    : NULL;
}

static bool build(struct profile *profile, struct stack *stack, struct arena *arena,
		  const char *text, const char *set)
{
	const char *const sets[] = { set, NULL };
	const struct profile_source source = {
		.text = text, .label = "fuzz", .sets = sets, .lookup = lookup
	};
	struct err err;
	const char *report;

	if (profile_read(profile, arena, &source) == 0)
		stack_build(stack, profile);
	if (profile_check(profile, &report, &err) == 0)
		return true;
	check_report(report);
	return false;
}

static void show(const struct profile *profile, const struct stack *stack)
{
	auto_arena struct arena arena = { 0 };
	auto_buf struct buf text = { 0 };
	struct profile again;
	struct stack built;

	json_decref(config_json(profile, stack));
	config_text(&text, profile, stack);
	if (strstr(buf_text(&text), "****"))
		return;
	if (!build(&again, &built, &arena, buf_text(&text), NULL))
		BUG("a shown profile is refused");
	if (stack->service_count != built.service_count)
		BUG("a shown profile builds another stack");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_arena struct arena arena = { 0 };
	const char *text = arena_strndup(&arena, (const char *)data, size);
	struct profile profile;
	struct stack stack;

	/* *_file keys would read whatever the fuzzer comes to name */
	if (size > 20000 || strstr(text, "_file"))
		return 0;
	if (strlen(text) != size) { /* with NUL bytes: only the reader takes a size */
		profile = (struct profile){ .arena = &arena, .path = "fuzz" };
		profile_lines(&profile, text, size);
		return 0;
	}
	if (build(&profile, &stack, &arena, text, set_of(&arena, text)))
		show(&profile, &stack);
	return 0;
}
