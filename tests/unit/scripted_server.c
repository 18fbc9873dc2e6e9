#include "scripted_server.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define CLIENTS 64

struct client {
	int fd;
	char data[8192];
	size_t size;
};

struct script {
	const struct scripted_answer *answers;
	size_t count, at;
	int log;
};

static void write_all(int fd, const char *data, size_t size)
{
	while (size) {
		ssize_t done = write(fd, data, size);

		if (done <= 0)
			return;
		data += done;
		size -= (size_t)done;
	}
}

/* True while the connection stays. */
static bool answer(struct script *script, int fd)
{
	const struct scripted_answer *next;
	size_t size;

	if (script->at == script->count)
		return false;
	next = &script->answers[script->at++];
	size = next->size ? next->size : strlen(next->bytes);
	if (next->silent)
		return true;
	for (size_t at = 0; at < size;) {
		size_t left = size - at;
		size_t piece = next->split && next->split < left ? next->split : left;

		write_all(fd, next->bytes + at, piece);
		at += piece;
		if (next->split)
			usleep(200);
	}
	if (next->later) {
		usleep(50000);
		write_all(fd, next->later, strlen(next->later));
	}
	return !next->close && *next->bytes;
}

/* Size of the request (text that is NUL-terminated) that starts the data, 0 while it is
 * not all there. */
static size_t request_size(const char *data, size_t size)
{
	const char *end = strstr(data, "\r\n\r\n");
	const char *length;
	size_t body = 0;

	if (!end)
		return 0;
	length = strstr(data, "Content-Length: ");
	if (length && length < end)
		body = strtoul(length + 16, NULL, 10);
	return (size_t)(end - data) + 4 + body <= size ? (size_t)(end - data) + 4 + body
						       : 0;
}

static bool serve(struct script *script, struct client *client)
{
	ssize_t got = read(client->fd, client->data + client->size,
			   sizeof(client->data) - 1 - client->size);
	size_t size;

	if (got <= 0)
		return false;
	client->size += (size_t)got;
	client->data[client->size] = '\0';
	size = request_size(client->data, client->size);
	if (!size)
		return true;
	write_all(script->log, client->data, size);
	write_all(script->log, "\n", 1);
	client->size = 0;
	return answer(script, client->fd);
}

static _Noreturn void run(struct script *script, int listener)
{
	static struct client clients[CLIENTS];
	struct pollfd polled[CLIENTS + 1] = { { .fd = listener, .events = POLLIN } };
	size_t count = 0;

	for (;;) {
		for (size_t i = 0; i < count; i++)
			polled[i + 1] = (struct pollfd){ .fd = clients[i].fd,
							 .events = POLLIN };
		poll(polled, count + 1, -1);
		for (size_t i = 0; i < count; i++) {
			if (!polled[i + 1].revents || serve(script, &clients[i]))
				continue;
			close(clients[i].fd);
			clients[i].fd = -1;
		}
		for (size_t i = 0; i < count; i++) {
			if (clients[i].fd < 0)
				clients[i--] = clients[--count];
		}
		if (polled[0].revents && count < CLIENTS) {
			clients[count].fd = accept(listener, NULL, NULL);
			clients[count++].size = 0;
			write_all(script->log, "+", 1);
		}
	}
}

void server_start(struct scripted_server *server, const struct scripted_answer *answers,
		  size_t count)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);
	int log[2];

	memset(server, 0, sizeof(*server));
	snprintf(server->path, sizeof(server->path), "/tmp/liftoff-test-%ld.sock",
		 (long)getpid());
	unlink(server->path);
	memcpy(address.sun_path, server->path, sizeof(server->path));
	if (listener < 0 || pipe(log) < 0 ||
	    bind(listener, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(listener, 128) < 0)
		abort();
	server->child = fork();
	if (server->child == 0) {
		struct script script = { answers, count, 0, log[1] };

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGPIPE, SIG_IGN);
		run(&script, listener);
	}
	close(listener);
	close(log[1]);
	server->log = log[0];
}

const char *server_stop(struct scripted_server *server)
{
	size_t size = 0;
	ssize_t got;

	kill(server->child, SIGKILL);
	waitpid(server->child, NULL, 0);
	while ((got = read(server->log, server->seen + size,
			   sizeof(server->seen) - 1 - size)) > 0)
		size += (size_t)got;
	server->seen[size] = '\0';
	close(server->log);
	unlink(server->path);
	return server->seen;
}
