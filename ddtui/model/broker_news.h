/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * broker_news - what brokers tell of themselves and others, and their silence, mean for the
 * console: what came of a move, a receipt that won't come, a broker that is gone, has left or is
 * back
 *
 * It makes notes of that, and the rows of the tree say so.
 */
#ifndef BROKER_NEWS_H_INCLUDED
#define BROKER_NEWS_H_INCLUDED

#include "event_archive.h"
#include "pending.h"
#include "poller.h"
#include "standing.h"
#include "status_log.h"

/* Begins as zeros, but for what it looks at and acts on, which isn't its own. */
typedef struct {
    poller_t *poller;
    const event_archive_t *events;
    pending_list_t *pending;
    status_log_t *notes;
    uint64_t heard;                 /* serial of the first event that hasn't been heard yet */
    char moving[DD_BROKER_MAX + 1]; /* a broker that was told to move last; "" when it has */
    int64_t moving_ms;              /* when that was, since 1970 */
} broker_news_t;

/* When it is, and how the console sees the tree then. */
typedef struct {
    uint64_t now_us;    /* of a clock that never jumps */
    int64_t wall_ms;    /* since 1970 */
    const char *tenant; /* whose names are written bare; "" for an operator, who writes all whole */
    sight_t tree;
} news_moment_t;

/* That broker has just been told to move. */
void broker_news_moving(broker_news_t *self, const char *broker, int64_t wall_ms);
/* Whether what came of that is still to be heard. */
bool broker_news_awaits_move(const broker_news_t *self);

/* There are new events, or new rows of the tree. True if rows are different now. */
bool broker_news_take(broker_news_t *self, const news_moment_t *moment);

#endif
