/*
 * What the reporters share. Only report*.c and their test include this.
 */
#ifndef LIFTOFF_REPORT_KIND_H
#define LIFTOFF_REPORT_KIND_H

#include "buf.h"
#include "report.h"

/* One way of telling; the first member of each reporter's own struct. */
struct reporter {
	void (*on_event)(struct reporter *reporter, const struct event *event);
	void (*on_tick)(struct reporter *reporter);
	void (*on_free)(struct reporter *reporter); /* frees the struct too */
	FILE *out;
	int64_t (*now)(void); /* monotonic milliseconds; tests bring their own */
	int64_t began;        /* when the command did */
	bool live, color, unicode;
};

struct reporter *report_tty_new(void);
struct reporter *report_plain_new(bool quiet);
struct reporter *report_json_new(void);

/* A verb as people read it: "create" is "creating" and then "created". */
struct report_words {
	const char *verb, *doing, *done;
	bool slow;    /* worth a line of its own when it begins */
	bool settles; /* the object has reached its end: nothing more will follow */
};
/* Never NULL; of an unknown verb, both are the verb. */
struct report_words report_words(const char *verb);

/* "1.2s", "1m05s", "2h07m". */
#define REPORT_TIME 24
void report_time(char text[REPORT_TIME], int64_t milliseconds);

/* "45.2 MB"; decimal, as image registries count. */
#define REPORT_BYTES 24
void report_bytes(char text[REPORT_BYTES], uint64_t bytes);

/* Milliseconds since the command began. */
int64_t report_elapsed(const struct reporter *reporter);

/*
 * Further lines of a detail ("" if none), each indented, safe to print; the
 * first line goes to *first.
 */
void report_split(const char *detail, struct buf *first, struct buf *further);

#endif
