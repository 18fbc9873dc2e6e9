/*
 * Log lines as they are shown: prefixed for people, one object a line for
 * machines. On a terminal control characters are spelled out and colours
 * taken off; into a file or pipe the bytes go as the container wrote them.
 */
#ifndef LIFTOFF_LOG_PRINT_H
#define LIFTOFF_LOG_PRINT_H

#include "logs.h"

#include <stdbool.h>
#include <stdio.h>

struct log_print {
	FILE *out;
	struct buf line;
	size_t width; /* of the widest "service-n" */
	bool json, timestamps, terminal, color;
};

/* Writes to the file; colours only on a terminal without NO_COLOR. */
void log_print_init(struct log_print *print, FILE *out, bool json, bool timestamps);
/* There will be lines of that replica: the column must have room for its name. */
void log_print_widen(struct log_print *print, const char *service, unsigned replica);
void log_print_line(struct log_print *print, const char *service, unsigned replica,
		    const struct log_line *line);
void log_print_free(struct log_print *print);

#endif
