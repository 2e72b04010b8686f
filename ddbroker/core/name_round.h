/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * name_round - looks at every name beneath children when keys have changed, some at a time
 */
#ifndef NAME_ROUND_H_INCLUDED
#define NAME_ROUND_H_INCLUDED

#include "cursor.h"
#include "jobs.h"

typedef struct core core_t;

typedef struct {
    job_t job;
    cursor_t name; /* the next one */
    size_t left;   /* names to be looked at before it is over */
} name_round_t;

/* All names that there are now will be looked at; even if it was under way. */
void name_round_begin(core_t *core);

#endif
