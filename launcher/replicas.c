#include "replicas.h"

#include "nearest.h"
#include "printable.h"
#include "world.h"

#include <string.h>

bool replica_from_labels(struct replica *replica, struct arena *arena,
			 const json_t *labels)
{
	const char *service = json_string_value(json_object_get(labels, LABEL_SERVICE));
	const char *number = json_string_value(json_object_get(labels, LABEL_REPLICA));
	char safe[64];

	if (!service || !number)
		return false;
	printable_copy(safe, sizeof(safe), service, strlen(service));
	replica->service = arena_strdup(arena, safe);
	replica->number = (unsigned)strtoul(number, NULL, 10);
	return true;
}

static int compare(const void *a, const void *b)
{
	const struct replica *one = a, *other = b;
	int order = strcmp(one->service, other->service);

	if (order)
		return order;
	return (one->number > other->number) - (one->number < other->number);
}

static void take(struct replicas *replicas, struct arena *arena, const json_t *list)
{
	const json_t *container;
	size_t i;

	json_array_foreach(list, i, container)
	{
		const char *id = json_string_value(json_object_get(container, "Id"));
		const char *state = json_string_value(
			json_object_get(container, "State"));
		struct replica replica = { 0 };

		if (!id || !replica_from_labels(&replica, arena,
						json_object_get(container, "Labels")))
			continue;
		replica.id = arena_strdup(arena, id);
		replica.running = state && strcmp(state, "running") == 0;
		*(struct replica *)arena_grow(arena, &replicas->list, &replicas->count,
					      sizeof(replica)) = replica;
	}
	if (replicas->count)
		qsort(replicas->list, replicas->count, sizeof(*replicas->list), compare);
}

int replicas_list(struct replicas *replicas, struct session *session, struct err *err)
{
	auto_free char *filters = NULL;
	json_auto_t *list = NULL;

	filters = engine_escape(arena_printf(&session->arena,
					     "{\"label\":[\"" LABEL_STACK "=%s\"]}",
					     session->stack.name));
	list = engine_get(session->engine,
			  arena_printf(&session->arena,
				       "/containers/json?all=1&filters=%s", filters),
			  err);
	if (!list)
		return -1;
	*replicas = (struct replicas){ 0 };
	take(replicas, &session->arena, list);
	if (replicas->count)
		return 0;
	err_set(err, ERR_FAILED, "the stack %s has no containers on %s",
		session->stack.name, engine_where(session->engine));
	return err_hint(err, "liftoff up brings it up");
}

bool replica_is(const struct replica *replica, const char *word)
{
	size_t size = strlen(replica->service);
	char number[16];

	if (strncmp(word, replica->service, size) != 0)
		return false;
	if (word[size] == '\0')
		return true;
	snprintf(number, sizeof(number), "-%u", replica->number);
	return strcmp(word + size, number) == 0;
}

int replicas_check(const struct replicas *replicas, const char *word, struct err *err)
{
	struct nearest nearest = { .word = word };
	auto_buf struct buf names = { 0 };

	for (size_t i = 0; i < replicas->count; i++) {
		const struct replica *replica = &replicas->list[i];

		if (replica_is(replica, word))
			return 0;
		buf_printf(&names, "%s%s-%u", i ? ", " : "", replica->service,
			   replica->number);
		nearest_offer(&nearest, replica->service);
	}
	err_set(err, ERR_USAGE, "there is no %s; there are %s", word, buf_text(&names));
	/* the mistake that -f invites, which is --follow behind `logs` */
	if (strchr(word, '/') || strstr(word, ".ini"))
		err_hint(err,
			 "is it a profile? Name it before the command: liftoff -f %s …",
			 word);
	if (nearest.best)
		err_hint(err, "did you mean %s?", nearest.best);
	return -1;
}
