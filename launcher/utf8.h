/*
 * Is a text UTF-8, and is it plain? Pure.
 */
#ifndef LIFTOFF_UTF8_H
#define LIFTOFF_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* How many bytes at the front of the text are whole, valid characters. */
size_t utf8_valid(const char *text, size_t size);

/* Control characters (C1 and DEL too), tabs aside. */
bool utf8_has_control(const char *text, size_t size);

#endif
