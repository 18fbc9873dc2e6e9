#include "release.h"

#include "cleanup.h"

#include <string.h>

/*
 * "RC" is the repository RocketChat/Rocket.Chat, "HC" RocketChat/helm-charts,
 * "#n" an issue or pull request of RC. Rows must be sorted, oldest first.
 */
#define COMMON_SERVICES                                                                  \
	/* RC docker-compose-ci.yml and .github/workflows/ci.yml build all of these. */  \
	/* queue-worker and omnichannel-transcript came with #27523 and #27572. */       \
	[SERVICE_NATS] = RELEASE_REQUIRED, [SERVICE_MONGODB] = RELEASE_REQUIRED,         \
	[SERVICE_ROCKETCHAT] = RELEASE_REQUIRED,                                         \
	[SERVICE_DDP_STREAMER] = RELEASE_REQUIRED,                                       \
	[SERVICE_AUTHORIZATION] = RELEASE_REQUIRED,                                      \
	[SERVICE_ACCOUNT] = RELEASE_REQUIRED, [SERVICE_PRESENCE] = RELEASE_REQUIRED,     \
	[SERVICE_QUEUE_WORKER] = RELEASE_REQUIRED,                                       \
	[SERVICE_OMNICHANNEL_TRANSCRIPT] = RELEASE_REQUIRED,                             \
	[SERVICE_PROXY] = RELEASE_REQUIRED

/*
 * NATS 2.12 is what HC runs; every release speaks the same core protocol.
 * /health answers 200 in all of them: plain text before 7.11, since then a
 * deprecated but unconditional JSON (RC apps/meteor/server/routes/health.ts,
 * #36955). /livez is asked where a later release has dropped it.
 */
#define COMMON_IMAGES                                                                    \
	.nats_image = "nats:2.12-alpine", .proxy_image = "nginx:1.28-alpine",            \
	.core_image = "rocketchat/rocket.chat", .core_health = "/health"

static const struct release rows[] = {
	{
		/* 6.4: MongoDB 4.4, 5.0 and 6.0 (release notes); stream-hub needed. */
		.from = { 6, 4, 0 },
		.services = { COMMON_SERVICES, [SERVICE_STREAM_HUB] = RELEASE_REQUIRED },
		.mongodb_image = "mongo:6.0",
		.mongodb_fits = { "4.4", "5.0", "6.0" },
		COMMON_IMAGES,
	},
	{
		/* 7.0: MongoDB 5.0, 6.0 and 7.0 (#32162). */
		.from = { 7, 0, 0 },
		.services = { COMMON_SERVICES, [SERVICE_STREAM_HUB] = RELEASE_REQUIRED },
		.mongodb_image = "mongo:7.0",
		.mongodb_fits = { "5.0", "6.0", "7.0" },
		COMMON_IMAGES,
	},
	{
		/* 7.7: database watchers off by default (#35981), so no stream-hub. */
		.from = { 7, 7, 0 },
		.services = { COMMON_SERVICES, [SERVICE_STREAM_HUB] = RELEASE_OPTIONAL },
		.mongodb_image = "mongo:7.0",
		.mongodb_fits = { "5.0", "6.0", "7.0" },
		COMMON_IMAGES,
	},
	{
		/* 8.0: stream-hub removed (#35964); MongoDB 8.2 (#39689, HC #226). */
		.from = { 8, 0, 0 },
		.services = { COMMON_SERVICES },
		.mongodb_image = "mongo:8.2",
		.mongodb_fits = { "8.2" },
		COMMON_IMAGES,
	},
	{
		/* 8.2: MongoDB 8.0 fits as well (#38596). */
		.from = { 8, 2, 0 },
		.services = { COMMON_SERVICES },
		.mongodb_image = "mongo:8.2",
		.mongodb_fits = { "8.0", "8.2" },
		COMMON_IMAGES,
	},
};

/* The newest series that was read when the table was written (9.0.0-rc.8). */
static const struct release_version newest = { 9, 0, 0 };

/* A number without sign or leading zeros, at most four digits. */
static const char *number_parse(const char *text, unsigned *number)
{
	size_t digits = strspn(text, "0123456789");

	if (!digits || digits > 4 || (digits > 1 && text[0] == '0'))
		return NULL;
	*number = 0;
	for (size_t i = 0; i < digits; i++)
		*number = *number * 10 + (unsigned)(text[i] - '0');
	return text + digits;
}

/* "-rc.1": dot-separated words of letters, digits and hyphens. */
static bool is_pre_release(const char *text)
{
	static const char word[] = "0123456789-abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

	if (strlen(text) > 64)
		return false;
	do {
		size_t size = strspn(text + 1, word);

		if (!size)
			return false;
		text += 1 + size;
	} while (*text == '.');
	return !*text;
}

bool release_parse(const char *text, struct release_version *version)
{
	struct release_version found;

	text = number_parse(text, &found.major);
	if (!text || *text != '.')
		return false;
	text = number_parse(text + 1, &found.minor);
	if (!text || *text != '.')
		return false;
	text = number_parse(text + 1, &found.patch);
	if (!text || (*text && (*text != '-' || !is_pre_release(text))))
		return false;
	*version = found;
	return true;
}

static int compare(unsigned a, unsigned b)
{
	return (a > b) - (a < b);
}

int release_compare(const struct release_version *a, const struct release_version *b)
{
	if (a->major != b->major)
		return compare(a->major, b->major);
	if (a->minor != b->minor)
		return compare(a->minor, b->minor);
	return compare(a->patch, b->patch);
}

const struct release *release_find(const struct release_version *version, bool *beyond)
{
	const struct release_version series = { version->major, version->minor, 0 };
	const struct release *found = NULL;

	*beyond = release_compare(&series, &newest) > 0;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (release_compare(&rows[i].from, version) <= 0)
			found = &rows[i];
	return found;
}

const struct release_version *release_oldest(void)
{
	return &rows[0].from;
}

const struct release_version *release_removed(enum service_id id)
{
	for (size_t i = 1; i < COUNT_OF(rows); i++)
		if (rows[i].services[id] == RELEASE_ABSENT &&
		    rows[i - 1].services[id] != RELEASE_ABSENT)
			return &rows[i].from;
	return NULL;
}

const char *release_image(enum service_id id)
{
	/* The account service's image is account-service, whatever the docs say. */
	static const char *const images[SERVICE_COUNT] = {
		[SERVICE_DDP_STREAMER] = "rocketchat/ddp-streamer-service",
		[SERVICE_AUTHORIZATION] = "rocketchat/authorization-service",
		[SERVICE_ACCOUNT] = "rocketchat/account-service",
		[SERVICE_PRESENCE] = "rocketchat/presence-service",
		[SERVICE_STREAM_HUB] = "rocketchat/stream-hub-service",
		[SERVICE_QUEUE_WORKER] = "rocketchat/queue-worker-service",
		[SERVICE_OMNICHANNEL_TRANSCRIPT] =
			"rocketchat/omnichannel-transcript-service",
	};

	return id < SERVICE_COUNT ? images[id] : NULL;
}
