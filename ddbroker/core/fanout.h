/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fanout - publications, and what is told of lost ones, on their way to all who want them
 *
 * What a turn has time for goes to all at once. Of the rest a copy waits in its tenant's line, and
 * so does all that comes for the tenant's subscribers later, so that nothing overtakes anything.
 * What waits for the same subscribers goes to each together, in one frame; and what comes while
 * they are being served goes along with it to those whose turn is still to come, and to the others
 * in the next round. Links get everything at once, in front of all clients: they are few.
 *
 * While a publication waits, who leaves misses it, and who comes doesn't get it.
 */
#ifndef FANOUT_H_INCLUDED
#define FANOUT_H_INCLUDED

#include "jobs.h"
#include "libdd/protocol/record.h"

typedef struct core core_t;
typedef struct peer peer_t;
typedef struct fanout fanout_t;

/* Begins as zeros. */
typedef struct {
    dd_table_t by_tenant; /* of which something waits */
    jobs_t jobs;
    unsigned used; /* units of work done in the turn at hand */
} fanouts_t;

/* Whether one more publication of so many bytes by a client of one tenant may go to the subscribers
   of another, or the same. */
bool fanout_may(const core_t *self, dd_bytes_t from, dd_bytes_t tenant, size_t size);

/* Publishes it. relay is as it came in from that peer: its hops so far, its source a full name.
   DD_OK, or why some link can't have it. */
dd_error_t fanout_publish(core_t *self, const peer_t *from, const dd_record_t *relay);

/* Tells all holders of an interest, but for the link that says so in this GAP, that they have
   missed something. */
void fanout_gap(core_t *self, const peer_t *link, const dd_record_t *gap);

/* Somebody of the tenant has a new subscription, which what has waited until now isn't for. */
void fanout_subscribed(const core_t *self, dd_bytes_t tenant);

/* Does what others can be kept waiting for. */
void fanout_work(core_t *self);

/* All that was caused so far has been sent: a turn begins. */
void fanout_turn(core_t *self);

/* Whether the turn at hand has had enough of publications. */
bool fanout_is_tired(const core_t *self);

#endif
