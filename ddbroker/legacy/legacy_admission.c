/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * legacy_admission - who may stay at the legacy endpoint
 *
 * ZeroMQ lets in whoever comes. Strangers are bounded in number, in time and in what they may send;
 * beyond that their connection is cut. Clients know no windows: at their limit they wait until what
 * they have sent is taken, and only one that has sent no whole message by then is cut.
 */
#include "legacy_state.h"

static void cut(legacy_t *self, connection_t *connection, const char *why)
{
    const legacy_route_t *route = connection->owner;
    char text[PEER_TEXT_MAX];
    if (route && route->peer)
        log_flood(self->log, route->peer->tenant, DD_LOG_WARNING, "cut %s: %s",
            peer_text(route->peer, text), why);
    else
        log_flood(self->log, "", DD_LOG_INFO,
            "cut a connection of the legacy endpoint that isn't logged in: %s", why);
    connections_cut(self->connections, connection);
}

static bool is_crowded(const legacy_t *self)
{
    return connections_stranger_count(self->connections) > LEGACY_STRANGERS_MAX;
}

void legacy_admission_make_room(legacy_t *self)
{
    while (is_crowded(self))
        cut(self, connections_strangers(self->connections), "too many wait for it");
}

void legacy_admission_tick(legacy_t *self)
{
    connection_t *connection, *next;
    DL_FOREACH_SAFE (connections_strangers(self->connections), connection, next)
        if (self->now_ms > connection->since_ms + LEGACY_LOGIN_LIMIT)
            cut(self, connection, "it took too long");
}

void legacy_admission_cut_refused(legacy_t *self)
{
    connection_t *connection;
    input_fault_t why;
    while ((connection = connections_next_refused(self->connections, &why)))
        cut(self, connection,
            why == INPUT_STUCK
                ? "it sends a message without end, or its tenant has too much on its "
                  "way here in messages that aren't whole"
                : "it sends too much");
}
