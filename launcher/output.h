/* Data on stdout, progress on stderr: how commands put out what they have. */
#ifndef LIFTOFF_OUTPUT_H
#define LIFTOFF_OUTPUT_H

#include "err.h"
#include "opts.h"
#include "report.h"

#include <jansson.h>

/* To stdout; -1 when that cannot be written (a full disk, a closed pipe). */
int output_text(const char *text, struct err *err);
/* The same, indented; takes the reference. */
int output_json(json_t *json, struct err *err);

/* The reporter the options ask for: --progress, --quiet, --json. */
struct reporter *output_reporter(const struct options *options);

#endif
