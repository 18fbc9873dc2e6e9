/*
 * Every profile in tests/cases/profile: the bad ones with exactly the
 * messages that are expected, the good ones with what they resolve to.
 * UPDATE=1 writes the expectations anew; look at the difference afterwards.
 */
#include "unit.h"

#include "buf.h"
#include "config_show.h"
#include "profile_case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BAD_LEAST 60

/* Paths in messages are relative to the sources, wherever those are. */
static const char cases[] = "tests/cases/profile";

static void bad_one(const char *path)
{
	auto_arena struct arena arena = { 0 };
	struct profile profile;
	struct stack stack;
	auto_buf struct buf text = { 0 };
	const char *report = "";

	if (case_build(&profile, &stack, &arena, path, &report) == 0)
		fail_msg("%s: accepted", path);
	for (const char *c = report; *c; c++)
		if ((unsigned char)*c < ' ' && *c != '\n')
			fail_msg("%s: a control character in a message", path);
	buf_printf(&text, "%s\n", report);
	case_expect(case_file(path, ".expect"), buf_text(&text));
}

static void bad_profiles_are_refused_in_these_words(void **state)
{
	char folder[64];
	size_t count;

	(void)state;
	snprintf(folder, sizeof(folder), "%s/bad", cases);
	count = case_each(folder, bad_one);
	printf("# %zu broken profiles\n", count);
	assert_true(count >= BAD_LEAST);
}

static void add_services(struct buf *out, const struct stack *stack)
{
	for (size_t i = 0; i < stack->service_count; i++) {
		const struct service *service = &stack->services[i];

		buf_printf(out, "\n; service %s x %u\n", service->name,
			   service->replicas);
		for (size_t j = 0; service->command && service->command[j]; j++)
			buf_printf(out, ";   argument %s\n", service->command[j]);
		for (size_t j = 0; j < service->mount_count; j++)
			buf_printf(out, ";   volume %s at %s\n",
				   service->mounts[j].volume, service->mounts[j].target);
		for (size_t j = 0; j < service->port_count; j++)
			buf_printf(out, ";   port %s %u -> %u\n",
				   service->ports[j].host_address,
				   service->ports[j].host_port,
				   service->ports[j].container_port);
		for (size_t j = 0; j < service->env_count; j++)
			buf_printf(out, ";   %s=%s%s\n", service->env[j].name,
				   service->env[j].value,
				   service->env[j].secret ? " (secret)" : "");
	}
}

static void good_one(const char *path)
{
	auto_arena struct arena arena = { 0 };
	struct profile profile;
	struct stack stack;
	auto_buf struct buf text = { 0 };
	const char *report = "";

	if (case_build(&profile, &stack, &arena, path, &report) < 0)
		fail_msg("%s: refused:\n%s", path, report);
	config_text(&text, &profile, &stack);
	add_services(&text, &stack);
	buf_puts(&text, "\n");
	for (size_t i = 0; stack.warnings[i]; i++)
		/* whether others can read the files is up to the checkout */
		if (strncmp(stack.warnings[i], "everyone", strlen("everyone")) != 0)
			buf_printf(&text, "; warning: %s\n", stack.warnings[i]);
	case_expect(case_file(path, ".expect"), buf_text(&text));
}

static void good_profiles_resolve_to_this(void **state)
{
	char folder[64];

	(void)state;
	snprintf(folder, sizeof(folder), "%s/good", cases);
	assert_true(case_each(folder, good_one) >= 10);
}

static void shipped_one(const char *path)
{
	auto_arena struct arena arena = { 0 };
	struct profile profile;
	struct stack stack;
	const char *report = "";

	if (case_build(&profile, &stack, &arena, path, &report) < 0)
		fail_msg("%s: refused:\n%s", path, report);
	if (stack.warnings[0])
		fail_msg("%s: warning: %s", path, stack.warnings[0]);
}

static void shipped_profiles_build_without_a_warning(void **state)
{
	(void)state;
	assert_true(case_each("profiles", shipped_one) >= 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_profiles_are_refused_in_these_words),
		cmocka_unit_test(good_profiles_resolve_to_this),
		cmocka_unit_test(shipped_profiles_build_without_a_warning),
	};

	if (chdir(SOURCE_DIR) < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
