#include "session.h"

#include "printable.h"

#include <string.h>
#include <unistd.h>

#define DEFAULT_FILE "liftoff.ini"

static const char *look_up(void *context, const char *name)
{
	(void)context;
	return getenv(name);
}

static void say(const char *text)
{
	auto_buf struct buf safe = { 0 };

	printable_add(&safe, text, strlen(text), PRINTABLE_NEWLINE | PRINTABLE_TAB);
	fputs(buf_text(&safe), stderr);
	if (safe.size && safe.data[safe.size - 1] != '\n')
		fputc('\n', stderr);
}

static void pick_source(const struct options *options, struct profile_source *source)
{
	*source = (struct profile_source){
		.path = options->profile,
		.sets = options->sets,
		.lookup = look_up,
	};
	if (source->path)
		return;
	if (access(DEFAULT_FILE, F_OK) == 0) {
		source->path = DEFAULT_FILE;
	} else {
		source->text = profile_default_text;
		source->label = "default profile";
	}
	if (!options->quiet)
		fprintf(stderr, "profile: %s\n",
			source->path ? source->path : "the built-in default");
}

int session_profile(struct arena *arena, const struct options *options,
		    struct profile *profile, struct stack *stack, struct err *err)
{
	struct profile_source source;
	const char *report = NULL;

	pick_source(options, &source);
	if (profile_read(profile, arena, &source) == 0)
		stack_build(stack, profile);
	if (profile_check(profile, &report, err) < 0) {
		size_t count = profile->complaint_count;

		say(report);
		return err_set(err, ERR_PROFILE, "profile %s: %zu mistake%s",
			       source.path ? source.path : source.label, count,
			       count == 1 ? "" : "s");
	}
	return 0;
}

void session_warn(const struct stack *stack)
{
	for (const char *const *warning = stack->warnings; warning && *warning; warning++)
		fprintf(stderr, "warning: %s\n", *warning);
}

int session_open(struct session *session, const struct options *options,
		 enum engine_access access, struct err *err)
{
	if (session_profile(&session->arena, options, &session->profile, &session->stack,
			    err) < 0)
		return -1;
	session->loop = loop_new();
	session->engine = engine_open(session->loop, options->host, access, err);
	if (!session->engine)
		return -1;
	return engine_connect(session->engine, err);
}

void session_close(struct session *session)
{
	if (session->engine)
		engine_close(session->engine);
	if (session->loop)
		loop_free(session->loop);
	session->engine = NULL;
	session->loop = NULL;
	arena_free(&session->arena);
}
