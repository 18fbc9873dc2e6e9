/*
 * What a Rocket.Chat release needs: one table, keyed by release. Sources are
 * named beside each row in release.c. Pure.
 */
#ifndef LIFTOFF_RELEASE_H
#define LIFTOFF_RELEASE_H

#include "service.h"

#include <stdbool.h>

struct release_version {
	unsigned major, minor, patch;
};

enum release_presence {
	RELEASE_ABSENT,   /* that release has no such service */
	RELEASE_OPTIONAL, /* exists, started only when the profile asks */
	RELEASE_REQUIRED,
};

struct release {
	struct release_version from; /* the first release of the row */
	enum release_presence services[SERVICE_COUNT];
	const char *mongodb_image; /* default image, without prefix */
	const char
		*mongodb_fits[6]; /* MongoDB releases "7.0" that fit; NULL-terminated */
	const char *nats_image, *proxy_image;
	const char *core_image;  /* repository without tag: "rocketchat/rocket.chat" */
	const char *core_health; /* path that answers 200 when the core is up */
};

/* Parses "8.6.1" or "8.7.0-rc.1" (the pre-release part is not compared). */
bool release_parse(const char *text, struct release_version *version);
int release_compare(const struct release_version *a, const struct release_version *b);

/*
 * The row for a release. Older than the oldest row: NULL. Newer than the
 * newest: the newest row, and *beyond is set.
 */
const struct release *release_find(const struct release_version *version, bool *beyond);

/* The oldest release the table knows. */
const struct release_version *release_oldest(void);

/* The first release without that service, or NULL if none ever dropped it. */
const struct release_version *release_removed(enum service_id id);

/*
 * Repository of a microservice's image: "rocketchat/ddp-streamer-service";
 * NULL for what is no microservice.
 */
const char *release_image(enum service_id id);

#endif
