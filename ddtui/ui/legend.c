/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * legend - what the titles of columns and the words for a state mean, as data
 */
#include "legend.h"

static const legend_t ALL[] = {
    {LEGEND_STATES, "ok", "all is well; of a client, since when it is registered"},
    {LEGEND_STATES, "stale 8s", "a broker that hasn't answered for so long, while others have"},
    {LEGEND_STATES, "GONE 20s", "a broker that is missed: it has ended, or its link is lost"},
    {LEGEND_STATES, "behind mid",
        "it is reached through mid, which is gone; it may be well itself"},
    {LEGEND_STATES, "cut off",
        "a broker that has no parent, though it is to have one: its part of the tree is alone"},
    {LEGEND_STATES, "▸ GONE 20s", "what goes wrong below a broker that is folded"},
    {LEGEND_STATES, "draining", "a broker that is being shut down in order"},
    {LEGEND_STATES, "drained", "it was shut down in order"},
    {LEGEND_STATES, "unknown 5s",
        "nothing is heard for so long: no connection, or the broker doesn't answer"},
    {LEGEND_STATES, "left 5s", "a client that is no longer there"},
    {LEGEND_STATES, "DROPPING 9/s",
        "publications are lost now, so many a second; then \"dropped 4s ago\""},
    {LEGEND_STATES, "REFUSING 9/s",
        "requests are refused now: a limit, a rate, or no right; then \"refused 4s ago\""},

    {LEGEND_COLUMNS, "BROKER", "the broker's name; of a client, where it is connected"},
    {LEGEND_COLUMNS, "SCOPE",
        "where the broker is: /region/cluster/node/; or what was subscribed to"},
    {LEGEND_COLUMNS, "LINK", "a message's way to the parent and back; - is the root, or not known"},
    {LEGEND_COLUMNS, "CLNTS", "clients at this broker"},
    {LEGEND_COLUMNS, "SUBSCR", "subscriptions; of a topic, those who get it"},
    {LEGEND_COLUMNS, "IN/S", "messages from the client, or the broker's clients, in a second"},
    {LEGEND_COLUMNS, "OUT/S", "messages to the client, or the broker's clients, in a second"},
    {LEGEND_COLUMNS, "OUTBOX", "bytes that wait until their receivers take them"},
    {LEGEND_COLUMNS, "REFUSED", "what was asked for and not done, since the start"},
    {LEGEND_COLUMNS, "DROPPED",
        "publications that were lost, since the start: no room, or too large"},
    {LEGEND_COLUMNS, "UP", "for how long the broker runs"},
    {LEGEND_COLUMNS, "STATE", "as above; the order begins with the worst"},
    {LEGEND_COLUMNS, "CLIENT", "the client's name, with its tenant if that is another's"},
    {LEGEND_COLUMNS, "IDLE", "since something was heard of the client last"},
    {LEGEND_COLUMNS, "WHY", "how a client left, or why nothing is known of it"},
    {LEGEND_COLUMNS, "TENANT", "whose it is"},
    {LEGEND_COLUMNS, "TOPIC", "what a publication is about"},
    {LEGEND_COLUMNS, "PUBL/S", "publications on the topic in a second"},
    {LEGEND_COLUMNS, "BYTES/S", "and their bytes"},
    {LEGEND_COLUMNS, "LOST/S", "what its subscribers lose in a second, each counted by itself"},
    {LEGEND_COLUMNS, "LOST", "and in all"},
    {LEGEND_COLUMNS, "PUBLISHED", "publications in all"},
    {LEGEND_COLUMNS, "PUBLISHED BY", "who publishes most"},
    {LEGEND_COLUMNS, "BYTES", "of a message, or of all publications on a topic"},
    {LEGEND_COLUMNS, "COVERS", "the brokers whose publications the subscription takes, as a path"},
    {LEGEND_COLUMNS, "RECEIVED", "what has come for an own subscription"},
    {LEGEND_COLUMNS, "TIME", "when it came, by the clock of this machine"},
    {LEGEND_COLUMNS, "KIND",
        "notify: for this client alone; pub: on a topic; lost: of these something is missing"},
    {LEGEND_COLUMNS, "FROM", "who has sent it"},
    {LEGEND_COLUMNS, "MESSAGE", "its text, or bytes"},
    {LEGEND_COLUMNS, "LEVEL", "how much it matters: error, warning, notice, info"},
    {LEGEND_COLUMNS, "WHERE", "the broker that tells of it, or this console"},
    {LEGEND_COLUMNS, "EVENT", "what has happened"},
    {LEGEND_COLUMNS, "#", "the step of a trace"},
    {LEGEND_COLUMNS, "WHAT IT DID", "where the broker sent the traced message on"},
    {LEGEND_COLUMNS, "THIS STEP", "what the step has taken"},
    {LEGEND_COLUMNS, "ALL SO FAR", "until the broker's word of it was here"},

    {LEGEND_DETAILS, "misses", "brokers whose link to this one has ended without leave"},
    {LEGEND_DETAILS, "from links",
        "messages from other brokers, which pass through; to links alike"},
    {LEGEND_DETAILS, "not let in", "connections that were refused; the events say whose"},
    {LEGEND_DETAILS, "turns",
        "how often the broker's loop took how long; while a turn lasts, nothing else moves there"},
    {LEGEND_DETAILS, "refused for", "how often for which reason"},
    {LEGEND_DETAILS, "parents", "those it may join, and how they are"},
    {LEGEND_DETAILS, "moves", "how often it went from one parent to another"},
};

const legend_t *legend_all(size_t *count)
{
    *count = sizeof ALL / sizeof ALL[0];
    return ALL;
}

const char *legend_title(legend_kind_t kind)
{
    static const char *const TITLES[LEGENDS] = {
        [LEGEND_STATES] = "What states say",
        [LEGEND_COLUMNS] = "What columns say",
        [LEGEND_DETAILS] = "What details of a broker say",
    };
    return TITLES[kind];
}
