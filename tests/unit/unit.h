/* cmocka wants these before its own header. */
#ifndef LIFTOFF_UNIT_H
#define LIFTOFF_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
