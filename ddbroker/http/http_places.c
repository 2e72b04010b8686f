/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * http_places - the connections that monitors have
 */
#include "http_places.h"

#include <sys/socket.h>

/* ms that a connection may last. */
#define LIFE 30000

static http_place_t *find(http_places_t *self, int fd)
{
    for (size_t i = 0; i < HTTP_CONNECTIONS_MAX; i++)
        if (self->items[i].fd == fd)
            return &self->items[i];
    return NULL;
}

void http_places_init(http_places_t *self)
{
    for (size_t i = 0; i < HTTP_CONNECTIONS_MAX; i++)
        http_place_leave(&self->items[i]);
}

http_place_t *http_places_free(http_places_t *self)
{
    return find(self, -1);
}

http_place_t *http_places_of(http_places_t *self, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? find(self, info->connect_fd) : NULL;
}

void http_place_take(http_place_t *self, int fd, uint64_t now_ms)
{
    *self = (http_place_t){.fd = fd, .since_ms = now_ms};
}

void http_place_leave(http_place_t *self)
{
    *self = (http_place_t){.fd = -1};
}

static void wake(http_place_t *place)
{
    if (place->waiting)
        MHD_resume_connection(place->waiting);
    place->waiting = NULL;
}

/* libmicrohttpd doesn't look at one that waits. */
static void cut(http_place_t *place)
{
    place->is_cut = true;
    shutdown(place->fd, SHUT_RDWR);
    wake(place);
}

void http_places_cut_overdue(http_places_t *self, uint64_t now_ms)
{
    for (size_t i = 0; i < HTTP_CONNECTIONS_MAX; i++)
        if (self->items[i].fd >= 0 && now_ms >= self->items[i].since_ms + LIFE)
            cut(&self->items[i]);
}

/* NULL if there is none, or a place is free or about to be. */
static http_place_t *oldest_stranger(http_places_t *self)
{
    http_place_t *oldest = NULL;
    for (http_place_t *one = self->items; one < self->items + HTTP_CONNECTIONS_MAX; one++) {
        if (one->fd < 0 || one->is_cut)
            return NULL;
        if (!one->is_known && (!oldest || one->since_ms < oldest->since_ms))
            oldest = one;
    }
    return oldest;
}

bool http_places_give_way(http_places_t *self)
{
    return http_places_free(self) || oldest_stranger(self);
}

void http_places_make_way(http_places_t *self)
{
    http_place_t *oldest = oldest_stranger(self);
    if (oldest)
        cut(oldest);
}

void http_places_wake(http_places_t *self)
{
    for (size_t i = 0; i < HTTP_CONNECTIONS_MAX; i++)
        wake(&self->items[i]);
}
