/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * losers - which clients have lost publications at a broker, by what is reported of those that are
 * there and by the broker's events, which know of those that aren't any more
 *
 * A client may have come several times, each time with a count of its own: all that are known are
 * added up.
 */
#ifndef LOSERS_H_INCLUDED
#define LOSERS_H_INCLUDED

#include <stdbool.h>

#include "event_archive.h"

#define LOSERS_MAX 64

typedef struct {
    char name[DD_NAME_MAX + 1]; /* the full one */
    uint64_t lost;
    int64_t since_ms;   /* when the first was, since 1970; INT64_MAX: not known */
    int64_t last_ms;    /* and the last, or when that was told; 0: not known */
    client_fate_t fate; /* CLIENT_LEFT: the client isn't at that broker any more */
    uint64_t then_lost; /* of these, the time it came that was read last, */
    int64_t then_ms;    /* and when it lost the first of them */
} loser_t;

typedef struct {
    loser_t rows[LOSERS_MAX]; /* who lost most is first */
    size_t count;
    bool more; /* there wasn't room for all */
} losers_t;

/* Of the broker of that id. clients has the rows of VIEW_CLIENTS as they were at seen_ms since
   1970; NULL if they are too old to say anything. */
void losers_find(losers_t *self, const char *broker_id, const event_archive_t *events,
    const model_t *clients, int64_t seen_ms);

#endif
