/*
 * The resolved profile, for people and for programs: every key with what it
 * came to and where that came from. Secrets are masked. Pure.
 */
#ifndef LIFTOFF_CONFIG_SHOW_H
#define LIFTOFF_CONFIG_SHOW_H

#include "buf.h"
#include "profile.h"
#include "stack.h"

#include <jansson.h>

/*
 * As INI: a profile that gives the same stack again, but for masked secrets
 * and for values that do not fit one line, which become comments.
 */
void config_text(struct buf *out, const struct profile *profile,
		 const struct stack *stack);

/*
 * The shape is in docs/json.md. Masked values are "********", or URLs with that
 * in them. The caller's reference.
 */
json_t *config_json(const struct profile *profile, const struct stack *stack);

#endif
