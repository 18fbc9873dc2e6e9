#include "sched.h"

void sched_init(struct sched *sched, struct arena *arena, const struct plan *plan)
{
	*sched = (struct sched){ .plan = plan, .left = plan->count };
	sched->states = arena_array(arena, plan->count, sizeof(*sched->states));
	sched->blockers = arena_array(arena, plan->count, sizeof(*sched->blockers));
	sched->culprits = arena_array(arena, plan->count, sizeof(*sched->culprits));
	for (size_t i = 0; i < plan->count; i++) {
		sched->blockers[i] = plan->steps[i].need_count;
		sched->states[i] = sched->blockers[i] ? SCHED_WAITING : SCHED_READY;
	}
}

size_t sched_next(struct sched *sched,
		  bool (*allowed)(void *context, const struct step *step), void *context)
{
	for (size_t i = 0; i < sched->plan->count; i++) {
		if (sched->states[i] != SCHED_READY)
			continue;
		if (allowed && !allowed(context, &sched->plan->steps[i]))
			continue;
		sched->states[i] = SCHED_RUNNING;
		sched->running++;
		return i;
	}
	return SIZE_MAX;
}

static bool needs(const struct step *step, size_t needed)
{
	for (size_t i = 0; i < step->need_count; i++)
		if (step->needs[i] == needed)
			return true;
	return false;
}

static void leave(struct sched *sched, size_t step, enum sched_state state)
{
	if (sched->states[step] == SCHED_RUNNING)
		sched->running--;
	sched->states[step] = state;
	sched->left--;
}

void sched_done(struct sched *sched, size_t step)
{
	leave(sched, step, SCHED_DONE);
	for (size_t i = 0; i < sched->plan->count; i++) {
		const struct step *waiting = &sched->plan->steps[i];

		if (sched->states[i] != SCHED_WAITING)
			continue;
		for (size_t k = 0; k < waiting->need_count; k++)
			if (waiting->needs[k] == step)
				sched->blockers[i]--;
		if (!sched->blockers[i])
			sched->states[i] = SCHED_READY;
	}
}

static void skip_dependents(struct sched *sched, size_t failed, size_t culprit)
{
	for (size_t i = 0; i < sched->plan->count; i++)
		if (sched->states[i] == SCHED_WAITING &&
		    needs(&sched->plan->steps[i], failed)) {
			sched->culprits[i] = culprit;
			leave(sched, i, SCHED_SKIPPED);
			skip_dependents(sched, i, culprit);
		}
}

void sched_fail(struct sched *sched, size_t step)
{
	leave(sched, step, SCHED_FAILED);
	skip_dependents(sched, step, step);
}
