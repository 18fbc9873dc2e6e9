#include "output.h"

#include <errno.h>
#include <string.h>

int output_text(const char *text, struct err *err)
{
	if (fputs(text, stdout) == EOF || fflush(stdout) == EOF)
		return err_set(err, ERR_FAILED, "cannot write to standard output: %s",
			       strerror(errno));
	return 0;
}

int output_json(json_t *json, struct err *err)
{
	auto_free char *text = json_dumps(json, JSON_INDENT(2));

	json_decref(json);
	if (!text)
		BUG("JSON that cannot be written");
	if (output_text(text, err) < 0)
		return -1;
	return output_text("\n", err);
}

struct reporter *output_reporter(const struct options *options)
{
	enum progress_mode mode = options->progress;

	if (options->quiet)
		mode = PROGRESS_QUIET;
	else if (options->json && mode == PROGRESS_AUTO)
		mode = PROGRESS_JSON;
	return reporter_new(mode, stderr);
}
