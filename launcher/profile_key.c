#include "profile_key.h"

#include "err.h"

#include <string.h>

#define SECONDS(n) (INT64_C(1000) * (n))
#define HOURS(n) SECONDS(INT64_C(3600) * (n))
#define MEBI(n) ((INT64_C(1) << 20) * (n))
#define GIBI(n) MEBI(INT64_C(1024) * (n))

/* Engines refuse memory limits below 6 MiB. */
#define MEMORY(argument_, section_, fallback_)                                           \
	{                                                                                \
		section_, argument_, "memory", KEY_SIZE, KEY_ZERO, fallback_, NULL,      \
			MEBI(6), GIBI(16384),                                            \
			"Memory limit of each replica; 0 means none."                    \
	}
#define CPUS(section_)                                                                   \
	{                                                                                \
		section_, NULL, "cpus", KEY_CPUS, KEY_ZERO, "0", NULL,                   \
			INT64_C(10000000), INT64_C(1024000000000),                       \
			"Processors each replica may use, as in 1.5; 0 means no limit."  \
	}
#define PIDS(section_, fallback_)                                                        \
	{                                                                                \
		section_, NULL, "pids", KEY_INTEGER, KEY_ZERO, fallback_, NULL, 16,      \
			4194304,                                                         \
			"Processes and threads each replica may have; 0 means no limit." \
	}
#define IMAGE(section_, doc_)                                                            \
	{                                                                                \
		section_, NULL, "image", KEY_IMAGE, 0, NULL, NULL, 0, 0, doc_            \
	}

const struct profile_key profile_keys[] = {
	{ "stack", NULL, "name", KEY_NAME, 0, "rocketchat", NULL, 0, 0,
	  "Name of the stack, the first part of the name of everything it has." },
	{ "stack", NULL, "version", KEY_RELEASE, 0, "8.6.1", NULL, 0, 0,
	  "Rocket.Chat release: the tag of its images, and which services there are." },
	{ "stack", NULL, "mode", KEY_ENUM, 0, "microservices", "microservices monolith",
	  0, 0,
	  "microservices runs each service in containers of its own, monolith all of "
	  "Rocket.Chat in the core." },
	{ "stack", NULL, "root_url", KEY_URL, 0, NULL, NULL, 0, 0,
	  "URL under which people reach the stack; unset, http://localhost with the "
	  "published port." },
	{ "stack", NULL, "users", KEY_INTEGER, 0, NULL, NULL, 1, 1000000,
	  "Expected concurrent users: gives ddp-streamer one replica per 500." },
	{ "stack", NULL, "pull", KEY_ENUM, 0, "missing", "missing always never", 0, 0,
	  "When to pull images: those that are missing, all of them always, or never." },
	{ "stack", NULL, "image_prefix", KEY_REPOSITORY, 0, NULL, NULL, 0, 0,
	  "Registry and path put before every image that the profile does not name "
	  "itself." },
	{ "stack", NULL, "timeout", KEY_DURATION, KEY_ZERO, "10m", NULL, SECONDS(1),
	  HOURS(24), "How long the whole stack may take to be ready; 0 means no limit." },
	{ "stack", NULL, "restart", KEY_ENUM, 0, "unless-stopped",
	  "unless-stopped always on-failure no", 0, 0,
	  "The engine's restart policy for every container." },
	{ "stack", NULL, "stop_timeout", KEY_DURATION, 0, "30s", NULL, SECONDS(1),
	  HOURS(1), "How long a container may take to stop before it is killed." },
	{ "stack", NULL, "log_max_size", KEY_SIZE, 0, "10m", NULL, 4096, GIBI(1024),
	  "Size at which the engine starts a new log file of a container." },
	{ "stack", NULL, "log_max_file", KEY_INTEGER, 0, "3", NULL, 1, 1000,
	  "How many log files of each container the engine keeps." },
	{ "stack", NULL, "probe", KEY_ENUM, 0, "auto", "auto direct exec", 0, 0,
	  "How replicas are asked for their health: straight at their address, by a "
	  "command inside, or whichever works." },

	{ "network", NULL, "subnet", KEY_SUBNET, 0, "auto", NULL, 0, 0,
	  "IPv4 subnet of the stack's network, as in 10.1.2.0/24; auto takes a free "
	  "one." },
	{ "network", NULL, "mtu", KEY_INTEGER, 0, NULL, NULL, 576, 65535,
	  "Largest packet on the stack's network in bytes; unset, the engine's "
	  "default." },

	IMAGE("nats", "Image of NATS; unset, nats:2.12-alpine."),
	{ "nats", NULL, "url", KEY_NATS_URL, KEY_SECRET | KEY_FILE, NULL, NULL, 0, 0,
	  "An outside NATS, as in nats://host:4222, several with commas; none is "
	  "started then." },
	MEMORY(NULL, "nats", "256m"),
	CPUS("nats"),
	PIDS("nats", "512"),

	IMAGE("mongodb", "Image of MongoDB; unset, the newest that fits the release."),
	{ "mongodb", NULL, "url", KEY_MONGODB_URL, KEY_SECRET | KEY_FILE, NULL, NULL, 0,
	  0,
	  "An outside MongoDB, as in mongodb://host:27017/rocketchat?replicaSet=rs0; "
	  "none "
	  "is started then." },
	{ "mongodb", NULL, "replica_set", KEY_WORD, 0, "rs0", NULL, 0, 0,
	  "Name of the replica set." },
	{ "mongodb", NULL, "database", KEY_WORD, 0, "rocketchat", NULL, 0, 0,
	  "Name of Rocket.Chat's database." },
	{ "mongodb", NULL, "cache_size", KEY_SIZE, 0, NULL, NULL, MEBI(256), GIBI(10000),
	  "Size of MongoDB's cache; unset, about half of the memory limit, as MongoDB "
	  "chooses." },
	/* Half of it, less half a gigabyte, is cache: 512 MiB. */
	MEMORY(NULL, "mongodb", "2g"),
	CPUS("mongodb"),
	/* A thread for each connection, and each Rocket.Chat process may open 100. */
	PIDS("mongodb", "2048"),

	IMAGE("rocketchat", "Image of the core; unset, rocketchat/rocket.chat with the "
			    "release as tag."),
	{ "rocketchat", NULL, "replicas", KEY_INTEGER, 0, "1", NULL, 1, 1000,
	  "How many cores run." },
	{ "rocketchat", NULL, "license", KEY_TEXT, KEY_SECRET | KEY_FILE, NULL, NULL, 0,
	  0,
	  "Licence, handed to the core in ROCKETCHAT_LICENSE; more than one replica of a "
	  "microservice needs one." },
	/* The documented minimum for 50 active users is 1 GB; first boots need more. */
	MEMORY(NULL, "rocketchat", "2g"),
	CPUS("rocketchat"),
	/* Apps run in processes of their own. */
	PIDS("rocketchat", "1024"),

	IMAGE("service", "Image of the service; unset, rocketchat/<service>-service with "
			 "the release as tag."),
	{ "service", NULL, "replicas", KEY_INTEGER, 0, "1", NULL, 0, 1000,
	  "How many replicas run; 0 leaves the service out." },
	/* 500 websockets on each. */
	MEMORY(NULL, "service", "512m"),
	MEMORY("ddp-streamer", "service", "1g"),
	CPUS("service"),
	PIDS("service", "512"),

	IMAGE("proxy", "Image of the reverse proxy; unset, nginx:1.28-alpine."),
	{ "proxy", NULL, "publish", KEY_ADDRESS, 0, "127.0.0.1:3000", NULL, 0, 0,
	  "Address and port of the host under which the stack answers; a port alone "
	  "means "
	  "127.0.0.1." },
	{ "proxy", NULL, "max_body_size", KEY_SIZE, KEY_ZERO, "200m", NULL, 1024,
	  GIBI(1024),
	  "Largest request, and so the largest upload, that is accepted; 0 means no "
	  "limit." },
	{ "proxy", NULL, "websocket_timeout", KEY_DURATION, 0, "1h", NULL, SECONDS(61),
	  HOURS(24 * 365),
	  "How long a websocket may be silent; it must be more than the "
	  "60 seconds between two pings." },
	MEMORY(NULL, "proxy", "256m"),
	CPUS("proxy"),
	PIDS("proxy", "512"),
	{ 0 },
};

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

const struct profile_key *profile_key_find(const char *section, const char *argument,
					   const char *key)
{
	const struct profile_key *found = NULL;

	for (const struct profile_key *row = profile_keys; row->section; row++) {
		if (strcmp(row->section, section) != 0 || strcmp(row->key, key) != 0)
			continue;
		if (!row->argument && !found)
			found = row;
		if (row->argument && same(row->argument, argument))
			return row;
	}
	return found;
}

const char *profile_key_type_name(enum key_type type)
{
	static const char *const names[KEY_TYPE_COUNT] = {
		[KEY_TEXT] = "text",
		[KEY_NAME] = "name",
		[KEY_WORD] = "word",
		[KEY_RELEASE] = "release",
		[KEY_ENUM] = "choice",
		[KEY_INTEGER] = "number",
		[KEY_CPUS] = "processors",
		[KEY_DURATION] = "duration",
		[KEY_SIZE] = "size",
		[KEY_IMAGE] = "image",
		[KEY_REPOSITORY] = "repository",
		[KEY_ADDRESS] = "address",
		[KEY_URL] = "URL",
		[KEY_MONGODB_URL] = "MongoDB URL",
		[KEY_NATS_URL] = "NATS URL",
		[KEY_SUBNET] = "subnet",
	};

	if (type >= KEY_TYPE_COUNT)
		BUG("no such type");
	return names[type];
}
