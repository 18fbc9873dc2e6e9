#include "setting.h"

#include "url.h"

#include <string.h>

#define SHOWN_MAX 60

static const char default_origin[] = "built-in default";

void setting_complain(struct profile *profile, const struct setting *setting,
		      const char *argument, const char *what)
{
	profile_complain(profile, setting->at, "%s %s: %s",
			 profile_label(profile->arena, setting->row->section, argument),
			 setting->row->key, what);
}

/* Parses the default: one that does not parse is our own mistake. */
static void use_default(struct profile *profile, struct setting *setting)
{
	const char *why;

	setting->at = (struct origin){ default_origin, 0 };
	setting->entry = NULL;
	setting->text = setting->row->fallback;
	setting->value = (struct value){ 0 };
	if (setting->text && !value_parse(profile->arena, setting->row, setting->text,
					  &setting->value, &why))
		BUG(why);
}

/* The value in quotes for a message, unless it is nobody's business. */
static const char *shown(struct arena *arena, const struct setting *setting)
{
	const size_t size = strlen(setting->text);

	if ((setting->row->flags & KEY_SECRET) || setting->entry->from_file)
		return "its value";
	if (url_is_secret(arena, setting->text))
		return "its value";
	return arena_printf(arena, "\"%.*s\"%s", SHOWN_MAX, setting->text,
			    size > SHOWN_MAX ? "…" : "");
}

struct setting setting_get(struct profile *profile, const char *section,
			   const char *argument, const char *key)
{
	struct entry *entry = profile_entry(profile, section, argument, key);
	struct setting setting = { .row = profile_key_find(section, argument, key) };
	const char *why;

	if (!setting.row)
		BUG("a key that is not in the table");
	if (!entry || entry->wrong || !*entry->value) {
		use_default(profile, &setting);
		setting.wrong = entry && entry->wrong;
		return setting;
	}
	setting.entry = entry;
	setting.at = entry->at;
	setting.text = entry->value;
	if (value_parse(profile->arena, setting.row, setting.text, &setting.value, &why))
		return setting;
	setting_complain(profile, &setting, argument,
			 arena_printf(profile->arena, "%s %s",
				      shown(profile->arena, &setting), why));
	entry->wrong = true;
	use_default(profile, &setting);
	setting.wrong = true;
	return setting;
}
