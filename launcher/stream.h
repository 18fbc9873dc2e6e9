/*
 * Streaming answers taken apart. Pure: bytes in, pieces out; chunks may be
 * split anywhere.
 */
#ifndef LIFTOFF_STREAM_H
#define LIFTOFF_STREAM_H

#include "buf.h"

#include <jansson.h>
#include <stdbool.h>

/* JSON objects one a line (pull, load, events); "\r\n" or "\n". */
struct ndjson {
	struct buf line;
	bool overlong; /* a line over 1 MiB was dropped */
	bool skipping; /* what is left of it */
};
/* Calls on_object for each complete object; lines that are no JSON are dropped. */
void ndjson_feed(struct ndjson *ndjson, const char *data, size_t size,
		 void (*on_object)(void *context, json_t *object), void *context);
/* The stream is over: a last line without newline counts too. */
void ndjson_end(struct ndjson *ndjson, void (*on_object)(void *context, json_t *object),
		void *context);
void ndjson_free(struct ndjson *ndjson);

/*
 * An in-band error of a pull, load or push line: "errorDetail.message", else
 * "error". NULL if the object is none. Borrowed from the object.
 */
const char *ndjson_error(const json_t *object);

/* Docker's multiplexed stdout/stderr: [type,0,0,0][u32 BE length]payload. */
struct demux {
	unsigned char header[8];
	size_t header_size;
	size_t left; /* payload bytes still to come of this frame */
	bool broken; /* a header that cannot be one: the stream was not multiplexed */
};
/* fd is 1 (stdout) or 2 (stderr); pieces are parts of frames, in order. */
void demux_feed(struct demux *demux, const char *data, size_t size,
		void (*on_piece)(void *context, int fd, const char *data, size_t size),
		void *context);

#endif
