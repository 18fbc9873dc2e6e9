/* Refuses sections and keys that do not exist, and says what was meant. */
#include "profile_parts.h"

#include "nearest.h"
#include "profile_key.h"
#include "service.h"

#include <ctype.h>
#include <string.h>

const char *profile_canonical_argument(const char *section, const char *argument)
{
	enum service_id id = service_by_name(argument);

	if (id == SERVICE_NONE ||
	    (strcmp(section, "service") != 0 && strcmp(section, "env") != 0))
		return argument;
	return service_name(id);
}

static const char *hint(struct arena *arena, const struct nearest *nearest,
			const char *before, const char *after)
{
	if (!nearest->best)
		return "";
	return arena_printf(arena, ": did you mean %s%s%s?", before, nearest->best,
			    after);
}

/* "NAME" is as near to "name" as can be. */
static const char *lower_case(struct arena *arena, const char *text)
{
	char *copy = arena_strdup(arena, text);

	for (char *c = copy; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return copy;
}

static bool section_exists(const char *name)
{
	if (!strcmp(name, "env"))
		return true;
	for (const struct profile_key *row = profile_keys; row->section; row++)
		if (!strcmp(row->section, name))
			return true;
	return false;
}

static void unknown_section(struct profile *profile, struct section *section)
{
	const enum service_id id = service_by_name(section->name);
	struct nearest nearest = { .word = lower_case(profile->arena, section->name) };

	section->wrong = true;
	if (id != SERVICE_NONE && service_is_micro(id)) {
		profile_complain(profile, section->at,
				 "unknown section [%s]: write [service %s]",
				 section->name, service_name(id));
		return;
	}
	for (const struct profile_key *row = profile_keys; row->section; row++)
		nearest_offer(&nearest, row->section);
	nearest_offer(&nearest, "env");
	profile_complain(profile, section->at, "unknown section %s%s",
			 profile_label(profile->arena, section->name, section->argument),
			 hint(profile->arena, &nearest, "[", "]"));
}

static void unknown_service(struct profile *profile, struct section *section, bool micro)
{
	struct nearest nearest = { .word = lower_case(profile->arena,
						      section->argument) };

	for (unsigned id = SERVICE_NONE + 1; id < SERVICE_COUNT; id++)
		if (!micro || service_is_micro((enum service_id)id))
			nearest_offer(&nearest, service_name((enum service_id)id));
	profile_complain(profile, section->at, "unknown service \"%s\"%s",
			 section->argument, hint(profile->arena, &nearest, "", ""));
	section->wrong = true;
}

/* [service NAME]: one of the microservices, and nothing else. */
static void check_service(struct profile *profile, struct section *section)
{
	enum service_id id;

	if (!section->argument) {
		profile_complain(profile, section->at,
				 "[service] needs a name, as in [service ddp-streamer]");
		section->wrong = true;
		return;
	}
	id = service_by_name(section->argument);
	if (id == SERVICE_NONE) {
		unknown_service(profile, section, true);
	} else if (!service_is_micro(id)) {
		profile_complain(profile, section->at,
				 "[service %s]: %s has a section of its own, [%s]",
				 section->argument, section->argument, section->argument);
		section->wrong = true;
	}
}

static void check_section(struct profile *profile, struct section *section)
{
	if (!section_exists(section->name)) {
		unknown_section(profile, section);
	} else if (!strcmp(section->name, "service")) {
		check_service(profile, section);
	} else if (!strcmp(section->name, "env")) {
		if (section->argument &&
		    service_by_name(section->argument) == SERVICE_NONE)
			unknown_service(profile, section, false);
	} else if (section->argument) {
		profile_complain(profile, section->at, "[%s] takes no name: write [%s]",
				 section->name, section->name);
		section->wrong = true;
	}
}

/* Variables that follow from other keys, and what to say to who sets them. */
static const char *owned_variable(const char *name)
{
	static const struct {
		const char *name, *instead;
	} owned[] = {
		{ "MONGO_URL", "use [mongodb] url or url_file" },
		{ "TRANSPORTER", "use [nats] url or url_file" },
		{ "ROOT_URL", "use [stack] root_url" },
		{ "PORT",
		  "it is always 3000 inside; use [proxy] publish for the outside" },
		{ "HTTP_FORWARDED_COUNT", "it follows from the proxy" },
	};

	for (size_t i = 0; i < COUNT_OF(owned); i++)
		if (!strcmp(owned[i].name, name))
			return owned[i].instead;
	return NULL;
}

/* Does [env] or [env NAME] reach Rocket.Chat's own processes? */
static bool is_rocketchat_env(const struct section *section)
{
	enum service_id id = section->argument ? service_by_name(section->argument)
					       : SERVICE_ROCKETCHAT;

	return id == SERVICE_ROCKETCHAT || service_is_micro(id);
}

static bool is_variable_name(const char *name)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz_0123456789";

	return *name && !(*name >= '0' && *name <= '9') && !name[strspn(name, letters)];
}

static void check_variable(struct profile *profile, const struct section *section,
			   struct entry *entry)
{
	const char *instead = owned_variable(entry->key);

	if (!is_variable_name(entry->key))
		profile_complain(
			profile, entry->at,
			"\"%s\" is no name of a variable: letters, digits and '_', "
			"no digit first",
			entry->key);
	else if (instead && is_rocketchat_env(section))
		profile_complain(profile, entry->at, "%s is not for [env]: %s",
				 entry->key, instead);
	else
		return;
	entry->wrong = true;
}

static void check_key(struct profile *profile, const struct section *section,
		      struct entry *entry)
{
	struct nearest nearest = { .word = lower_case(profile->arena, entry->key) };

	if (profile_key_find(section->name, section->argument, entry->key))
		return;
	for (const struct profile_key *row = profile_keys; row->section; row++) {
		if (strcmp(row->section, section->name) != 0)
			continue;
		nearest_offer(&nearest, row->key);
		if (row->flags & KEY_FILE)
			nearest_offer(&nearest,
				      arena_printf(profile->arena, "%s_file", row->key));
	}
	profile_complain(profile, entry->at, "unknown key %s in %s%s", entry->key,
			 profile_label(profile->arena, section->name, section->argument),
			 hint(profile->arena, &nearest, "", ""));
	entry->wrong = true;
}

void profile_names(struct profile *profile)
{
	for (size_t i = 0; i < profile->section_count; i++) {
		struct section *section = &profile->sections[i];

		if (!section->wrong)
			check_section(profile, section);
		if (section->wrong)
			continue;
		for (size_t j = 0; j < section->count; j++) {
			struct entry *entry = &section->entries[j];

			if (!strcmp(section->name, "env"))
				check_variable(profile, section, entry);
			else
				check_key(profile, section, entry);
		}
	}
}
