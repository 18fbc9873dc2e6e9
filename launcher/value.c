#include "value.h"

#include "buf.h"
#include "image_ref.h"
#include "url.h"

#include <string.h>

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGIT "0123456789"

/* What the parser of a type needs; each sets `why` when it returns false. */
struct parse {
	struct arena *arena;
	const struct profile_key *row;
	const char *text;
	struct value *value;
	const char *why;
};

static bool refuse(struct parse *parse, const char *why)
{
	parse->why = why;
	return false;
}

/* Decimal digits at *text, up to 15 of them, so that sums cannot overflow. */
static bool take_number(const char **text, int64_t *number)
{
	size_t digits = strspn(*text, DIGIT);

	if (!digits || digits > 15)
		return false;
	*number = 0;
	for (size_t i = 0; i < digits; i++)
		*number = *number * 10 + ((*text)[i] - '0');
	*text += digits;
	return true;
}

/* The limit as a profile would say it: "1s", "24h", "6m", "0.01". */
static const char *limit_text(struct parse *parse, int64_t limit)
{
	static const struct {
		enum key_type type;
		int64_t size;
		const char *unit;
	} units[] = {
		{ KEY_DURATION, 3600000, "h" },      { KEY_DURATION, 60000, "m" },
		{ KEY_DURATION, 1000, "s" },         { KEY_SIZE, INT64_C(1) << 40, "t" },
		{ KEY_SIZE, INT64_C(1) << 30, "g" }, { KEY_SIZE, INT64_C(1) << 20, "m" },
		{ KEY_SIZE, INT64_C(1) << 10, "k" },
	};

	if (parse->row->type == KEY_CPUS)
		return arena_printf(parse->arena, "%g", (double)limit / 1e9);
	for (size_t i = 0; i < COUNT_OF(units); i++)
		if (units[i].type == parse->row->type && limit % units[i].size == 0)
			return arena_printf(parse->arena, "%lld%s",
					    (long long)(limit / units[i].size),
					    units[i].unit);
	return arena_printf(parse->arena, "%lld", (long long)limit);
}

static bool within_limits(struct parse *parse, int64_t number)
{
	const struct profile_key *row = parse->row;
	const char *zero = row->flags & KEY_ZERO ? ", or 0 for none" : "";

	parse->value->number = number;
	if (number == 0 && (row->flags & KEY_ZERO))
		return true;
	if (row->min == 0 && row->max == 0)
		return true;
	if (number < row->min)
		return refuse(parse,
			      arena_printf(parse->arena, "is too small: at least %s%s",
					   limit_text(parse, row->min), zero));
	if (number > row->max)
		return refuse(parse,
			      arena_printf(parse->arena, "is too large: at most %s%s",
					   limit_text(parse, row->max), zero));
	return true;
}

static bool is_plain_zero(const struct parse *parse)
{
	return (parse->row->flags & KEY_ZERO) && !strcmp(parse->text, "0");
}

static bool parse_integer(struct parse *parse)
{
	const char *text = parse->text;
	int64_t number;

	if (!take_number(&text, &number) || *text)
		return refuse(parse, "is no whole number");
	return within_limits(parse, number);
}

static bool parse_cpus(struct parse *parse)
{
	static const char why[] = "is no number of processors (2, 0.5 or 1.25)";
	const char *text = parse->text;
	int64_t whole, part = 0, unit = 1000000000;

	if (!take_number(&text, &whole) || whole > 1000000)
		return refuse(parse, why);
	if (*text == '.') {
		const char *digits = ++text;

		if (!take_number(&text, &part) || text - digits > 9)
			return refuse(parse, why);
		for (; digits < text; digits++)
			unit /= 10;
	}
	if (*text)
		return refuse(parse, why);
	return within_limits(parse, whole * 1000000000 + part * unit);
}

/* The unit at *text in milliseconds; 0: none. */
static int64_t take_duration_unit(const char **text)
{
	static const struct {
		const char *name;
		int64_t size;
	} units[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 } };

	for (size_t i = 0; i < COUNT_OF(units); i++) {
		size_t size = strlen(units[i].name);

		if (!strncmp(*text, units[i].name, size)) {
			*text += size;
			return units[i].size;
		}
	}
	return 0;
}

static bool parse_duration(struct parse *parse)
{
	static const char why[] = "is no duration (30s, 5m or 1h30m)";
	const char *text = parse->text;
	int64_t sum = 0, last = INT64_MAX;

	if (is_plain_zero(parse))
		return within_limits(parse, 0);
	do {
		int64_t number, unit;

		if (!take_number(&text, &number) || number > 1000000000)
			return refuse(parse, why);
		unit = take_duration_unit(&text);
		if (!unit && !*text)
			return refuse(parse, "needs a unit (30s, 5m or 1h30m)");
		if (!unit || unit >= last)
			return refuse(parse, why);
		sum += number * unit;
		last = unit;
	} while (*text);
	if (sum % 1000)
		return refuse(parse, "is no whole number of seconds");
	return within_limits(parse, sum);
}

static bool parse_size(struct parse *parse)
{
	static const char why[] =
		"is no size (512m or 2g; k, m, g and t are powers of 1024)";
	static const char units[] = "bkmgt";
	const char *text = parse->text, *unit;
	int64_t number;

	if (!take_number(&text, &number))
		return refuse(parse, why);
	if (*text) {
		unit = strchr(units, *text | 0x20);
		if (!unit || !*unit || text[1])
			return refuse(parse, why);
		for (; unit > units; unit--) {
			if (number > INT64_MAX / 1024)
				return refuse(parse, "is too large");
			number *= 1024;
		}
	}
	return within_limits(parse, number);
}

static bool parse_enum(struct parse *parse)
{
	const char *choice = parse->row->choices, *space;
	size_t size = strlen(parse->text), length;
	auto_buf struct buf list = { 0 };

	for (int64_t i = 0; *choice; i++, choice += length + (choice[length] == ' ')) {
		length = strcspn(choice, " ");
		if (length == size && !strncmp(choice, parse->text, size)) {
			parse->value->number = i;
			return true;
		}
	}
	for (choice = parse->row->choices; (space = strchr(choice, ' '));
	     choice = space + 1) {
		buf_add(&list, choice, (size_t)(space - choice));
		buf_puts(&list, strchr(space + 1, ' ') ? ", " : " or ");
	}
	return refuse(parse, arena_printf(parse->arena, "is none of the choices: %s%s",
					  buf_text(&list), choice));
}

static bool parse_name(struct parse *parse)
{
	const char *text = parse->text;
	size_t size = strlen(text);

	if (!size || size > 40 || strspn(text, LOWER DIGIT "_.-") != size ||
	    !strchr(LOWER DIGIT, text[0]) || !strchr(LOWER DIGIT, text[size - 1]) ||
	    strstr(text, ".."))
		return refuse(parse,
			      "is no name: up to 40 lower-case letters, digits, '-', "
			      "'_' and '.', with a letter or digit at both ends");
	return true;
}

static bool parse_word(struct parse *parse)
{
	size_t size = strlen(parse->text);

	if (size > 63 || *parse->text == '-' ||
	    strspn(parse->text, LOWER UPPER DIGIT "_-") != size)
		return refuse(parse,
			      "is no plain word: up to 63 letters, digits, '_' and '-'");
	return true;
}

static bool parse_text(struct parse *parse)
{
	for (const char *c = parse->text; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return refuse(parse, "has a line break or control character");
	return true;
}

static bool parse_release(struct parse *parse)
{
	return release_parse(parse->text, &parse->value->release) ||
	       refuse(parse, "is no Rocket.Chat release (8.6.1 or 9.0.0-rc.1)");
}

static bool parse_subnet(struct parse *parse)
{
	struct subnet *subnet = &parse->value->subnet;

	parse->value->subnet_auto = !strcmp(parse->text, "auto");
	if (parse->value->subnet_auto)
		return true;
	if (!subnet_parse(parse->text, subnet))
		return refuse(parse,
			      "is no IPv4 subnet (auto or 10.1.2.0/24, the bits after "
			      "the prefix zero)");
	if (subnet->prefix < 16 || subnet->prefix > 28)
		return refuse(parse,
			      "is no subnet for a stack: its prefix must be 16 to 28");
	return true;
}

static bool parse_image(struct parse *parse)
{
	return image_ref_is_valid(parse->text) ||
	       refuse(parse,
		      "is no image reference ([host[:port]/]path[:tag][@sha256:…], "
		      "the path in lower case)");
}

static bool parse_repository(struct parse *parse)
{
	return image_ref_is_repository(parse->text) ||
	       refuse(parse,
		      "is no place of images (host[:port][/path], without a scheme, "
		      "a tag or a '/' at the end)");
}

static bool parse_address(struct parse *parse)
{
	uint16_t port;

	if (!url_parse_address(parse->arena, parse->text, &parse->value->host, &port))
		return refuse(parse,
			      "is no address (3000, 127.0.0.1:3000 or [::1]:3000, the "
			      "port 1 to 65535)");
	parse->value->number = port;
	return true;
}

static bool parse_url(struct parse *parse)
{
	parse->why = url_check_web(parse->text);
	return !parse->why;
}

static bool parse_mongodb_url(struct parse *parse)
{
	parse->why = url_check_mongodb(parse->text);
	return !parse->why;
}

static bool parse_nats_url(struct parse *parse)
{
	parse->why = url_check_nats(parse->text);
	return !parse->why;
}

bool value_parse(struct arena *arena, const struct profile_key *row, const char *text,
		 struct value *value, const char **why)
{
	static bool (*const parsers[KEY_TYPE_COUNT])(struct parse *) = {
		[KEY_TEXT] = parse_text,
		[KEY_NAME] = parse_name,
		[KEY_WORD] = parse_word,
		[KEY_RELEASE] = parse_release,
		[KEY_ENUM] = parse_enum,
		[KEY_INTEGER] = parse_integer,
		[KEY_CPUS] = parse_cpus,
		[KEY_DURATION] = parse_duration,
		[KEY_SIZE] = parse_size,
		[KEY_IMAGE] = parse_image,
		[KEY_REPOSITORY] = parse_repository,
		[KEY_ADDRESS] = parse_address,
		[KEY_URL] = parse_url,
		[KEY_MONGODB_URL] = parse_mongodb_url,
		[KEY_NATS_URL] = parse_nats_url,
		[KEY_SUBNET] = parse_subnet,
	};
	struct parse parse = { .arena = arena, .row = row, .text = text, .value = value };

	*value = (struct value){ 0 };
	if (parsers[row->type](&parse))
		return true;
	*why = parse.why;
	return false;
}
