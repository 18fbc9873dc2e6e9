/* Carrying out a plan for a command, and telling how it ended. */
#ifndef LIFTOFF_WORK_H
#define LIFTOFF_WORK_H

#include "plan.h"
#include "report.h"
#include "session.h"

/* Runs a plan of the session's stack; timeout_ms 0 for none. See converge.h. */
int work_converge(struct session *session, const struct world *world, struct plan *plan,
		  struct reporter *reporter, int64_t timeout_ms, struct err *err);

/* --timeout in milliseconds, or `otherwise` (seconds) when it was not given. */
int64_t work_timeout(const struct options *options, int64_t otherwise);

/*
 * One command with a session and a reporter around it: `act` does the work
 * and sends EVENT_END itself when it succeeded; when it fails that is told here.
 */
int work_run(const struct options *options,
	     int (*act)(struct session *session, const struct options *options,
			struct reporter *reporter, struct err *err),
	     struct err *err);

#endif
