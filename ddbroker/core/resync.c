/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * resync - a link that has come up is told all it has to know
 */
#include "resync.h"

#include <stdlib.h>

#include "beneath.h"
#include "publications.h"
#include "registration.h"

/* The oldest come first, and new ones at the end: when as many have been passed as there were at
   the beginning, all that were there then have been. */
struct resync {
    job_t job;
    peer_t *link;
    cursor_t broker; /* the next one to tell */
    size_t brokers;  /* still to be passed */
    cursor_t name;   /* the same, after the brokers */
    size_t names;
    cursor_t interest; /* and after the names */
    size_t interests;
};

typedef struct resync resync_t;

/* Half of the outbox is left to others. */
static bool has_room(const peer_t *link)
{
    return link_outbox_bytes(link->shares) <= link->outbox.limit / 2;
}

static int tell_brokers(core_t *self, resync_t *resync, int units)
{
    cursor_t **all = &self->descendants.cursors;
    while (units > 0 && resync->broker.at && resync->brokers > 0) {
        descendant_t *descendant = resync->broker.at;
        cursor_set(all, &resync->broker, --resync->brokers > 0 ? descendant->hh.next : NULL);
        beneath_tell(self, descendant);
        units--;
    }
    return units;
}

static int tell_names(core_t *self, resync_t *resync, int units)
{
    cursor_t **all = &self->directory.cursors;
    while (units > 0 && resync->name.at && resync->names > 0) {
        entry_t *entry = resync->name.at;
        cursor_set(all, &resync->name, --resync->names > 0 ? directory_next(entry) : NULL);
        registration_tell(self, entry);
        units--;
    }
    return units;
}

static int tell_interests(core_t *self, resync_t *resync, int units)
{
    cursor_t **all = &self->interests.cursors;
    while (units > 0 && resync->interest.at && resync->interests > 0) {
        interest_t *interest = resync->interest.at;
        cursor_set(
            all, &resync->interest, --resync->interests > 0 ? interest_after(interest) : NULL);
        publications_tell(self, resync->link, interest);
        units--;
    }
    return units;
}

static job_state_t step(void *core, job_t *job)
{
    core_t *self = core;
    resync_t *resync = (resync_t *)job;
    if (!has_room(resync->link)) {
        jobs_wait(job, &resync->link->waiting);
        return JOB_WAITS;
    }
    int units = tell_brokers(self, resync, core_step_units(self));
    units = tell_names(self, resync, units);
    units = tell_interests(self, resync, units);
    return units > 0 ? JOB_DONE : JOB_GOES_ON;
}

static void done(void *core, job_t *job)
{
    peer_t *link = ((resync_t *)job)->link;
    resync_end(core, link);
    core_tell(core, link, &(dd_record_t){.type = DD_SYNCED});
}

void resync_begin(core_t *self, peer_t *link)
{
    resync_t *resync = calloc(1, sizeof *resync);
    if (!resync) {
        core_end(self, link, DD_E_LIMIT, "the broker is out of memory");
        return;
    }
    resync->job = (job_t){.step = step, .done = done};
    resync->link = link;
    link->resync = resync;
    if (link->role == ROLE_PARENT) {
        resync->brokers = HASH_COUNT(self->descendants.by_id);
        cursor_set(&self->descendants.cursors, &resync->broker, self->descendants.by_id);
        resync->names = directory_count(&self->directory);
        cursor_set(&self->directory.cursors, &resync->name, directory_first(&self->directory));
    }
    resync->interests = self->interests.by_key.count;
    cursor_set(&self->interests.cursors, &resync->interest, interest_first(&self->interests));
    jobs_add_own(&self->jobs, JOBS_RESYNCS, &resync->job);
}

bool resync_tells_brokers(const peer_t *link)
{
    return link->resync && link->resync->broker.at;
}

void resync_end(core_t *self, peer_t *link)
{
    resync_t *resync = link->resync;
    if (!resync)
        return;
    link->resync = NULL;
    jobs_remove(&self->jobs, &resync->job);
    cursor_set(&self->descendants.cursors, &resync->broker, NULL);
    cursor_set(&self->directory.cursors, &resync->name, NULL);
    cursor_set(&self->interests.cursors, &resync->interest, NULL);
    free(resync);
}
