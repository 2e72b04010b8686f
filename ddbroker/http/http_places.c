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

void http_places_cut_overdue(const http_places_t *self, uint64_t now_ms)
{
    for (size_t i = 0; i < HTTP_CONNECTIONS_MAX; i++)
        if (self->items[i].fd >= 0 && now_ms >= self->items[i].since_ms + LIFE)
            shutdown(self->items[i].fd, SHUT_RDWR);
}

void http_places_wake(http_places_t *self)
{
    for (size_t i = 0; i < HTTP_CONNECTIONS_MAX; i++) {
        if (!self->items[i].waiting)
            continue;
        MHD_resume_connection(self->items[i].waiting);
        self->items[i].waiting = NULL;
    }
}
