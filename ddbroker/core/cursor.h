/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cursor - a place in a list that is walked through in steps
 *
 * Between two steps the element at which a cursor stands may be taken out of its list. Whoever does
 * that pushes the cursors on first: each list has one of its cursors.
 */
#ifndef CURSOR_H_INCLUDED
#define CURSOR_H_INCLUDED

#include <stddef.h>
#include <utlist.h>

typedef struct cursor {
    void *at;                   /* the element that is next; NULL at the end, or before it began */
    struct cursor *prev, *next; /* of those that stand somewhere */
} cursor_t;

/* Sets it at an element, or with NULL at none. */
static inline void cursor_set(cursor_t **all, cursor_t *self, void *at)
{
    if (!self->at && at)
        DL_APPEND(*all, self);
    else if (self->at && !at)
        DL_DELETE(*all, self);
    self->at = at;
}

/* An element goes: who stands there stands at the one after it. */
static inline void cursor_pass(cursor_t **all, const void *gone, void *after)
{
    cursor_t *cursor, *next;
    DL_FOREACH_SAFE (*all, cursor, next)
        if (cursor->at == gone)
            cursor_set(all, cursor, after);
}

#endif
