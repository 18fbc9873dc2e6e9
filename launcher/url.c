#include "url.h"

#include "buf.h"
#include "err.h"
#include "secret.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

static void cleanup_curlu(CURLU **url)
{
	curl_url_cleanup(*url);
}

static void cleanup_curl_free(char **text)
{
	curl_free(*text);
}

#define auto_curlu __attribute__((cleanup(cleanup_curlu)))
#define auto_curl_free __attribute__((cleanup(cleanup_curl_free)))

static bool has_blank_or_control(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text <= ' ' || *text == 0x7f)
			return true;
	return false;
}

static bool starts_with(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

/* A part of the URL, or NULL if it has none; the caller frees with curl_free(). */
static char *part(CURLU *url, CURLUPart which)
{
	char *text = NULL;

	curl_url_get(url, which, &text, 0);
	return text;
}

/* Decimal port without sign, 1 to 65535. */
static bool port_parse(const char *text, uint16_t *port)
{
	size_t digits = strspn(text, "0123456789");
	unsigned long number;

	if (!digits || digits > 5 || text[digits])
		return false;
	number = strtoul(text, NULL, 10);
	if (number < 1 || number > 65535)
		return false;
	*port = (uint16_t)number;
	return true;
}

const char *url_check_web(const char *text)
{
	auto_curlu CURLU *url = curl_url();
	auto_curl_free char *user = NULL;
	auto_curl_free char *port_text = NULL;
	uint16_t port;

	if (!url)
		die_out_of_memory();
	if (!starts_with(text, "http://") && !starts_with(text, "https://"))
		return "is no URL that starts with http:// or https://";
	if (has_blank_or_control(text) || curl_url_set(url, CURLUPART_URL, text, 0))
		return "is no URL (https://chat.example.org or http://localhost:3000)";
	user = part(url, CURLUPART_USER);
	port_text = part(url, CURLUPART_PORT);
	if (user)
		return "must not hold a user or password";
	if (port_text && !port_parse(port_text, &port))
		return "has a port that is none (1 to 65535)";
	if (strpbrk(text, "?#"))
		return "must end with its path, without '?' or '#'";
	return NULL;
}

void url_host_port(struct arena *arena, const char *text, const char **host,
		   uint16_t *port)
{
	auto_curlu CURLU *url = curl_url();
	auto_curl_free char *host_text = NULL;
	auto_curl_free char *port_text = NULL;

	if (!url)
		die_out_of_memory();
	curl_url_set(url, CURLUPART_URL, text, 0);
	host_text = part(url, CURLUPART_HOST);
	port_text = part(url, CURLUPART_PORT);
	*host = arena_strdup(arena, host_text ? host_text : "");
	if (!port_text || !port_parse(port_text, port))
		*port = starts_with(text, "https:") ? 443 : 80;
}

/* "host", "host:port" or "[::1]:port", as lists of servers hold them. */
static bool is_server(const char *text, size_t size)
{
	auto_curlu CURLU *url = curl_url();
	char http[300];
	uint16_t port;

	if (!url)
		die_out_of_memory();
	if (!size || size > 255 || memchr(text, '/', size) || memchr(text, '@', size) ||
	    memchr(text, '?', size) || memchr(text, '#', size))
		return false;
	snprintf(http, sizeof(http), "http://%.*s/", (int)size, text);
	if (curl_url_set(url, CURLUPART_URL, http, 0))
		return false;
	{
		auto_curl_free char *port_text = part(url, CURLUPART_PORT);

		return !port_text || port_parse(port_text, &port);
	}
}

static bool is_server_list(const char *text, size_t size)
{
	while (size) {
		const char *comma = memchr(text, ',', size);
		size_t one = comma ? (size_t)(comma - text) : size;

		if (!is_server(text, one))
			return false;
		if (!comma)
			return true;
		text += one + 1;
		size -= one + 1;
	}
	return false;
}

/*
 * The part after "scheme://" and any user information: the last '@' before
 * the path ends that.
 */
static const char *after_userinfo(const char *authority, size_t size)
{
	const char *at = NULL;

	for (size_t i = 0; i < size; i++)
		if (authority[i] == '@')
			at = authority + i;
	return at ? at + 1 : authority;
}

const char *url_check_mongodb(const char *text)
{
	const char *authority, *servers, *path;
	size_t size, database;

	if (starts_with(text, "mongodb+srv://"))
		return "must list its servers: Rocket.Chat does not find its database in "
		       "a "
		       "mongodb+srv:// URL";
	if (!starts_with(text, "mongodb://"))
		return "is no URL that starts with mongodb://";
	if (has_blank_or_control(text))
		return "has a blank or a control character";
	authority = text + strlen("mongodb://");
	size = strcspn(authority, "/?");
	servers = after_userinfo(authority, size);
	path = authority + size;
	if (!is_server_list(servers, (size_t)(path - servers)))
		return "has no list of servers "
		       "(mongodb://host:27017,host:27018/rocketchat)";
	database = *path == '/' ? strcspn(path + 1, "?/") : 0;
	if (!database)
		return "names no database (mongodb://host:27017/rocketchat)";
	return path[1 + database] == '/' ? "names no database Rocket.Chat can have"
					 : NULL;
}

/* NATS's client does not decode percent signs, so names must be plain. */
static bool is_plain_userinfo(const char *text, size_t size)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789_-:"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

	for (size_t i = 0; i < size; i++)
		if (!strchr(plain, text[i]))
			return false;
	return size > 0;
}

static const char *check_one_nats(const char *text, size_t size)
{
	const char *authority = text + strlen("nats://"), *server;

	if (size < strlen("nats://") || !starts_with(text, "nats://"))
		return "is no URL that starts with nats://, nor a list of such with "
		       "commas";
	size -= strlen("nats://");
	server = after_userinfo(authority, size);
	if (server != authority &&
	    !is_plain_userinfo(authority, (size_t)(server - authority) - 1))
		return "has a user or password with other characters than letters, "
		       "digits, "
		       "'_' and '-', which Rocket.Chat's client would send wrong";
	if (!is_server(server, size - (size_t)(server - authority)))
		return "has no host and port (nats://host:4222)";
	return NULL;
}

const char *url_check_nats(const char *text)
{
	const char *why = NULL;

	if (has_blank_or_control(text))
		return "has a blank or a control character";
	while (!why) {
		size_t size = strcspn(text, ",");

		why = check_one_nats(text, size);
		if (!text[size])
			break;
		text += size + 1;
	}
	return why;
}

bool url_parse_address(struct arena *arena, const char *text, const char **host,
		       uint16_t *port)
{
	const char *colon = strrchr(text, ':');
	unsigned char address[sizeof(struct in6_addr)];
	size_t size;
	char *copy;

	*host = "127.0.0.1";
	if (!colon)
		return port_parse(text, port);
	size = (size_t)(colon - text);
	if (!port_parse(colon + 1, port))
		return false;
	if (size > 2 && text[0] == '[' && text[size - 1] == ']') {
		*host = copy = arena_strndup(arena, text + 1, size - 2);
		return inet_pton(AF_INET6, copy, address) == 1;
	}
	*host = copy = arena_strndup(arena, text, size);
	return inet_pton(AF_INET, copy, address) == 1;
}

/* "name=value&…" with the values of secret names masked. */
static void mask_query(struct buf *out, struct arena *arena, const char *query)
{
	while (*query) {
		size_t size = strcspn(query, "&"), name = strcspn(query, "=&");

		if (name < size && secret_name(arena_strndup(arena, query, name)))
			buf_printf(out, "%.*s=" SECRET_MASK, (int)name, query);
		else
			buf_add(out, query, size);
		if (query[size] == '&')
			buf_puts(out, query[size++] ? "&" : "");
		query += size;
	}
}

/*
 * How much of the text after "://" is servers and their users. In a list each
 * URL has its own. A password with an unescaped '/' reaches beyond the first
 * slash, which only an '@' behind it tells.
 */
static size_t authority_size(const char *authority)
{
	size_t size = strcspn(authority, "/?#");
	const char *next = strstr(authority, "://"), *at = strchr(authority, '@');

	if (next && next < authority + size)
		return strcspn(authority, ",");
	if (at && at >= authority + size && memchr(authority, ':', size))
		return (size_t)(strrchr(authority, '@') - authority) + 1;
	return size;
}

const char *url_masked(struct arena *arena, const char *text)
{
	auto_buf struct buf out = { 0 };
	const char *scheme;

	while ((scheme = strstr(text, "://"))) {
		const char *authority = scheme + 3, *server;
		const size_t size = authority_size(authority);

		server = after_userinfo(authority, size);
		buf_add(&out, text, (size_t)(authority - text));
		if (server != authority)
			buf_puts(&out, SECRET_MASK "@");
		buf_add(&out, server, (size_t)(authority + size - server));
		text = authority + size;
	}
	if (out.size && strchr(text, '?')) {
		buf_add(&out, text, strcspn(text, "?") + 1);
		mask_query(&out, arena, strchr(text, '?') + 1);
	} else {
		buf_puts(&out, text);
	}
	return arena_strdup(arena, buf_text(&out));
}

bool url_is_secret(struct arena *arena, const char *text)
{
	return strcmp(url_masked(arena, text), text) != 0;
}
