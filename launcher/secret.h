/*
 * What must not be shown, and what is shown instead. Pure.
 */
#ifndef LIFTOFF_SECRET_H
#define LIFTOFF_SECRET_H

#include <stdbool.h>

#define SECRET_MASK "********"

/* Does a variable of this name look as if it held a secret? */
bool secret_name(const char *name);

#endif
