#include "work.h"

#include "converge.h"
#include "output.h"

int work_converge(struct session *session, const struct world *world, struct plan *plan,
		  struct reporter *reporter, int64_t timeout_ms, struct err *err)
{
	return converge(&(struct converge_job){ .engine = session->engine,
						.arena = &session->arena,
						.stack = &session->stack,
						.world = world,
						.plan = plan,
						.reporter = reporter,
						.timeout_ms = timeout_ms },
			err);
}

int64_t work_timeout(const struct options *options, int64_t otherwise)
{
	return (options->timeout == TIMEOUT_UNSET ? otherwise : options->timeout) * 1000;
}

int work_run(const struct options *options,
	     int (*act)(struct session *session, const struct options *options,
			struct reporter *reporter, struct err *err),
	     struct err *err)
{
	auto_session struct session session = { 0 };
	enum engine_access access = options->dry_run ? ENGINE_READ_ONLY
						     : ENGINE_READ_WRITE;
	struct reporter *reporter;
	int result;

	if (session_open(&session, options, access, err) < 0)
		return -1;
	reporter = output_reporter(options);
	result = act(&session, options, reporter, err);
	if (result < 0)
		report(reporter, &(struct event){ .kind = EVENT_END,
						  .failed = true,
						  .detail = err->message });
	reporter_free(reporter);
	return result;
}
