/* A plan in words and as JSON (shape: docs/json.md). Pure but for plan_print(). */
#ifndef LIFTOFF_PLAN_SHOW_H
#define LIFTOFF_PLAN_SHOW_H

#include "buf.h"
#include "plan.h"

#include <jansson.h>

/* One line a changing step, and a last one that counts them. */
void plan_text(struct buf *out, const struct plan *plan, const char *stack_name);
json_t *plan_json(const struct plan *plan, const char *stack_name);

/* Either of them to stdout. */
int plan_print(const struct plan *plan, const char *stack_name, bool json,
	       struct err *err);

#endif
