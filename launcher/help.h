/*
 * Help, made from the tables of commands and options.
 */
#ifndef LIFTOFF_HELP_H
#define LIFTOFF_HELP_H

#include "buf.h"
#include "command.h"

/* What `liftoff help` says; brief: without the options. */
void help_overview(struct buf *out, bool brief);
/* What `liftoff help CMD` says. */
void help_command(struct buf *out, const struct command *command);

#endif
