#include "config.h"

#include "secret.h"

#include "cleanup.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static bool is_letter(char c)
{
	return isalpha((unsigned char)c) != 0;
}

/* Does a word start at name[at]: S3_Key, apiKey, KEY? */
static bool starts_word(const char *name, size_t at)
{
	if (at == 0 || !is_letter(name[at - 1]))
		return true;
	return isupper((unsigned char)name[at]) && islower((unsigned char)name[at - 1]);
}

/* Does the word that name[at] is in end there: KEY, KEYS, KeyId? */
static bool ends_word(const char *name, size_t at)
{
	if (tolower((unsigned char)name[at]) == 's')
		at++;
	return !is_letter(name[at]) ||
	       (isupper((unsigned char)name[at]) && islower((unsigned char)name[at - 1]));
}

/* "KEY" as a word of its own, or the end of one as in APIKEY; no KEYBOARD. */
static bool has_key(const char *name)
{
	for (size_t at = 0; name[at]; at++)
		if (!strncasecmp(name + at, "key", 3) &&
		    (ends_word(name, at + 3) &&
		     (starts_word(name, at) || !is_letter(name[at + 3]))))
			return true;
	return false;
}

/* PASS as in ADMIN_PASS and smtpPassword, but not as in BYPASS. */
static bool has_pass(const char *name)
{
	for (size_t at = 0; name[at]; at++)
		if (!strncasecmp(name + at, "pass", 4) &&
		    (at < 2 || strncasecmp(name + at - 2, "by", 2) != 0))
			return true;
	return false;
}

bool secret_name(const char *name)
{
	static const char *const words[] = { "secret",  "token",      "license",
					     "licence", "credential", "private" };

	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (strcasestr(name, words[i]))
			return true;
	return has_pass(name) || has_key(name);
}
