#include "events_parse.h"

#include "printable.h"
#include "world.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_ROOM 300

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

/* A whole number in decimal digits, or `otherwise`. */
static int number_of(const char *text, int otherwise)
{
	long value;

	if (!*text || strspn(text, "0123456789") != strlen(text) || strlen(text) > 9)
		return otherwise;
	value = strtol(text, NULL, 10);
	return value <= INT_MAX ? (int)value : otherwise;
}

/* Where a printable copy starts in the scratch. */
static size_t keep(struct buf *scratch, const char *text)
{
	char safe[TEXT_ROOM];
	size_t at = scratch->size;

	printable_copy(safe, sizeof(safe), text, strlen(text));
	buf_add(scratch, safe, strlen(safe) + 1);
	return at;
}

/*
 * Docker says "health_status: healthy", podman "health_status" and the rest in
 * a field of its own.
 */
static void split_action(const json_t *line, const char *text, char action[TEXT_ROOM],
			 char health[TEXT_ROOM])
{
	const char *colon = strchr(text, ':');
	size_t size = colon ? (size_t)(colon - text) : strlen(text);

	printable_copy(action, TEXT_ROOM, text, size);
	health[0] = '\0';
	if (strcmp(action, "health_status") != 0)
		return;
	text = colon ? colon + 1 : text_of(line, "HealthStatus");
	printable_copy(health, TEXT_ROOM, text, strlen(text));
}

static int64_t time_of(const json_t *line)
{
	json_int_t nano = json_integer_value(json_object_get(line, "timeNano"));
	json_int_t seconds = json_integer_value(json_object_get(line, "time"));

	if (nano > 0)
		return nano;
	if (seconds > 0 && seconds < INT64_MAX / 1000000000)
		return seconds * 1000000000;
	return 0;
}

static int exit_code_of(const json_t *attributes)
{
	const char *text = text_of(attributes, "exitCode");

	/* podman's own name for it */
	if (!*text)
		text = text_of(attributes, "containerExitCode");
	return number_of(text, -1);
}

bool events_parse(const json_t *line, struct buf *scratch, struct container_event *event)
{
	const json_t *actor = json_object_get(line, "Actor");
	const json_t *attributes = json_object_get(actor, "Attributes");
	const char *action = text_of(line, "Action");
	const char *id = text_of(actor, "ID");
	const char *type = text_of(line, "Type");
	char plain[TEXT_ROOM], health[TEXT_ROOM];
	size_t at[5];

	if (!*action || !*id || (*type && strcmp(type, "container") != 0))
		return false;
	split_action(line, action, plain, health);
	if (strncmp(plain, "exec_", 5) == 0)
		return false;
	at[0] = keep(scratch, strcmp(plain, "died") == 0 ? "die" : plain);
	at[1] = keep(scratch, health);
	at[2] = keep(scratch, id);
	at[3] = keep(scratch, text_of(attributes, "name"));
	at[4] = keep(scratch, text_of(attributes, LABEL_SERVICE));
	*event = (struct container_event){
		.action = scratch->data + at[0],
		.health = scratch->data + at[1],
		.id = scratch->data + at[2],
		.name = scratch->data + at[3],
		.service = scratch->data + at[4],
		.replica = (unsigned)number_of(text_of(attributes, LABEL_REPLICA), 0),
		.exit_code = exit_code_of(attributes),
		.time_nano = time_of(line),
	};
	return true;
}
