/* A stack from a profile's text or file, for tests of what comes after it. */
#ifndef LIFTOFF_WISH_H
#define LIFTOFF_WISH_H

#include "unit.h"

#include "stack.h"

/* Fails the test if the profile has a mistake. No variable is defined. */
void wish_text(struct stack *stack, struct arena *arena, const char *text);
void wish_file(struct stack *stack, struct arena *arena, const char *path);

#endif
