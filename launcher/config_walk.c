#include "config_walk.h"

#include "printable.h"
#include "profile_key.h"
#include "secret.h"
#include "url.h"

#include <string.h>

const char *config_masked(struct arena *arena, const char *value)
{
	return strstr(value, "://") ? url_masked(arena, value) : SECRET_MASK;
}

static const char *origin_text(struct arena *arena, struct origin at)
{
	auto_buf struct buf text = { 0 };

	printable_add(&text, at.file, strlen(at.file), PRINTABLE_LINE);
	if (at.line)
		buf_printf(&text, ":%d", at.line);
	return arena_strdup(arena, buf_text(&text));
}

/* The service whose keys are in this section, or NULL. */
static const struct service *service_in(const struct config_walk *walk,
					const char *section, const char *argument)
{
	enum service_id id = service_by_name(argument ? argument : section);

	return id == SERVICE_NONE ? NULL : stack_service(walk->stack, id);
}

/* Puts in what follows from other keys, where the profile says nothing. */
static void derive(const struct config_walk *walk, const char *section,
		   const char *argument, struct config_item *item)
{
	const struct service *service = service_in(walk, section, argument);

	if (!strcmp(item->key, "root_url")) {
		item->value = walk->stack->root_url;
		item->origin = "from [proxy] publish";
	} else if (!strcmp(item->key, "image") && service) {
		item->value = service->image;
		item->origin = arena_printf(walk->arena, "release %s",
					    walk->stack->version);
	} else if (!strcmp(item->key, "replicas") && service &&
		   service->id == SERVICE_DDP_STREAMER &&
		   profile_entry(walk->profile, "stack", NULL, "users")) {
		item->value = arena_printf(walk->arena, "%u", service->replicas);
		item->origin = "from [stack] users";
	}
}

static void mask(const struct config_walk *walk, const struct profile_key *row,
		 const struct entry *entry, struct config_item *item)
{
	const char *shown;

	if (!item->value || !((row->flags & KEY_SECRET) || entry->from_file))
		return;
	shown = config_masked(walk->arena, item->value);
	item->secret = strcmp(shown, item->value) != 0;
	item->value = shown;
}

static void show_key(const struct config_walk *walk, const struct profile_key *row,
		     const char *argument)
{
	const struct entry *entry = profile_entry(walk->profile, row->section, argument,
						  row->key);
	const struct service *service = service_in(walk, row->section, argument);
	struct config_item item = {
		.key = row->key,
		.value = profile_key_find(row->section, argument, row->key)->fallback,
		.origin = "built-in default",
	};

	if (entry && *entry->value) {
		item.value = entry->value;
		item.origin = origin_text(walk->arena, entry->at);
		item.variable = entry->variable;
		if (!strcmp(row->key, "image") && service)
			item.value = service->image; /* with its tag */
		mask(walk, row, entry, &item);
	} else {
		derive(walk, row->section, argument, &item);
	}
	walk->on_item(walk->context, &item);
}

/* All keys of a section; of what runs elsewhere, its URL only. */
static void show_section(const struct config_walk *walk, const char *section,
			 const char *argument, bool url_only)
{
	walk->on_section(walk->context, section, argument);
	for (const struct profile_key *row = profile_keys; row->section; row++)
		if (!strcmp(row->section, section) && !row->argument &&
		    (!url_only || !strcmp(row->key, "url")))
			show_key(walk, row, argument);
}

static void show_env(const struct config_walk *walk, const struct section *section)
{
	walk->on_section(walk->context, "env", section->argument);
	for (size_t i = 0; i < section->count; i++) {
		const struct entry *entry = &section->entries[i];
		struct config_item item = { .key = entry->key,
					    .value = entry->value,
					    .origin = origin_text(walk->arena, entry->at),
					    .variable = entry->variable };

		if (entry->from_file || secret_name(entry->key) ||
		    url_is_secret(walk->arena, entry->value)) {
			item.value = config_masked(walk->arena, entry->value);
			item.secret = true;
		}
		walk->on_item(walk->context, &item);
	}
}

/* A service that is left out still shows that it is: replicas = 0. */
static bool has_section(const struct config_walk *walk, enum service_id id)
{
	return stack_service(walk->stack, id) ||
	       profile_section(walk->profile, "service", service_name(id));
}

void config_walk(const struct config_walk *walk)
{
	const struct stack *stack = walk->stack;
	const bool own_nats = stack_service(stack, SERVICE_NATS) != NULL;

	show_section(walk, "stack", NULL, false);
	show_section(walk, "network", NULL, false);
	if (own_nats || stack->transporter)
		show_section(walk, "nats", NULL, !own_nats);
	show_section(walk, "mongodb", NULL, stack->mongo_outside);
	show_section(walk, "rocketchat", NULL, false);
	for (unsigned id = SERVICE_NONE + 1; id < SERVICE_COUNT; id++)
		if (service_is_micro((enum service_id)id) &&
		    has_section(walk, (enum service_id)id))
			show_section(walk, "service", service_name((enum service_id)id),
				     false);
	show_section(walk, "proxy", NULL, false);
	for (size_t i = 0; i < walk->profile->section_count; i++)
		if (!strcmp(walk->profile->sections[i].name, "env"))
			show_env(walk, &walk->profile->sections[i]);
}
