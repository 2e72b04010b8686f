/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * turns - who may dial now
 *
 * When a broker is back after a restart, all clients of a process want to connect at once. Each
 * connection in the making takes twice the descriptors of one that is made, and time of the broker,
 * which must not be so much that it is late for handshakes that have begun. So no more than
 * DD_TURNS_MAX of a process dial one endpoint at a time; who waits for a dead broker doesn't hold
 * up those of another. Any thread.
 */
#ifndef DD_TURNS_H_INCLUDED
#define DD_TURNS_H_INCLUDED

#include <stdbool.h>

#include "waker.h"

#define DD_TURNS_MAX 64

typedef struct dd_line dd_line_t;

/* Somebody's turn, or wait for one. All zero is neither. It must not move while it is in use. */
typedef struct dd_turn {
    struct dd_turn *prev, *next; /* those of the line who asked first */
    dd_line_t *line;             /* of the endpoint; NULL: not in use, or it waits for nobody */
    dd_waker_t waker;
    bool granted;
} dd_turn_t;

/* Asks for a turn. When it has to wait for one, the waker is called once it is granted. */
void dd_turn_ask(dd_turn_t *self, const char *endpoint, dd_waker_t waker);

bool dd_turn_granted(dd_turn_t *self);

/* Ends the turn or the wait; the next one is granted his. Fine for one that isn't in use. */
void dd_turn_end(dd_turn_t *self);

/* In a child of fork(2): those who asked are in the parent. */
void dd_turns_begin_anew(void);

#endif
