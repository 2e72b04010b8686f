/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * legacy_route - those who have begun to log in at the legacy endpoint, and what became of them
 */
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>

#include "legacy_state.h"

legacy_route_t *legacy_route_find(const legacy_t *self, dd_bytes_t id)
{
    legacy_route_t *route;
    HASH_FIND(hh, self->routes, id.data, id.size, route);
    return route;
}

/* ---- States -------------------------------------------------------------------------------- */

static void enter(legacy_t *self, legacy_route_t *route, legacy_route_state_t state)
{
    route->state = state;
    route->since_ms = self->now_ms;
    DL_APPEND(self->in_state[state], route);
}

static void leave(legacy_t *self, legacy_route_t *route)
{
    DL_DELETE(self->in_state[route->state], route);
}

void legacy_route_become(legacy_t *self, legacy_route_t *route, legacy_route_state_t state)
{
    if (route->state == state)
        return;
    leave(self, route);
    enter(self, route, state);
    if (state == LEGACY_ROUTE_ENDED)
        connections_doubt(self->connections, route->fd, route, self->now_ms);
}

void legacy_route_log_in(legacy_t *self, legacy_route_t *route, peer_t *peer)
{
    route->peer = peer;
    self->peers++;
    legacy_route_become(self, route, LEGACY_ROUTE_CLIENT);
    connections_trust(self->connections, route->fd, route);
    if (route->account)
        input_account_grant(
            route->account, INPUT_EXCESS + self->input_max, route->peer->tenant, true);
}

void legacy_route_block(legacy_t *self, legacy_route_t *route)
{
    if (!self->blocked)
        self->retry_ms = self->now_ms + 1;
    route->blocked = true;
    DL_APPEND2(self->blocked, route, prev_blocked, next_blocked);
}

void legacy_route_unblock(legacy_t *self, legacy_route_t *route)
{
    if (!route->blocked)
        return;
    route->blocked = false;
    DL_DELETE2(self->blocked, route, prev_blocked, next_blocked);
}

void legacy_route_depart(legacy_t *self, legacy_route_t *route)
{
    if (route->state == LEGACY_ROUTE_GONE)
        return;
    legacy_route_unblock(self, route);
    legacy_route_become(self, route, LEGACY_ROUTE_GONE);
    connections_disown(self->connections, route->fd, route);
    route->fd = -1;
    route->account = NULL;
    if (route->peer)
        core_gone(route->peer);
}

/* ---- Coming and going ---------------------------------------------------------------------- */

void legacy_route_lose(legacy_t *self, legacy_route_t *route)
{
    leave(self, route);
    legacy_route_unblock(self, route);
    HASH_DEL(self->routes, route);
    connections_doubt(self->connections, route->fd, route, self->now_ms);
    connections_disown(self->connections, route->fd, route);
    if (route->peer) {
        self->peers--;
        core_disconnect(self->core, route->peer, self->now_ms);
    }
    legacy_held_destroy(&route->held);
    sodium_memzero(&route->cookie, sizeof route->cookie);
    free(route);
}

/* ZeroMQ ends the connection of one that sends a frame of more than it may have. Its client says it
   again and again, and hears nothing of why. */
static void tell_of_large_frame(const legacy_t *self, const legacy_route_t *route)
{
    char text[PEER_TEXT_MAX];
    uint64_t size = connections_last_frame(self->connections);
    if (route->peer && size > self->frame_max)
        log_flood(self->log, route->peer->tenant, DD_LOG_WARNING,
            "%s sent a message of %" PRIu64 " bytes, which ended its connection: payload-max is "
            "%" PRIu32,
            peer_text(route->peer, text), size, self->payload_max);
}

void legacy_route_watch(legacy_t *self)
{
    legacy_route_t *route;
    while ((route = connections_next_gone(self->connections, self->now_ms))) {
        tell_of_large_frame(self, route);
        legacy_route_depart(self, route);
    }
    legacy_admission_make_room(self);
}

/* Ties the route to the connection that its messages come over. False if that one has ended, and
   the message is what it has left. */
static bool attach(legacy_t *self, legacy_route_t *route, int fd)
{
    void *former = NULL;
    route->fd = fd;
    if (!connections_own(
            self->connections, fd, dd_bytes(route->id, route->id_size), route, &former))
        return false;
    if (former)
        legacy_route_depart(self, former);
    route->account = connections_of(self->connections, fd, route)->account;
    return true;
}

legacy_route_t *legacy_route_new(legacy_t *self, dd_bytes_t id, int fd)
{
    legacy_route_t *route = id.size <= UINT8_MAX ? calloc(1, sizeof *route + id.size) : NULL;
    if (!route)
        return NULL;
    route->base.transport = &self->transport;
    memcpy(route->id, id.data, id.size);
    route->id_size = (uint8_t)id.size;
    if (attach(self, route, fd)) {
        HASH_ADD(hh, self->routes, id, route->id_size, route);
        if (route->hh.tbl) {
            enter(self, route, LEGACY_ROUTE_STRANGER);
            connections_doubt(self->connections, route->fd, route, self->now_ms);
            return route;
        }
        connections_disown(self->connections, fd, route); /* out of memory */
    }
    free(route);
    return NULL;
}
