/*
 * The one table of everything a profile may say. Checks, defaults, `liftoff
 * config`, the manual page and "did you mean" all come from it. Pure.
 */
#ifndef LIFTOFF_PROFILE_KEY_H
#define LIFTOFF_PROFILE_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum key_type {
	KEY_TEXT,        /* one line of anything */
	KEY_NAME,        /* lower-case name that engine objects can carry */
	KEY_WORD,        /* letters, digits, '_' and '-' */
	KEY_RELEASE,     /* 8.6.1 */
	KEY_ENUM,        /* one of `choices` */
	KEY_INTEGER,     /* within min … max */
	KEY_CPUS,        /* 1.5; in billionths */
	KEY_DURATION,    /* 90s, 5m, 1h30m; in milliseconds */
	KEY_SIZE,        /* 512m, 1g; in bytes */
	KEY_IMAGE,       /* image reference */
	KEY_REPOSITORY,  /* registry and path that images are found below */
	KEY_ADDRESS,     /* ip:port, [ip]:port or port */
	KEY_URL,         /* http or https */
	KEY_MONGODB_URL, /* mongodb://…/database */
	KEY_NATS_URL,    /* nats://…, a comma list */
	KEY_SUBNET,      /* auto or 10.1.2.0/24 */
	KEY_TYPE_COUNT,
};

enum key_flag {
	KEY_SECRET = 1, /* never shown */
	KEY_FILE = 2,   /* <key>_file reads the value from a file */
	KEY_ZERO = 4,   /* 0, without a unit and below min, means no limit */
};

struct profile_key {
	const char *section;  /* "service" */
	const char *argument; /* the row is for this [service NAME] only, or NULL: all */
	const char *key;
	enum key_type type;
	unsigned flags;       /* enum key_flag */
	const char *fallback; /* the default as a profile would say it, or NULL: unset */
	const char *choices;  /* with KEY_ENUM: "missing always never" */
	int64_t min, max;     /* in the unit the type is parsed to; both 0: any */
	const char *doc;      /* one sentence; says what an unset key means */
};

/* All rows, section by section; NULL-section row at the end. */
extern const struct profile_key profile_keys[];

/* The row for a key of [section] or [section argument]; NULL: no such key. */
const struct profile_key *profile_key_find(const char *section, const char *argument,
					   const char *key);

/* "duration", "size": the type's name in messages and the manual. */
const char *profile_key_type_name(enum key_type type);

#endif
