#include "engine_host.h"

#include "printable.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#define DEFAULT_SOCKET "/var/run/docker.sock"

/* What people write where Docker's own client takes more than we do. */
static const struct scheme {
	const char *prefix;
	const char *advice; /* NULL: we speak it */
} schemes[] = {
	{ "unix://", NULL },
	{ "ssh://",
	  "forward its socket first: ssh -nNT -L /tmp/engine.sock:" DEFAULT_SOCKET
	  " HOST, then use unix:///tmp/engine.sock" },
	{ "tcp://", "use the engine's unix socket, or forward it over ssh" },
	{ "http://", "use the engine's unix socket, or forward it over ssh" },
	{ "https://", "use the engine's unix socket, or forward it over ssh" },
	{ "npipe://",
	  "named pipes are of Windows; run liftoff where the engine has a unix "
	  "socket" },
	{ "fd://",
	  "fd:// is how dockerd is told to listen, not how a client reaches it" },
};

static const struct scheme *scheme_of(const char *host)
{
	for (size_t i = 0; i < COUNT_OF(schemes); i++) {
		if (strncasecmp(host, schemes[i].prefix, strlen(schemes[i].prefix)) == 0)
			return &schemes[i];
	}
	return NULL;
}

static int refuse(struct err *err, const char *origin, const char *host, const char *why,
		  const char *advice)
{
	char safe[200];

	printable_copy(safe, sizeof(safe), host, strlen(host));
	err_set(err, ERR_USAGE, "%s \"%s\": %s", origin, safe, why);
	return err_hint(err, "%s", advice);
}

static void use_socket(struct engine_host *found, const char *path)
{
	snprintf(found->socket, sizeof(found->socket), "%s", path);
	snprintf(found->where, sizeof(found->where), "unix://%s", found->socket);
}

static int use_host(struct engine_host *found, const char *host, const char *origin,
		    struct err *err)
{
	const struct scheme *scheme = scheme_of(host);
	const char *path = scheme ? host + strlen(scheme->prefix) : host;

	if (scheme && scheme->advice)
		return refuse(err, origin, host,
			      "liftoff reaches an engine by its unix socket only",
			      scheme->advice);
	if (path[0] != '/')
		return refuse(err, origin, host, "not the path of a unix socket",
			      "write it as unix://" DEFAULT_SOCKET);
	if (strlen(path) >= sizeof(found->socket))
		return refuse(err, origin, host,
			      "the path is longer than a socket's may be (107 bytes)",
			      "reach it by a symbolic link with a shorter path");
	found->origin = origin;
	found->found = true;
	use_socket(found, path);
	return 0;
}

static bool try_socket(struct engine_host *found, const char *directory, const char *name)
{
	char path[ENGINE_SOCKET_ROOM];
	struct stat st;
	int size;

	if (!directory || directory[0] != '/')
		return false;
	size = snprintf(path, sizeof(path), "%s%s", directory, name);
	if (size < 0 || (size_t)size >= sizeof(path))
		return false;
	/* A socket behind a directory we may not enter is there, for all we know. */
	if (stat(path, &st) < 0 ? errno != EACCES : !S_ISSOCK(st.st_mode))
		return false;
	use_socket(found, path);
	found->found = true;
	return true;
}

static void look_for_socket(struct engine_host *found)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");

	found->origin = "";
	found->found = false;
	if (try_socket(found, DEFAULT_SOCKET, "") ||
	    try_socket(found, runtime, "/docker.sock") ||
	    try_socket(found, "/run/podman/podman.sock", "") ||
	    try_socket(found, runtime, "/podman/podman.sock"))
		return;
	use_socket(found, DEFAULT_SOCKET);
}

int engine_host_find(struct engine_host *found, const char *host, struct err *err)
{
	const char *env = getenv("DOCKER_HOST");

	if (host)
		return use_host(found, host, "-H", err);
	if (env && *env)
		return use_host(found, env, "DOCKER_HOST", err);
	look_for_socket(found);
	return 0;
}

void engine_host_hint(const struct engine_host *host, int os_errno, struct err *err)
{
	if (!host->found)
		err_hint(err,
			 "no socket of Docker or podman was found: is an engine "
			 "installed and running (systemctl start docker)? Name another "
			 "place by -H or DOCKER_HOST");
	else if (os_errno == ENOENT || os_errno == ENOTDIR)
		err_hint(err,
			 "there is no such socket: start the engine (systemctl start "
			 "docker), or correct %s",
			 *host->origin ? host->origin : "the place by -H");
	else if (os_errno == ECONNREFUSED)
		err_hint(err, "the socket is there but nobody listens: the engine has "
			      "stopped (systemctl status docker)");
	else if (os_errno == EACCES || os_errno == EPERM)
		err_hint(err,
			 "no permission for the socket: run liftoff with sudo, or join "
			 "its group (usually: sudo usermod -aG docker $USER, then log "
			 "in again)");
	else
		err_hint(err, "is that an engine, and is it well (docker info)?");
}
