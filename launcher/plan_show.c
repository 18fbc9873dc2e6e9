#include "plan_show.h"

#include "err.h"
#include "output.h"

#include <string.h>

static const char *sign(enum step_kind kind)
{
	switch (kind) {
	case STEP_PULL:
	case STEP_CREATE_NETWORK:
	case STEP_CREATE_VOLUME:
	case STEP_CREATE:
		return "+";
	case STEP_START:
		return ">";
	case STEP_STOP:
	case STEP_REMOVE:
	case STEP_REMOVE_NETWORK:
	case STEP_REMOVE_VOLUME:
		return "-";
	case STEP_READY:
	case STEP_PROOF:
		return "?";
	case STEP_KIND_COUNT:
		break;
	}
	BUG("no such step");
}

static void put_count(struct buf *out, size_t count, const char *what, const char **comma)
{
	if (!count)
		return;
	buf_printf(out, "%s%zu to %s", *comma, count, what);
	*comma = ", ";
}

static void put_summary(struct buf *out, const struct plan *plan)
{
	size_t counts[STEP_KIND_COUNT] = { 0 };
	const char *comma = "";

	for (size_t i = 0; i < plan->count; i++)
		counts[plan->steps[i].kind]++;
	put_count(out, counts[STEP_PULL], "pull", &comma);
	put_count(out,
		  counts[STEP_CREATE] + counts[STEP_CREATE_NETWORK] +
			  counts[STEP_CREATE_VOLUME],
		  "create", &comma);
	put_count(out, counts[STEP_START], "start", &comma);
	put_count(out, counts[STEP_STOP], "stop", &comma);
	put_count(out,
		  counts[STEP_REMOVE] + counts[STEP_REMOVE_NETWORK] +
			  counts[STEP_REMOVE_VOLUME],
		  "remove", &comma);
	buf_puts(out, ".\n");
}

/* A start that follows from a creation needs no line of its own. */
static bool is_told(const struct plan *plan, size_t index)
{
	const struct step *step = &plan->steps[index];

	if (!step_changes(step))
		return false;
	return !(step->kind == STEP_START && index &&
		 plan->steps[index - 1].kind == STEP_CREATE);
}

static void put_step(struct buf *out, const struct step *step, size_t width)
{
	buf_printf(out, "%s %-7s ", sign(step->kind), step_verb(step->kind));
	if (step->cause) /* `down` needs none */
		buf_printf(out, "%-*s  %s\n", (int)width, step->object, step->cause);
	else
		buf_printf(out, "%s\n", step->object);
}

void plan_text(struct buf *out, const struct plan *plan, const char *stack_name)
{
	size_t width = 0;

	if (!plan_changes(plan)) {
		buf_printf(out, "Stack %s: nothing to change.\n", stack_name);
		return;
	}
	for (size_t i = 0; i < plan->count; i++)
		if (is_told(plan, i) && strlen(plan->steps[i].object) > width)
			width = strlen(plan->steps[i].object);
	for (size_t i = 0; i < plan->count; i++) {
		const struct step *step = &plan->steps[i];

		if (is_told(plan, i))
			put_step(out, step, width);
	}
	buf_printf(out, "Stack %s: ", stack_name);
	put_summary(out, plan);
}

static json_t *step_json(const struct step *step)
{
	json_t *json = json_pack("{s:s, s:s, s:s*, s:b}", "verb", step_verb(step->kind),
				 "object", step->object, "cause", step->cause, "changes",
				 (int)step_changes(step));
	json_t *needs = json_array();

	if (step->service) {
		json_object_set_new(json, "service", json_string(step->service->name));
		json_object_set_new(json, "replica", json_integer(step->replica));
	}
	if (step->name)
		json_object_set_new(json, "name", json_string(step->name));
	for (size_t i = 0; i < step->need_count; i++)
		json_array_append_new(needs, json_integer((json_int_t)step->needs[i]));
	json_object_set_new(json, "needs", needs);
	return json;
}

json_t *plan_json(const struct plan *plan, const char *stack_name)
{
	json_t *steps = json_array();

	for (size_t i = 0; i < plan->count; i++)
		json_array_append_new(steps, step_json(&plan->steps[i]));
	return json_pack("{s:i, s:s, s:b, s:o}", "v", 1, "stack", stack_name, "changes",
			 (int)plan_changes(plan), "steps", steps);
}

int plan_print(const struct plan *plan, const char *stack_name, bool json,
	       struct err *err)
{
	auto_buf struct buf text = { 0 };

	if (json)
		return output_json(plan_json(plan, stack_name), err);
	plan_text(&text, plan, stack_name);
	return output_text(buf_text(&text), err);
}
