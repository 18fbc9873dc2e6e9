/*
 * One image pulled by the engine, its progress summed over the layers.
 */
#ifndef LIFTOFF_PULL_H
#define LIFTOFF_PULL_H

#include "engine.h"

struct pull_call {
	const char *image; /* "mongo:8.0", "host:5000/name@sha256:…"; no tag: latest */
	const char *registry_auth; /* value of X-Registry-Auth; NULL: anonymous */
	/* Bytes so far and in all as known so far; total grows. Optional. */
	void (*on_progress)(void *context, uint64_t done, uint64_t total);
	void (*on_done)(void *context, const struct err *err); /* NULL: it is there */
	void *context;
};

struct pull;

struct pull *pull_start(struct engine *engine, const struct pull_call *call);
/* No callback any more; safe in callbacks; NULL is fine. The engine stops it. */
void pull_cancel(struct pull *pull);

/*
 * Splits a reference into what the engine calls fromImage and tag, both
 * escaped and freed by the caller. The digest, where there is one, is the tag.
 */
void pull_split(const char *image, char **name, char **tag);

#endif
