/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * legacy_admission - who may stay at the legacy endpoint without having logged in
 *
 * ZeroMQ lets in whoever comes. Strangers are bounded in number, in time and in what they may send;
 * beyond that their connection is cut. The difficulty are clients that speak ZMTP 2 or 1, as Java's
 * do: libzmq doesn't tell which connection their messages come over, so that theirs look like
 * strangers'.
 */
#include "legacy_state.h"

/* Bytes that no login takes less of: the greeting of ZMTP 2, the hash twice, the cookie. */
#define LOGIN_BYTES 160
/* Bytes that a stranger may send: a login takes a few hundred. Without it, one message of ever more
   frames would fill the memory before anybody sees it. */
#define STRANGER_BYTES 65536
/* ms of silence after which a connection can't be a client's, since they ping all the time. */
#define SILENCE_LIMIT 60000

/* Whether it may be one of the clients' whose connections aren't known. */
static bool client_perhaps(const legacy_t *self, const connection_t *connection)
{
    struct tcp_info info;
    return self->hidden > 0 && !connection->greeted && !connection->owner &&
           (!connections_traffic(connection, &info) || info.tcpi_bytes_received >= LOGIN_BYTES);
}

/* Why a stranger has to go; NULL if it may stay. */
static const char *fault(const legacy_t *self, const connection_t *connection)
{
    struct tcp_info info;
    const legacy_route_t *route = connection->owner;
    bool was_client = route && route->peer;
    bool known = connections_traffic(connection, &info);
    if (client_perhaps(self, connection))
        return known && info.tcpi_last_data_recv > SILENCE_LIMIT ? "it is silent" : NULL;
    if (self->now_ms > connection->since_ms + LEGACY_LOGIN_LIMIT)
        return "it took too long";
    return known && !was_client && info.tcpi_bytes_received > STRANGER_BYTES ? "it sends too much"
                                                                             : NULL;
}

static void cut(legacy_t *self, connection_t *connection, const char *why)
{
    log_flood(self->log, "", DD_LOG_INFO,
        "cut a connection of the legacy endpoint that isn't logged in: %s", why);
    connections_cut(self->connections, connection);
}

static bool is_crowded(const legacy_t *self)
{
    return connections_stranger_count(self->connections) > LEGACY_STRANGERS_MAX + self->hidden;
}

void legacy_admission_make_room(legacy_t *self)
{
    connection_t *connection, *next;
    DL_FOREACH_SAFE (connections_strangers(self->connections), connection, next) {
        if (!is_crowded(self))
            break;
        if (!client_perhaps(self, connection))
            cut(self, connection, "too many wait for it");
    }
}

void legacy_admission_tick(legacy_t *self)
{
    connection_t *connection, *next;
    DL_FOREACH_SAFE (connections_strangers(self->connections), connection, next) {
        const char *why = fault(self, connection);
        if (why)
            cut(self, connection, why);
    }
}
