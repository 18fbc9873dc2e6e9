/* The order in which steps may run, and what a failure takes with it. */
#include "unit.h"

#include "plan_build.h"
#include "sched.h"

#define DONE SIZE_MAX

/* create(0) -> start(1) -> ready(2); create(3) -> start(4, also after 2); alone(5) */
static void build(struct plan *plan, struct arena *arena)
{
	static const enum step_kind kinds[] = { STEP_CREATE, STEP_START, STEP_READY,
						STEP_CREATE, STEP_START, STEP_PULL };

	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		plan_add(plan, arena, kinds[i], "x", "test");
	plan_need(plan, arena, 1, 0);
	plan_need(plan, arena, 2, 1);
	plan_need(plan, arena, 4, 3);
	plan_need(plan, arena, 4, 2);
	plan_need(plan, arena, 5, SIZE_MAX); /* no step: no need */
}

static void steps_start_as_soon_as_what_they_need_is_done(void **state)
{
	auto_arena struct arena arena = { 0 };
	struct plan plan = { 0 };
	struct sched sched;

	(void)state;
	build(&plan, &arena);
	sched_init(&sched, &arena, &plan);
	assert_int_equal(sched_next(&sched, NULL, NULL), 0);
	assert_int_equal(sched_next(&sched, NULL, NULL), 3);
	assert_int_equal(sched_next(&sched, NULL, NULL), 5);
	assert_int_equal(sched_next(&sched, NULL, NULL), DONE);
	sched_done(&sched, 3);
	assert_int_equal(sched_next(&sched, NULL, NULL), DONE);
	sched_done(&sched, 0);
	assert_int_equal(sched_next(&sched, NULL, NULL), 1);
	sched_done(&sched, 1);
	assert_int_equal(sched_next(&sched, NULL, NULL), 2);
	sched_done(&sched, 2);
	assert_int_equal(sched_next(&sched, NULL, NULL), 4);
	assert_int_equal(sched.running, 2);
	sched_done(&sched, 4);
	sched_done(&sched, 5);
	assert_int_equal(sched.running, 0);
	assert_int_equal(sched.left, 0);
}

static void a_failure_takes_what_needs_it_and_nothing_else(void **state)
{
	auto_arena struct arena arena = { 0 };
	struct plan plan = { 0 };
	struct sched sched;

	(void)state;
	build(&plan, &arena);
	sched_init(&sched, &arena, &plan);
	assert_int_equal(sched_next(&sched, NULL, NULL), 0);
	sched_fail(&sched, 0);
	assert_int_equal(sched.states[1], SCHED_SKIPPED);
	assert_int_equal(sched.states[2], SCHED_SKIPPED);
	assert_int_equal(sched.states[4], SCHED_SKIPPED);
	assert_int_equal(sched.culprits[4], 0);
	assert_int_equal(sched_next(&sched, NULL, NULL), 3);
	assert_int_equal(sched_next(&sched, NULL, NULL), 5);
	sched_done(&sched, 3);
	sched_done(&sched, 5);
	assert_int_equal(sched.left, 0);
}

static bool no_create(void *context, const struct step *step)
{
	(void)context;
	return step->kind != STEP_CREATE;
}

static void a_cap_holds_back_its_kind_only(void **state)
{
	auto_arena struct arena arena = { 0 };
	struct plan plan = { 0 };
	struct sched sched;

	(void)state;
	build(&plan, &arena);
	sched_init(&sched, &arena, &plan);
	assert_int_equal(sched_next(&sched, no_create, NULL), 5);
	assert_int_equal(sched_next(&sched, no_create, NULL), DONE);
	assert_int_equal(sched_next(&sched, NULL, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_start_as_soon_as_what_they_need_is_done),
		cmocka_unit_test(a_failure_takes_what_needs_it_and_nothing_else),
		cmocka_unit_test(a_cap_holds_back_its_kind_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
