/*
 * The URLs and addresses of a profile: checked, and masked for showing. Pure.
 */
#ifndef LIFTOFF_URL_H
#define LIFTOFF_URL_H

#include "arena.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Each returns NULL when the text is such a URL, else what is wrong, as the
 * end of a sentence that begins with the value.
 */
const char *url_check_web(const char *text);     /* http or https */
const char *url_check_mongodb(const char *text); /* mongodb://…/database */
const char *url_check_nats(const char *text);    /* nats://…, a comma list */

/* "3000", "127.0.0.1:3000" or "[::1]:3000"; the host without brackets (arena). */
bool url_parse_address(struct arena *arena, const char *text, const char **host,
		       uint16_t *port);

/* Host and port of a web URL that was checked; port 80 or 443 if it names none. */
void url_host_port(struct arena *arena, const char *text, const char **host,
		   uint16_t *port);

/*
 * The URL with users, passwords and the values of query parameters that look
 * secret replaced by asterisks; hosts and paths stay.
 */
const char *url_masked(struct arena *arena, const char *text);

/* Does masking hide anything? */
bool url_is_secret(struct arena *arena, const char *text);

#endif
