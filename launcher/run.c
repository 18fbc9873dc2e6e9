/* What step modules do with a run: calls, their answers, and what is said of them. */
#include "run.h"

void run_progress(struct run *run, uint64_t done, uint64_t total, const char *detail)
{
	report(run->job->reporter, &(struct event){
					   .kind = EVENT_PROGRESS,
					   .verb = step_verb(run->step->kind),
					   .object = run->step->object,
					   .detail = detail,
					   .done = done,
					   .total = total,
					   .elapsed_ms = loop_now() - run->began,
				   });
}

void run_note(struct run *run, const char *text)
{
	report(run->job->reporter, &(struct event){ .kind = EVENT_NOTE,
						    .object = run->step->object,
						    .detail = text });
}

static void on_answer(void *context, const struct response *response)
{
	struct run *run = context;

	run->request = NULL;
	run->on_answer(run, response);
}

void run_call(struct run *run, const char *method, const char *path, json_t *json,
	      void (*then)(struct run *run, const struct response *response))
{
	request_cancel(run->request);
	run->on_answer = then;
	run->request = engine_call(run->job->engine, &(struct engine_call){
							     .method = method,
							     .path = path,
							     .json = json,
							     .on_done = on_answer,
							     .context = run,
						     });
}

void run_put(struct run *run, const char *path, const struct buf *tar,
	     void (*then)(struct run *run, const struct response *response))
{
	request_cancel(run->request);
	run->on_answer = then;
	run->request = engine_call(run->job->engine,
				   &(struct engine_call){
					   .method = "PUT",
					   .path = path,
					   .raw = tar->data,
					   .raw_size = tar->size,
					   .content_type = "application/x-tar",
					   .on_done = on_answer,
					   .context = run,
				   });
}

void run_answered(struct run *run, const struct response *response, const char *what,
		  void (*again)(struct run *run))
{
	struct err err = { 0 };

	if (response_ok(response)) {
		run_done(run, NULL);
	} else if (again && run_lost_answer(run, response)) {
		again(run);
	} else {
		engine_error(&err, what, response);
		err_wrap(&err, "%s", run->step->object);
		run_fail(run, &err, NULL);
	}
}

bool run_lost_answer(struct run *run, const struct response *response)
{
	/* a status alone does not say what was done: a creation's id may be cut off */
	if (!response->error || run->retried)
		return false;
	run->retried = true;
	return true;
}
