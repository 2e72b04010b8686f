/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * jobs - work that would hold up everybody, done in steps between which others are served
 *
 * A tenant's jobs stand in a line, and so do each kind of the broker's own. The first of a line
 * does a step when it is its line's turn. Every other step is for the broker's own lines, so that
 * however many tenants want something, links come up and what is gone is forgotten.
 */
#ifndef JOBS_H_INCLUDED
#define JOBS_H_INCLUDED

#include "libdd/base/buffer.h"
#include "libdd/base/table.h"
#include "libdd/include/dd.h"
#include "quota.h"

typedef struct job job_t;
typedef struct job_line job_line_t;

typedef enum {
    JOB_GOES_ON,
    JOB_WAITS, /* in the list that jobs_wait() named, until jobs_resume() */
    JOB_DONE
} job_state_t;

/* Does some tens of microseconds of work. Doesn't remove any job. */
typedef job_state_t(job_step_t)(void *context, job_t *job);
/* The job is done; may free what it is part of. */
typedef void(job_done_t)(void *context, job_t *job);

/* Part of what it works on; all else is zero before it is added. */
struct job {
    job_step_t *step;
    job_done_t *done; /* may be NULL */
    job_line_t *line; /* that it belongs to, from jobs_add() to jobs_remove() */
    job_t **list;     /* in which it stands: its line's, one of those who wait, or NULL */
    job_t *prev, *next;
};

/* The broker's own lines. */
typedef enum {
    JOBS_REMAINS,
    JOBS_RESYNCS,
    JOBS_ROUNDS,
    JOBS_NAMES,
    JOBS_LOSSES,
    JOBS_OWN
} jobs_own_t;

struct job_line {
    dd_member_t member; /* first; of a tenant's */
    job_line_t **ring;  /* in which it has its turns; NULL while nothing stands in it */
    job_line_t *prev, *next;
    job_t *jobs;      /* the first one is the one at work */
    unsigned members; /* jobs that belong to it, those who wait or are done included */
    char tenant[QUOTA_NAME_MAX + 1];
};

/* Begins as zeros. */
typedef struct {
    job_line_t own[JOBS_OWN];
    dd_table_t tenants;      /* by name; operators', too, see owner_of() in inspect_answers.c */
    job_line_t *own_ring;    /* lines in which something stands; the first one has its turn */
    job_line_t *tenant_ring; /* of tenants */
    bool owns_turn;
} jobs_t;

/* Adds a job to a tenant's line; false when out of memory. */
bool jobs_add(jobs_t *self, dd_bytes_t tenant, job_t *job);
/* Adds one to a line of the broker's own. */
void jobs_add_own(jobs_t *self, jobs_own_t line, job_t *job);
/* A job that has none to be removed from is left alone. */
void jobs_remove(jobs_t *self, job_t *job);

/* Before a step returns JOB_WAITS: where the job waits. */
void jobs_wait(job_t *job, job_t **list);
/* All in the list go on. */
void jobs_resume(jobs_t *self, job_t **list);

/* One step of whose turn it is; false if there is nothing to do. */
bool jobs_step(jobs_t *self, void *context);

/* The same, of the broker's own lines alone. */
bool jobs_step_own(jobs_t *self, void *context);

static inline bool jobs_left(const jobs_t *self)
{
    return self->own_ring || self->tenant_ring;
}

#endif
