/*
 * MongoDB's `hello`: one fixed message out, and what matters of the answer.
 * libbson would be a dependency for one fixed document and one walk, so the
 * walk is here, checked at every step against the bytes there are. Pure.
 */
#ifndef LIFTOFF_MONGO_HELLO_H
#define LIFTOFF_MONGO_HELLO_H

#include "buf.h"

#include <stdbool.h>

#define MONGO_HOST_ROOM 280 /* a host name, a port */
#define MONGO_HOSTS 8

struct mongo_hello {
	bool ok;           /* the command worked */
	bool primary_here; /* isWritablePrimary */
	bool secondary;
	bool in_no_set;     /* isreplicaset: a set is wanted, none initiated yet */
	char set_name[128]; /* "" while in none */
	char me[MONGO_HOST_ROOM];
	char primary[MONGO_HOST_ROOM]; /* whom it takes for the primary; or "" */
	char hosts[MONGO_HOSTS][MONGO_HOST_ROOM]; /* the first ones */
	size_t host_count;                        /* of those in `hosts` */
	char errmsg[256];                         /* when not ok */
};

/* Adds the bytes of the question. */
void mongo_hello_ask(struct buf *out);

/*
 * 1: a whole answer was read; 0: more bytes are needed; -1: this is no answer
 * to the question. Text is made printable.
 */
int mongo_hello_read(const void *data, size_t size, struct mongo_hello *hello);

#endif
