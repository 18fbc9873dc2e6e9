#include "command.h"

#include "config.h"

#include <curl/curl.h>
#include <jansson.h>

static json_t *client_versions(void)
{
	return json_pack("{s:i, s:s, s:s, s:s}", "v", 1, "liftoff", PACKAGE_VERSION,
			 "libcurl", curl_version_info(CURLVERSION_NOW)->version,
			 "jansson", jansson_version_str());
}

static void print_text(const json_t *versions)
{
	printf("liftoff %s\n", json_string_value(json_object_get(versions, "liftoff")));
	printf("libcurl %s, jansson %s\n",
	       json_string_value(json_object_get(versions, "libcurl")),
	       json_string_value(json_object_get(versions, "jansson")));
}

int cmd_version(const struct options *options, struct err *err)
{
	json_auto_t *versions = client_versions();

	(void)err;
	if (options->json) {
		json_dumpf(versions, stdout, JSON_COMPACT);
		putchar('\n');
		return 0;
	}
	print_text(versions);
	return 0;
}
