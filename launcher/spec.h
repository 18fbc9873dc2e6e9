/*
 * A replica as the engine is asked for it: the create body, the files put into
 * it before its start, and the digest of both that its label carries. Pure.
 */
#ifndef LIFTOFF_SPEC_H
#define LIFTOFF_SPEC_H

#include "stack.h"
#include "upload.h"

#include <jansson.h>

#define SPEC_DIGEST_SIZE 65 /* SHA-256 in hex, and a NUL */

struct spec {
	char digest[SPEC_DIGEST_SIZE];
	json_t *body; /* of POST /containers/create, labels and all */
	const struct upload_file
		*files; /* put there between create and start; the arena's */
	size_t file_count;
};

/*
 * Replica n of a service of the stack on that subnet. The digest covers the
 * body without io.liftoff.spec and io.liftoff.version, and the files; not the
 * image's identity, which the engine's lists tell (see plan.c).
 */
void spec_build(struct spec *spec, struct arena *arena, const struct stack *stack,
		const struct service *service, unsigned n, const struct subnet *subnet);
void spec_free(struct spec *spec); /* the body; the rest is the arena's */

/* Body of POST /networks/create. */
json_t *spec_network(const struct stack *stack, const struct subnet *subnet);
/* Body of POST /volumes/create. */
json_t *spec_volume(const char *stack_name, const char *volume);

#endif
