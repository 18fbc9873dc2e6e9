/*
 * Container logs taken apart: frames to whole lines with their time, without
 * the lines already seen, and several containers' lines merged by time. Pure.
 */
#ifndef LIFTOFF_LOGS_H
#define LIFTOFF_LOGS_H

#include "buf.h"
#include "err.h"
#include "stream.h"

#include <stdint.h>
#include <sys/queue.h>

struct log_line {
	int64_t time;      /* nanoseconds since 1970; 0: the engine gave none */
	const char *stamp; /* the same as the engine wrote it, or "" */
	int fd;            /* 1 or 2 */
	const char *text;  /* without newline; not safe to print */
	size_t size;
};

/* One of a container's two streams, with the line that is not yet whole. */
struct log_half {
	struct buf text;
	struct buf stamp;    /* of the frame being read */
	char line_stamp[40]; /* of the line: that of its first frame */
	bool in_stamp;
};

/* What is kept of one container's log from one connection to the next. */
struct log_reader {
	struct demux demux;
	struct log_half halves[2];
	bool in_frame;
	int64_t last;     /* time of the last line told … */
	unsigned at_last; /* … how many lines told had exactly that time … */
	unsigned skip;    /* … and how many such are still to be skipped */
	bool again;       /* reconnected: what is not after `last` was told already */
	void (*on_line)(void *context, const struct log_line *line);
	void *context;
};

/* Bytes of /containers/ID/logs?timestamps=1 as they come. */
void log_reader_feed(struct log_reader *reader, const char *data, size_t size);
/* The stream is over: a last line without newline counts too. */
void log_reader_end(struct log_reader *reader);
/* A new stream follows, asked for with `since` the last line's time. */
void log_reader_restart(struct log_reader *reader);
void log_reader_free(struct log_reader *reader);

/* "2026-01-31T12:00:00.5Z" to nanoseconds since 1970; 0 if it is none. */
int64_t log_time_parse(const char *text);

/* Room for "1770000000.123456789". */
#define LOG_SINCE 32
/* As the engine's `since` wants it. */
void log_since_text(char text[LOG_SINCE], int64_t nanoseconds);
/*
 * What a person writes: "10m" (ago), RFC 3339, or unix seconds. Nanoseconds
 * since 1970, or -1 with ERR_USAGE.
 */
int64_t log_since_parse(const char *text, int64_t now_seconds, struct err *err);

/* A line kept until its turn comes. */
struct log_kept {
	struct log_line line; /* its text and stamp follow the struct */
	STAILQ_ENTRY(log_kept) link;
};

/* One container's queue in a merge. */
struct log_queue {
	STAILQ_HEAD(, log_kept) lines;
	bool ended; /* nothing more will come */
	void *owner;
	STAILQ_ENTRY(log_queue) link;
};

struct log_merge {
	STAILQ_HEAD(, log_queue) queues;
	size_t bytes; /* kept now */
	void (*on_line)(void *context, void *owner, const struct log_line *line);
	void *context;
};

void log_merge_init(struct log_merge *merge,
		    void (*on_line)(void *context, void *owner,
				    const struct log_line *line),
		    void *context);
void log_merge_add(struct log_merge *merge, struct log_queue *queue, void *owner);
void log_merge_put(struct log_merge *merge, struct log_queue *queue,
		   const struct log_line *line);
void log_merge_end(struct log_merge *merge, struct log_queue *queue);
/* Forgets what is kept. */
void log_merge_free(struct log_merge *merge);

#endif
