/*
 * A server on a unix socket, in a child process, that gives the scripted
 * answers one after another, whatever is asked, and tells what it was asked.
 */
#ifndef LIFTOFF_SCRIPTED_SERVER_H
#define LIFTOFF_SCRIPTED_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct scripted_answer {
	const char *bytes; /* sent as they are; "" hangs up without a word */
	size_t size;       /* 0: strlen(bytes) */
	size_t split;      /* sent in pieces of that size; 0: at once */
	bool close;        /* hangs up afterwards */
	bool silent;       /* never answers, keeps the connection */
	const char *later; /* sent some 50 ms after, then */
};

struct scripted_server {
	char path[64];
	pid_t child;
	int log; /* a pipe: what was asked */
	char seen[65536];
};

/* After the last answer, connections are closed unanswered. */
void server_start(struct scripted_server *server, const struct scripted_answer *answers,
		  size_t count);
/*
 * Stops it and returns all it saw: "+" for each connection, then its requests
 * as they came, each ended by "\n".
 */
const char *server_stop(struct scripted_server *server);

#endif
