/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * loop - what many clients share: one thread, one ZeroMQ context, and one wait for all of them
 *
 * Its members have turns: when a descriptor of theirs has something, when their time has come, and
 * when somebody asks for it. Those who have more to do come again after all others that wait for a
 * turn. What a turn costs doesn't depend on how many members there are.
 *
 * One thread at a time runs a loop: its own, or, if it has none, any that calls dd_loop_enter().
 * Turns may be had within a turn, so that a callback may wait for another member; the member whose
 * turn it is stands still meanwhile.
 */
#ifndef DD_LOOP_H_INCLUDED
#define DD_LOOP_H_INCLUDED

#include "libdd/base/table.h"
#include "libdd/base/timers.h"
#include "libdd/include/dd.h"

/* What a member is told of. */
#define DD_LOOP_SOCKET 1u /* a descriptor of that kind has something */
#define DD_LOOP_NEWS 2u   /* one of that kind has, or somebody says so */
#define DD_LOOP_TIME 4u   /* the time has come */

/* How it goes on with a member after its turn. */
typedef struct {
    bool leaves;     /* it is no member any more */
    uint64_t due_us; /* when to have a turn at the latest: 0 after all others, UINT64_MAX never */
} dd_loop_next_t;

typedef struct dd_loop_member dd_loop_member_t;

/* All zero is a member of none. */
struct dd_loop_member {
    dd_member_t entry; /* first */
    dd_loop_next_t (*turn)(void *arg, unsigned told, uint64_t now_us);
    void (*left)(void *arg); /* it is no member any more, and may be freed */
    void *arg;

    /* These are the loop's. */
    uint64_t number; /* 0: it is no member */
    dd_loop_member_t *prev, *next;
    dd_timer_t timer;
    unsigned told;
    bool waits;   /* for a turn */
    bool in_turn; /* has one */
    bool again;   /* and is to have another one after it */
};

/* ---- Loops. Any thread. ---------------------------------------------------------------------- */

/* The one that all have who choose none, made for the first who asks. NULL with *problem filled. */
dd_loop_t *dd_loop_default(dd_problem_t *problem);
/* Somebody else uses it. */
void dd_loop_keep(dd_loop_t *self);
/* And doesn't any more: the last one ends it, and waits for what lingering sockets still send. */
void dd_loop_drop(dd_loop_t *self);

/* Of ZeroMQ, for sockets that only turns use. */
void *dd_loop_context(const dd_loop_t *self);

/* Whether it was made before a fork that this process comes from. */
bool dd_loop_is_inherited(const dd_loop_t *self);

/* ---- Members --------------------------------------------------------------------------------- */

/* Any thread. The first turn comes at once. DD_OK, or DD_E_MEMORY for want of memory or threads. */
dd_error_t dd_loop_join(dd_loop_t *self, dd_loop_member_t *member);

/* Gives a member a turn in which it is told so, and of none passes it over. Any thread, any locks.
 */
void dd_loop_call(dd_loop_t *self, dd_loop_member_t *member, unsigned told);

/* In its turn: watches a descriptor for events, as poll(2) has them, and tells it as one of
   DD_LOOP_SOCKET and DD_LOOP_NEWS each time that something happens. False if the system watches no
   more. */
bool dd_loop_watch(
    dd_loop_t *self, const dd_loop_member_t *member, int fd, short events, unsigned kind);
/* Watches one no more, before it is closed. */
void dd_loop_forget(dd_loop_t *self, int fd);

/* Gives all members a turn in which they are told so, unless it has just done that. */
void dd_loop_call_all(dd_loop_t *self, unsigned told);

/* Whether a member may have a descriptor more than it needs: so many may, and others get their
   place by dd_loop_give_spare(). In turns. */
bool dd_loop_take_spare(dd_loop_t *self);
void dd_loop_give_spare(dd_loop_t *self);

/* Whether the calling thread is in a turn of that member. */
bool dd_loop_is_in_turn(const dd_loop_t *self, const dd_loop_member_t *member);

/* ---- Running it ------------------------------------------------------------------------------ */

/* Whether it has a thread of its own, or will as soon as it has members. */
bool dd_loop_is_threaded(dd_loop_t *self);

/* Whether the calling thread is to run the loop if it wants something to happen there: it is the
   loop's own, or it has none and nobody else does so now. If so, dd_loop_leave() follows. */
bool dd_loop_enter(dd_loop_t *self);
/* Waits until that time at the latest for something to do, and gives turns to those who wait for
   one by then. False if a signal was handled. */
bool dd_loop_run(dd_loop_t *self, uint64_t until_us);
void dd_loop_leave(dd_loop_t *self);

#endif
