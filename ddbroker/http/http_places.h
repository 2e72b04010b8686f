/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * http_places - the connections that monitors have
 */
#ifndef HTTP_PLACES_H_INCLUDED
#define HTTP_PLACES_H_INCLUDED

#include <microhttpd.h>

#include "http.h"

typedef struct {
    int fd; /* -1: free */
    uint64_t since_ms;
    struct MHD_Connection *waiting; /* for the survey; else NULL */
    bool is_known;                  /* it has brought the token */
    bool is_cut;                    /* and has still to leave */
} http_place_t;

typedef struct {
    http_place_t items[HTTP_CONNECTIONS_MAX];
} http_places_t;

void http_places_init(http_places_t *self);

/* One that is free; NULL if none is. */
http_place_t *http_places_free(http_places_t *self);
/* That of a connection; NULL if it has none. */
http_place_t *http_places_of(http_places_t *self, struct MHD_Connection *connection);

void http_place_take(http_place_t *self, int fd, uint64_t now_ms);
void http_place_leave(http_place_t *self);

/* Shuts the connections that are there for too long: nobody keeps a place for longer than it takes.
   They leave it when libmicrohttpd has seen that. */
void http_places_cut_overdue(http_places_t *self, uint64_t now_ms);

/* Whether somebody who comes gets a place, if need be that of a stranger. */
bool http_places_give_way(http_places_t *self);
/* Shuts the stranger that is there for the longest, unless a place is free or about to be. */
void http_places_make_way(http_places_t *self);

/* Lets all go on who wait for the survey. */
void http_places_wake(http_places_t *self);

#endif
