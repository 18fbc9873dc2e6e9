#include "config.h"

#include "command.h"
#include "engine.h"
#include "printable.h"

#include <curl/curl.h>
#include <jansson.h>
#include <string.h>

static json_t *client_versions(void)
{
	return json_pack("{s:i, s:s, s:s, s:s}", "v", 1, "liftoff", PACKAGE_VERSION,
			 "libcurl", curl_version_info(CURLVERSION_NOW)->version,
			 "jansson", jansson_version_str());
}

static void set_text(json_t *object, const char *key, const char *text)
{
	char safe[128];

	printable_copy(safe, sizeof(safe), text, strlen(text));
	json_object_set_new(object, key, json_string(safe));
}

/* "Docker Engine - Community" or "Podman Engine": the first component says. */
static const char *name_of(const json_t *answer)
{
	const json_t *components = json_object_get(answer, "Components");
	const char *name = json_string_value(
		json_object_get(json_array_get(components, 0), "Name"));

	return name ? name : "engine";
}

/* What answers, or NULL with err filled. */
static json_t *engine_versions(const struct options *options, struct err *err)
{
	struct loop *loop = loop_new();
	struct engine *engine = engine_open(loop, options->host, ENGINE_READ_ONLY, err);
	json_auto_t *answer = NULL;
	json_t *versions = NULL;
	const char *version;

	if (engine && engine_connect(engine, err) == 0)
		answer = engine_get(engine, "/version", err);
	if (answer) {
		version = json_string_value(json_object_get(answer, "Version"));
		versions = json_object();
		set_text(versions, "name", name_of(answer));
		set_text(versions, "version", version ? version : "unknown");
		set_text(versions, "api", engine_api(engine));
		set_text(versions, "where", engine_where(engine));
	}
	if (engine)
		engine_close(engine);
	loop_free(loop);
	return versions;
}

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static void print_text(const json_t *versions, const struct err *err)
{
	const json_t *engine = json_object_get(versions, "engine");

	printf("liftoff %s\n", text_of(versions, "liftoff"));
	printf("libcurl %s, jansson %s\n", text_of(versions, "libcurl"),
	       text_of(versions, "jansson"));
	if (engine)
		printf("%s %s, API %s, at %s\n", text_of(engine, "name"),
		       text_of(engine, "version"), text_of(engine, "api"),
		       text_of(engine, "where"));
	else
		printf("%s\n", err->message);
}

int cmd_version(const struct options *options, struct err *err)
{
	json_auto_t *versions = client_versions();
	json_t *engine;

	/* --version answers at once and asks nobody. */
	if (options->version && !options->json) {
		printf("liftoff %s\n", PACKAGE_VERSION);
		return 0;
	}
	engine = engine_versions(options, err);
	if (engine)
		json_object_set_new(versions, "engine", engine);
	if (options->json) {
		json_dumpf(versions, stdout, JSON_COMPACT);
		putchar('\n');
		return 0;
	}
	print_text(versions, err);
	return 0;
}
