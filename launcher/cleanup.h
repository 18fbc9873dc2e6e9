/*
 * Scope-bound resources: a variable marked auto_… releases what it holds when
 * its scope ends, on every way out. STEAL() hands the value over instead.
 */
#ifndef LIFTOFF_CLEANUP_H
#define LIFTOFF_CLEANUP_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void cleanup_free_p(void *p)
{
	free(*(void **)p);
}

static inline void cleanup_close_p(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void cleanup_fclose_p(FILE **f)
{
	if (*f)
		fclose(*f);
}

#define auto_free __attribute__((cleanup(cleanup_free_p)))
#define auto_close __attribute__((cleanup(cleanup_close_p)))
#define auto_fclose __attribute__((cleanup(cleanup_fclose_p)))

/* The value of pointer variable p; p itself becomes NULL. */
#define STEAL(p)                                                                         \
	__extension__({                                                                  \
		__typeof__(p) stolen_ = (p);                                             \
		(p) = NULL;                                                              \
		stolen_;                                                                 \
	})

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define PRINTF_LIKE(at, first) __attribute__((format(printf, at, first)))

#endif
