/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * move - what comes of an operator's order to join another parent
 *
 * The order is obeyed at once, and its outcome known only when a parent has admitted this broker or
 * all were tried: an event for operators tells it then. A parent that couldn't be joined is
 * forgotten with it: the list is as it was, and nobody waits for that one again.
 */
#ifndef MOVE_H_INCLUDED
#define MOVE_H_INCLUDED

#include "libdd/include/dd.h"
#include "libdd/protocol/endpoint.h"

#define MOVE_WHY_MAX 256

/* All zero: none is under way. */
typedef struct {
    char endpoint[DD_ENDPOINT_MAX + 1]; /* of the parent that is wanted; "": of none */
    char why[MOVE_WHY_MAX];             /* it couldn't be joined; "": it wasn't tried yet */
    dd_endpoints_t before;              /* the list without it */
} move_t;

typedef struct core core_t;

/* An operator wants the parent there, which may be the one at hand: puts it first. With scope auto
   there can be one parent only. */
void move_begin(core_t *core, const char *endpoint);
/* Other parents were configured meanwhile: what came of it isn't told any more. */
void move_forget(core_t *core);
/* The parent that was chosen has admitted this broker. */
void move_joined(core_t *core);
/* It couldn't be joined; nor, if all were tried, could any other. */
void move_failed(core_t *core, const char *why);
void move_all_tried(core_t *core);

#endif
