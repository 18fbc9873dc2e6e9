/* Containers: making, stopping and removing them. Starting is in step_start.c. */
#include "engine.h"
#include "run.h"
#include "spec.h"
#include "upload.h"
#include "world.h"

#include <string.h>

static void on_uploaded(struct run *run, const struct response *response)
{
	/* not again: the engine may be in the middle of unpacking the first one */
	run_answered(run, response, "putting its files into the container", NULL);
}

/* The files go in between create and start; a container killed in between is made anew.
 */
static void upload_files(struct run *run, const struct spec *spec)
{
	auto_buf struct buf tar = { 0 };
	struct err err = { 0 };

	if (!spec->file_count) {
		run_done(run, NULL);
		return;
	}
	if (upload_tar(&tar, spec->files, spec->file_count, &err) < 0) {
		err_wrap(&err, "%s: packing its files", run->step->object);
		run_fail(run, &err, NULL);
		return;
	}
	run_put(run,
		arena_printf(run->job->arena, "/containers/%s/archive?path=/",
			     run_container_id(run)),
		&tar, on_uploaded);
}

static void created(struct run *run, const char *id)
{
	const struct spec *spec = run->state;

	run_set_container_id(run, id);
	upload_files(run, spec);
}

static void fail_create(struct run *run, const struct response *response)
{
	struct err err = { 0 };

	engine_error(&err, "creating the container", response);
	err_wrap(&err, "%s", run->step->object);
	if (response->status == 404)
		err_hint(&err, "the image %s is not in the engine; try `liftoff pull`",
			 run->step->service->image);
	run_fail(run, &err, NULL);
}

static void start_create(struct run *run);

/* The name is taken by what is not this run's own work. */
static void tell_taken(const struct run *run, const char *stack, const char *image,
		       const char *state, struct err *err)
{
	if (!strcmp(stack, run->job->stack->name)) {
		err_set(err, ERR_HELD,
			"%s: container %s appeared meanwhile: another launcher is "
			"at work on this stack",
			run->step->object, run->step->name);
		err_hint(err, "run the command again when it is done");
	} else {
		err_set(err, ERR_FAILED,
			"%s: the name %s is taken by a container of %s (image %s, %s)",
			run->step->object, run->step->name,
			*stack ? arena_printf(run->job->arena, "the liftoff stack \"%s\"",
					      stack)
			       : "nobody we know: it has no label of ours",
			image, state);
		err_hint(err,
			 "remove or rename it (docker rename %s …), or give this stack "
			 "another name ([stack] name)",
			 run->step->name);
	}
}

/* Whose is the container that has our name? */
static void on_namesake(struct run *run, const struct response *response)
{
	const struct spec *spec = run->state;
	const char *id = "", *state = "", *stack = "", *digest = "", *image = "?";
	struct err err = { 0 };
	json_t *json;

	if (response->status == 404 && run->retried) {
		start_create(run); /* the lost request never arrived */
		return;
	}
	if (!response_ok(response)) {
		engine_error(&err, "asking whose container has its name", response);
		err_wrap(&err, "%s", run->step->object);
		run_fail(run, &err, NULL);
		return;
	}
	json = json_loadb(response->body, response->size, 0, NULL);
	json_unpack(json, "{s:s, s:{s:s}, s:{s:s}}", "Id", &id, "State", "Status", &state,
		    "Config", "Image", &image);
	json_unpack(json, "{s:{s:{s:s}}}", "Config", "Labels", LABEL_STACK, &stack);
	json_unpack(json, "{s:{s:{s:s}}}", "Config", "Labels", LABEL_SPEC, &digest);
	if (*id && !strcmp(stack, run->job->stack->name) &&
	    !strcmp(digest, spec->digest) && !strcmp(state, "created")) {
		/* our own request, whose answer was lost */
		created(run, id);
		json_decref(json);
		return;
	}
	tell_taken(run, stack, image, state, &err);
	json_decref(json);
	run_fail(run, &err, NULL);
}

static void on_created(struct run *run, const struct response *response)
{
	const char *id = NULL;
	json_t *json;

	if (response->status == 409 || strstr(response->body, "already in use") ||
	    run_lost_answer(run, response)) {
		run_call(run, "GET",
			 arena_printf(run->job->arena, "/containers/%s/json",
				      run->step->name),
			 NULL, on_namesake);
		return;
	}
	if (!response_ok(response)) {
		fail_create(run, response);
		return;
	}
	json = json_loadb(response->body, response->size, 0, NULL);
	if (json_unpack(json, "{s:s}", "Id", &id) == 0) {
		created(run, id);
	} else {
		struct err err = { 0 };

		err_set(&err, ERR_FAILED,
			"%s: the engine's answer to its creation has no Id",
			run->step->object);
		run_fail(run, &err, NULL);
	}
	json_decref(json);
}

static void start_create(struct run *run)
{
	struct spec *spec = arena_alloc(run->job->arena, sizeof(*spec));

	/* built now, not when planning: the subnet may have changed since */
	spec_build(spec, run->job->arena, run->job->stack, run->step->service,
		   run->step->replica, &run->job->plan->subnet);
	run->state = spec;
	run_call(run, "POST",
		 arena_printf(run->job->arena, "/containers/create?name=%s",
			      run->step->name),
		 spec->body, on_created);
	spec_free(spec);
}

const struct step_class step_create_class = { .start = start_create, .drain = true };

static void start_stop(struct run *run);
static void start_remove(struct run *run);

static void on_stopped(struct run *run, const struct response *response)
{
	if (response->status == 404)
		run_done(run, NULL);
	else
		run_answered(run, response, "stopping the container", start_stop);
}

static void start_stop(struct run *run)
{
	/* no t=: the container carries its own grace, StopTimeout */
	run_call(run, "POST",
		 arena_printf(run->job->arena, "/containers/%s/stop", run->step->id),
		 NULL, on_stopped);
}

const struct step_class step_stop_class = { .start = start_stop, .drain = true };

static void on_removed(struct run *run, const struct response *response)
{
	/* 409: "removal is already in progress", somebody else does it */
	if (response->status == 404 || response->status == 409)
		run_done(run, NULL);
	else
		run_answered(run, response, "removing the container", start_remove);
}

static void start_remove(struct run *run)
{
	/* v=1 takes the anonymous volumes that images declare; named ones stay */
	run_call(run, "DELETE",
		 arena_printf(run->job->arena, "/containers/%s?v=1&force=1",
			      run->step->id),
		 NULL, on_removed);
}

const struct step_class step_remove_class = { .start = start_remove, .drain = true };
