/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * name_round - looks at every name beneath children when keys have changed, some at a time
 */
#include "name_round.h"

#include "registration.h"

/* A round that was begun again while it was under way goes past the end. */
static entry_t *next_name(core_t *core, name_round_t *self)
{
    entry_t *entry = self->name.at ? self->name.at : directory_first(&core->directory);
    if (entry)
        cursor_set(&core->directory.cursors, &self->name, directory_next(entry));
    return entry;
}

static job_state_t step(void *context, job_t *job)
{
    core_t *core = context;
    name_round_t *self = (name_round_t *)job;
    for (int units = core_step_units(core); units > 0 && self->left > 0; units--) {
        entry_t *entry = next_name(core, self);
        self->left = entry ? self->left - 1 : 0;
        if (entry)
            registration_check(core, entry);
    }
    return self->left > 0 ? JOB_GOES_ON : JOB_DONE;
}

static void done(void *context, job_t *job)
{
    core_t *core = context;
    cursor_set(&core->directory.cursors, &((name_round_t *)job)->name, NULL);
    jobs_remove(&core->jobs, job);
}

void name_round_begin(core_t *core)
{
    name_round_t *self = &core->name_round;
    self->left = directory_count(&core->directory);
    if (self->job.line)
        return;
    self->job = (job_t){.step = step, .done = done};
    cursor_set(&core->directory.cursors, &self->name, directory_first(&core->directory));
    jobs_add_own(&core->jobs, JOBS_NAMES, &self->job);
}
