/*
 * What is known to go wrong, by the words that give it away. The most telling
 * comes first: a service that cannot reach MongoDB says so in many words, but
 * only one of them names the reason.
 */
#include "autopsy.h"

#include <stddef.h>

const struct autopsy_known autopsy_known[] = {
	/* The engine's own errors. */
	{ "port is already allocated", NULL,
	  "the port on this host is taken by another container",
	  "`docker ps` tells by which; or choose another one: [proxy] publish" },
	{ "address already in use", "failed to bind",
	  "the port on this host is taken by another program",
	  "`ss -ltnp` tells by which; or choose another one: [proxy] publish" },
	{ "no such image", NULL, "the image is not on the engine's host",
	  "`liftoff pull` fetches it; without a registry, load it from a bundle" },
	{ "exec format error", NULL, "the image is made for another kind of processor",
	  "use an image for this host's architecture" },
	{ "executable file not found", NULL,
	  "the image does not hold the command it is to run",
	  "check the service's image and command in the profile" },
	{ "no space left on device", NULL, "the engine's host has no disk space left",
	  "`docker system df` shows what takes it" },
	{ "cannot allocate memory", NULL, "the host has no memory left",
	  "free some, or give the services less: [service …] memory" },

	/* MongoDB. */
	{ "requires a CPU with AVX", NULL,
	  "MongoDB 5.0 and later need a CPU with AVX, and this one has none",
	  "on a virtual machine, pass the host's CPU through; or keep to an outside "
	  "MongoDB: [mongodb] url" },
	{ "requires ARMv8.2-A", NULL,
	  "MongoDB 5.0 and later need ARMv8.2-A, and this CPU is older",
	  "use an outside MongoDB: [mongodb] url" },
	{ "permissions on", "are too open", "MongoDB refuses its key file",
	  "the key file must be readable by its owner only and belong to MongoDB's "
	  "user; `liftoff up` makes it anew" },
	{ "security.keyFile is required", NULL,
	  "MongoDB wants a key file when it has both users and a replica set",
	  "let liftoff make it: [mongodb] auth = on" },
	{ "featureCompatibilityVersion", "invalid",
	  "the data belong to a MongoDB release that this one cannot read",
	  "go up one major release at a time, and never down: [mongodb] image" },
	{ "UPGRADE PROBLEM", NULL,
	  "the data belong to a MongoDB release that this one cannot read",
	  "go up one major release at a time: [mongodb] image" },
	{ "unsupported WiredTiger file version", NULL,
	  "the data were written by a newer MongoDB",
	  "use at least the release that wrote them: [mongodb] image" },
	{ "WiredTiger", "incompatible",
	  "the data were written by another MongoDB release",
	  "use the release that wrote them: [mongodb] image" },
	{ "DBPathInUse", NULL, "another mongod works on the same data",
	  "stop it: two may never share one volume" },
	{ "Attempted to create a lock file on a read-only directory", NULL,
	  "MongoDB may not write to its data directory",
	  "the volume must belong to MongoDB's user" },
	{ "Permission denied", "/data/db", "MongoDB may not write to its data directory",
	  "the volume must belong to MongoDB's user (999 in mongo, 1001 in "
	  "mongodb-community-server)" },

	/* Rocket.Chat. */
	{ "Enterprise license not found. Shutting down", NULL,
	  "more than one replica of a service needs a licence with `scalability`",
	  "run one replica of each service, or give a licence: [env] "
	  "ROCKETCHAT_LICENSE" },
	{ "invalid transporter", NULL, "Rocket.Chat does not understand TRANSPORTER",
	  "nats://nats:4222 means microservices, monolith+nats://… several cores" },
	{ "not compatible with MongoDB", NULL,
	  "this Rocket.Chat does not go with this MongoDB",
	  "`liftoff config` shows which releases fit: [mongodb] image" },
	{ "YOUR CURRENT MONGODB VERSION IS NOT SUPPORTED", NULL,
	  "this Rocket.Chat does not go with this MongoDB",
	  "`liftoff config` shows which releases fit: [mongodb] image" },
	{ "must provide ROOT_URL", NULL, "the core has no ROOT_URL",
	  "set it in the profile: [stack] root_url" },
	{ "EACCES", "uploads", "the core may not write to its uploads",
	  "the volume must belong to user 65533 (65534 or 999 in older releases)" },
	{ "JavaScript heap out of memory", NULL, "Node ran out of the memory it may use",
	  "give the service more: [service …] memory" },
	{ "MongoNetworkError", "Authentication failed",
	  "MongoDB refuses the name or password",
	  "the password of the profile must be the one the volume was made with" },
	{ "Authentication failed", NULL, "MongoDB refuses the name or password",
	  "the password of the profile must be the one the volume was made with" },
	{ "ENOTFOUND", "mongodb", "MongoDB's name is not known on the network",
	  "the replica set was initiated with a host that no longer is; `liftoff up` "
	  "repairs that" },
	{ "ReplicaSetNoPrimary", NULL, "MongoDB's replica set has no primary",
	  "`liftoff logs mongodb` tells why; a member's host of an earlier life is "
	  "repaired by `liftoff up`" },
	{ "MongoServerSelectionError", NULL, "it could not reach MongoDB in time",
	  "`liftoff logs mongodb` tells how MongoDB fares" },
	{ "MongoNetworkError", NULL, "its connection to MongoDB broke",
	  "`liftoff logs mongodb` tells how MongoDB fares" },

	/* Anything. */
	{ "EADDRINUSE", NULL, "the port it listens on is taken in its own container",
	  "check PORT in the profile's [env] sections" },
	{ "EACCES", NULL, "it may not open a file or port", NULL },
	{ "ENOSPC", NULL, "the engine's host has no disk space left",
	  "`docker system df` shows what takes it" },
	{ "host not found in upstream", NULL,
	  "the proxy does not know the address of a service", NULL },
	{ .needle = NULL },
};
