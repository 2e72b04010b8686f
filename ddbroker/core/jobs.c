/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * jobs - work that would hold up everybody, done in steps between which others are served
 */
#include "jobs.h"

#include <utlist.h>

/* ---- Lines --------------------------------------------------------------------------------- */

/* NULL when out of memory. */
static job_line_t *line_of(jobs_t *self, dd_bytes_t tenant)
{
    job_line_t *line = dd_table_find(&self->tenants, tenant.data, tenant.size);
    return line ? line : DD_TABLE_MAKE(&self->tenants, job_line_t, tenant, tenant);
}

static bool is_own(const jobs_t *self, const job_line_t *line)
{
    return line >= self->own && line < self->own + JOBS_OWN;
}

static void leave_ring(job_line_t *line)
{
    if (!line->ring)
        return;
    DL_DELETE(*line->ring, line);
    line->ring = NULL;
}

static void enter_ring(jobs_t *self, job_line_t *line)
{
    if (line->ring)
        return;
    line->ring = is_own(self, line) ? &self->own_ring : &self->tenant_ring;
    DL_APPEND(*line->ring, line);
}

/* ---- Jobs ---------------------------------------------------------------------------------- */

static void leave_list(job_t *job)
{
    if (!job->list)
        return;
    DL_DELETE(*job->list, job);
    job->list = NULL;
    if (!job->line->jobs)
        leave_ring(job->line);
}

static void enter_list(job_t *job, job_t **list)
{
    job->list = list;
    DL_APPEND(*list, job);
}

static void enter_line(jobs_t *self, job_t *job)
{
    enter_list(job, &job->line->jobs);
    enter_ring(self, job->line);
}

static void join(jobs_t *self, job_line_t *line, job_t *job)
{
    job->line = line;
    line->members++;
    enter_line(self, job);
}

bool jobs_add(jobs_t *self, dd_bytes_t tenant, job_t *job)
{
    job_line_t *line = line_of(self, tenant);
    if (line)
        join(self, line, job);
    return line;
}

void jobs_add_own(jobs_t *self, jobs_own_t line, job_t *job)
{
    join(self, &self->own[line], job);
}

void jobs_remove(jobs_t *self, job_t *job)
{
    job_line_t *line = job->line;
    if (!line)
        return;
    leave_list(job);
    job->line = NULL;
    if (--line->members > 0 || is_own(self, line))
        return;
    dd_table_unmake(&self->tenants, line);
}

void jobs_wait(job_t *job, job_t **list)
{
    leave_list(job);
    enter_list(job, list);
}

void jobs_resume(jobs_t *self, job_t **list)
{
    while (*list) {
        job_t *job = *list;
        leave_list(job);
        enter_line(self, job);
    }
}

/* ---- Working ------------------------------------------------------------------------------- */

/* The first line goes to the end. */
static job_line_t *turn(job_line_t **ring)
{
    job_line_t *line = *ring;
    if (!line)
        return NULL;
    DL_DELETE(*ring, line);
    DL_APPEND(*ring, line);
    return line;
}

/* The line whose turn it is, which goes to the end of its ring; NULL if nothing stands in any. */
static job_line_t *next_line(jobs_t *self)
{
    self->owns_turn = !self->owns_turn;
    job_line_t **ring = self->owns_turn ? &self->own_ring : &self->tenant_ring;
    if (!*ring)
        ring = self->owns_turn ? &self->tenant_ring : &self->own_ring;
    return turn(ring);
}

static bool work_on(const job_line_t *line, void *context)
{
    if (!line)
        return false;
    job_t *job = line->jobs;
    if (job->step(context, job) != JOB_DONE)
        return true;
    leave_list(job);
    if (job->done)
        job->done(context, job);
    return true;
}

bool jobs_step(jobs_t *self, void *context)
{
    return work_on(next_line(self), context);
}

bool jobs_step_own(jobs_t *self, void *context)
{
    return work_on(turn(&self->own_ring), context);
}
