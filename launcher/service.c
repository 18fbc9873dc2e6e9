#include "service.h"

#include "err.h"

#include <string.h>

static const char *const names[SERVICE_COUNT] = {
	[SERVICE_NATS] = "nats",
	[SERVICE_MONGODB] = "mongodb",
	[SERVICE_ROCKETCHAT] = "rocketchat",
	[SERVICE_DDP_STREAMER] = "ddp-streamer",
	[SERVICE_AUTHORIZATION] = "authorization",
	[SERVICE_ACCOUNT] = "account",
	[SERVICE_PRESENCE] = "presence",
	[SERVICE_STREAM_HUB] = "stream-hub",
	[SERVICE_QUEUE_WORKER] = "queue-worker",
	[SERVICE_OMNICHANNEL_TRANSCRIPT] = "omnichannel-transcript",
	[SERVICE_PROXY] = "proxy",
};

const char *service_name(enum service_id id)
{
	if (id <= SERVICE_NONE || id >= SERVICE_COUNT)
		BUG("no such service");
	return names[id];
}

enum service_id service_by_name(const char *name)
{
	for (unsigned id = SERVICE_NONE + 1; id < SERVICE_COUNT; id++)
		if (!strcmp(name, names[id]))
			return (enum service_id)id;
	if (!strcmp(name, "accounts")) /* the documentation's name of it */
		return SERVICE_ACCOUNT;
	return SERVICE_NONE;
}

int service_is_micro(enum service_id id)
{
	return id > SERVICE_ROCKETCHAT && id < SERVICE_PROXY;
}
