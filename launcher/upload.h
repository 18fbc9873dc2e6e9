/*
 * Files for a container, as one tar in memory: the body of
 * PUT /containers/ID/archive?path=/. The same files give the same bytes, so
 * that their digest can be part of a replica's. Missing parent directories
 * are made by the engine. Pure.
 */
#ifndef LIFTOFF_UPLOAD_H
#define LIFTOFF_UPLOAD_H

#include "buf.h"
#include "err.h"

struct upload_file {
	const char *path; /* absolute: "/etc/nginx/nginx.conf" */
	const void *data;
	size_t size;
	unsigned mode; /* permission bits only: 0644 */
	unsigned uid, gid;
};

/* Adds the tar to `tar`, files in the order given. -1 on a path that is none. */
int upload_tar(struct buf *tar, const struct upload_file *files, size_t count,
	       struct err *err);

#endif
