#include "image_ref.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGIT "0123456789"

#define NAME_MAX_SIZE 255

/*
 * Each of these takes one part of a reference from the front of a text and
 * returns how much it took, 0 if the part is not there.
 */

/* "." "_" "__" or any number of "-", between two words of a path. */
static size_t take_separator(const char *text)
{
	if (*text == '.')
		return 1;
	if (*text == '_')
		return text[1] == '_' ? 2 : 1;
	return strspn(text, "-");
}

static size_t take_path_component(const char *text)
{
	size_t size = strspn(text, LOWER DIGIT);

	while (size) {
		size_t separator = take_separator(text + size);
		size_t word = strspn(text + size + separator, LOWER DIGIT);

		if (!separator || !word)
			break;
		size += separator + word;
	}
	return size;
}

static size_t take_path(const char *text)
{
	size_t size = take_path_component(text);

	while (size && text[size] == '/') {
		size_t more = take_path_component(text + size + 1);

		if (!more)
			return 0;
		size += 1 + more;
	}
	return size;
}

static size_t take_host(const char *text)
{
	size_t size = 0;

	if (*text == '[') { /* IPv6 */
		size = 1 + strspn(text + 1, DIGIT "abcdefABCDEF:");
		return size > 1 && text[size] == ']' ? size + 1 : 0;
	}
	for (;;) {
		size_t label = strspn(text + size, LOWER UPPER DIGIT "-");

		if (!label || text[size] == '-' || text[size + label - 1] == '-')
			return 0;
		size += label;
		if (text[size] != '.')
			return size;
		size++;
	}
}

/* The host[:port] before the first '/', if what is there must be one. */
static size_t take_registry(const char *text)
{
	size_t first = strcspn(text, "/"), size, port;

	if (text[first] != '/')
		return 0;
	if (strcspn(text, ".:[" UPPER) >= first &&
	    (first != strlen("localhost") || strncmp(text, "localhost", first) != 0))
		return 0; /* a path component like any other */
	size = take_host(text);
	if (size && text[size] == ':') {
		port = strspn(text + size + 1, DIGIT);
		size = port && port <= 5 ? size + 1 + port : 0;
	}
	return size == first ? first + 1 : 0;
}

/* The name: registry and path. */
static size_t take_name(const char *text)
{
	size_t registry = take_registry(text), path = take_path(text + registry);

	return path && registry + path <= NAME_MAX_SIZE ? registry + path : 0;
}

static size_t take_tag(const char *text)
{
	size_t size = strspn(text, LOWER UPPER DIGIT "_.-");

	return size <= 128 && *text != '.' && *text != '-' ? size : 0;
}

static bool is_digest(const char *text)
{
	size_t hex;

	if (strncmp(text, "sha256:", 7) != 0 && strncmp(text, "sha512:", 7) != 0)
		return false;
	hex = strspn(text + 7, DIGIT "abcdef");
	return !text[7 + hex] && hex == (text[3] == '2' ? 64 : 128);
}

bool image_ref_is_valid(const char *text)
{
	size_t size = take_name(text);

	if (!size)
		return false;
	text += size;
	if (*text == ':') {
		size = take_tag(text + 1);
		if (!size)
			return false;
		text += 1 + size;
	}
	return !*text || (*text == '@' && is_digest(text + 1));
}

bool image_ref_is_repository(const char *text)
{
	char below[NAME_MAX_SIZE + 3];

	/* A bare host is a repository too, and only known by what follows it. */
	if (strlen(text) > NAME_MAX_SIZE)
		return false;
	snprintf(below, sizeof(below), "%s/x", text);
	return take_name(below) == strlen(below);
}

bool image_ref_has_tag(const char *text)
{
	return text[take_name(text)] != '\0';
}

bool image_ref_series(const char *text, unsigned *major, unsigned *minor)
{
	size_t size = take_name(text);
	char end = '\0';
	int found;

	if (!size || text[size] != ':' || strcspn(text + size + 1, ".") > 4 ||
	    strspn(text + size + 1, DIGIT ".") > 16)
		return false;
	found = sscanf(text + size + 1, "%4u.%4u%c", major, minor, &end);
	return found == 2 || (found == 3 && strchr(".-@", end));
}
