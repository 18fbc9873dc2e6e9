/*
 * A scripted server, a loop and an engine that speaks to it: for tests of
 * whatever works through an engine.
 */
#ifndef LIFTOFF_RIG_H
#define LIFTOFF_RIG_H

#include "unit.h"

#include "engine.h"
#include "scripted_server.h"

/* What a request came to, kept beyond the callback. */
struct outcome {
	bool done;
	int dones;
	long status;
	bool ok, resent;
	char error[300], message[300], api_version[16], date[64];
	struct err err;
	struct buf body;
	struct request *cancel_in_done;
};

struct rig {
	struct scripted_server server;
	struct loop *loop;
	struct engine *engine;
};

void rig_open(struct rig *rig, const struct scripted_answer *answers, size_t count);
/* What the server saw: as server_stop(). */
const char *rig_close(struct rig *rig);
/* Lets the loop turn for a while. */
void rig_turn(struct rig *rig, int64_t ms);

/* Calls /x and waits for what it comes to. */
void rig_call(struct rig *rig, const char *method, struct outcome *outcome);
/* An on_done that fills a struct outcome, its context. */
void take_outcome(void *context, const struct response *response);

size_t count_of(const char *text, const char *what);

#endif
