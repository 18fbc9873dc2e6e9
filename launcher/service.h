/*
 * The services a stack can have. A service is a role; a replica is one
 * container of it. The numbers are the place of a service's address block in
 * the stack's subnet (see subnet.h): never renumber, only append.
 */
#ifndef LIFTOFF_SERVICE_H
#define LIFTOFF_SERVICE_H

enum service_id {
	SERVICE_NONE = 0, /* block 0: the gateway and strangers */
	SERVICE_NATS = 1,
	SERVICE_MONGODB = 2,
	SERVICE_ROCKETCHAT = 3, /* the core, "the monolith" */
	SERVICE_DDP_STREAMER = 4,
	SERVICE_AUTHORIZATION = 5,
	SERVICE_ACCOUNT = 6, /* "accounts" in the documentation */
	SERVICE_PRESENCE = 7,
	SERVICE_STREAM_HUB = 8,
	SERVICE_QUEUE_WORKER = 9,
	SERVICE_OMNICHANNEL_TRANSCRIPT = 10,
	SERVICE_PROXY = 11,
	SERVICE_COUNT = 12,
};

/* "ddp-streamer"; BUG on an id out of range. */
const char *service_name(enum service_id id);
/* The id of that name, or SERVICE_NONE. "accounts" is known as "account". */
enum service_id service_by_name(const char *name);
/* Is it one of Rocket.Chat's microservices (not nats, mongodb, core, proxy)? */
int service_is_micro(enum service_id id);

#endif
