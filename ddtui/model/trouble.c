/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * trouble - which brokers, clients and subscriptions need somebody to look at them
 */
#include "trouble.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* How long ago publications were lost, in ms. What the first round has, it has from the broker. */
static uint64_t drop_age(const traffic_t *traffic)
{
    return traffic->dropping_ms > 0 ? MODEL_TROUBLE_STAYS - traffic->dropping_ms
                                    : traffic->drop_age_ms;
}

static trouble_t trouble_of_traffic(const traffic_t *traffic)
{
    if (drop_age(traffic) < MODEL_TROUBLE_STAYS)
        return TROUBLE_DROPPING;
    return traffic->refusing_ms > 0 ? TROUBLE_REFUSING : TROUBLE_NONE;
}

/* One that drains is being looked at already. */
static trouble_t trouble_of_reporting(const broker_t *broker)
{
    if (strcmp(broker->state, "ok") == 0 || strcmp(broker->state, "draining") == 0)
        return trouble_of_traffic(&broker->traffic);
    return TROUBLE_CUT_OFF;
}

/* When nothing is heard of the tree, nothing is known of any. */
trouble_t trouble_of_broker(const session_view_t *session, const broker_t *broker)
{
    switch (session_view_standing(session, broker)) {
    case STANDING_REPORTS:
        return trouble_of_reporting(broker);
    case STANDING_GONE:
        return TROUBLE_GONE;
    case STANDING_LATE:
        return TROUBLE_LATE;
    case STANDING_BEHIND:
        return TROUBLE_BEHIND;
    default:
        return TROUBLE_NONE;
    }
}

trouble_t trouble_of_client(const session_view_t *session, const client_t *client)
{
    return session_view_client_fate(session, client) == CLIENT_HERE
               ? trouble_of_traffic(&client->traffic)
               : TROUBLE_NONE;
}

bool trouble_is_with_own(const session_view_t *session, const own_subscription_t *own)
{
    if (session_view_link(session)->state != LINK_REGISTERED)
        return false;
    return own->path[0] == '\0' ||
           (own->lost && session_view_now_ms(session) - own->lost_ms < MODEL_TROUBLE_STAYS);
}

/* ---- Words ---------------------------------------------------------------------------------- */

/* ms for which it is said to go on, and not to be over. */
#define GOES_ON 2000

static void add_rate(uint64_t rate, char out[TROUBLE_ROOM])
{
    size_t used = strlen(out);
    if (rate == MODEL_UNKNOWN)
        return;
    if (rate == 0)
        snprintf(out + used, TROUBLE_ROOM - used, " <1/s");
    else if (rate < 1000) /* which fits the column in a narrow terminal */
        snprintf(out + used, TROUBLE_ROOM - used, " %" PRIu64 "/s", rate);
    else
        snprintf(out + used, TROUBLE_ROOM - used, " %" PRIu64 "k/s", rate / 1000);
}

void trouble_traffic_text(const traffic_t *traffic, trouble_t trouble, char out[TROUBLE_ROOM])
{
    bool drops = trouble == TROUBLE_DROPPING;
    uint64_t age_ms = drops ? drop_age(traffic) : MODEL_TROUBLE_STAYS - traffic->refusing_ms;
    out[0] = '\0';
    if (!drops && trouble != TROUBLE_REFUSING)
        return;
    if (age_ms >= GOES_ON) {
        snprintf(
            out, TROUBLE_ROOM, "%s %" PRIu64 "s ago", drops ? "dropped" : "refused", age_ms / 1000);
        return;
    }
    snprintf(out, TROUBLE_ROOM, "%s", drops ? "DROPPING" : "REFUSING");
    add_rate(drops ? traffic->dropped_rate : traffic->refused_rate, out);
}

bool trouble_is_with_clients(const session_view_t *session)
{
    for (size_t i = 0; i < session_view_row_count(session, VIEW_TREE); i++) {
        trouble_t trouble = trouble_of_broker(session, session_view_row(session, VIEW_TREE, i));
        if (trouble == TROUBLE_DROPPING || trouble == TROUBLE_REFUSING)
            return true;
    }
    return false;
}

uint64_t trouble_summary(const session_view_t *session, char out[TROUBLE_SUMMARY_ROOM])
{
    static const char *const WORDS[TROUBLES] = {[TROUBLE_GONE] = "gone",
        [TROUBLE_CUT_OFF] = "cut off",
        [TROUBLE_BEHIND] = "behind",
        [TROUBLE_LATE] = "stale",
        [TROUBLE_DROPPING] = "dropping",
        [TROUBLE_REFUSING] = "refusing"};
    uint64_t counts[TROUBLES] = {0}, all = 0;
    size_t used = 0;
    for (size_t i = 0; i < session_view_row_count(session, VIEW_TREE); i++)
        counts[trouble_of_broker(session, session_view_row(session, VIEW_TREE, i))]++;
    out[0] = '\0';
    for (trouble_t trouble = TROUBLES - 1; trouble > TROUBLE_NONE; trouble--) {
        all += counts[trouble];
        if (counts[trouble] > 0)
            used += (size_t)snprintf(out + used, TROUBLE_SUMMARY_ROOM - used, "%s%" PRIu64 " %s",
                used > 0 ? " · " : "", counts[trouble], WORDS[trouble]);
    }
    return all;
}
