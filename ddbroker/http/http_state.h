/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * http_state - what http and http_answers share
 */
#ifndef HTTP_STATE_H_INCLUDED
#define HTTP_STATE_H_INCLUDED

#include "http_places.h"
#include "survey.h"

struct http {
    transport_t transport;
    transport_route_t route; /* of the peer that asks */
    core_t *core;
    log_t *log;
    struct MHD_Daemon *daemon; /* NULL while there is no address */
    int listener;              /* -1: none */
    bool pauses;               /* there was no descriptor for a connection */
    char address[DD_ENDPOINT_MAX + 1];
    token_t token;
    http_places_t places;
    uint64_t now_ms;          /* of the call at hand */
    uint64_t due_ms;          /* when the daemon has something to do */
    uint64_t started_wall_ms; /* since 1970 */
    survey_t survey;
    struct MHD_Response *report; /* what came of the last survey; NULL for none */
    uint64_t surveyed_ms;        /* when that was over */
    bool behind;                 /* there is more of the survey to be taken */
};

/* For MHD_start_daemon(): answers a request. */
enum MHD_Result http_answer(void *http, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *upload, size_t *upload_size,
    void **request);

/* Wakes all who wait for the survey, which is over. */
void http_answers_wake(http_t *self);
/* Forgets what came of it. */
void http_answers_forget(http_t *self);

#endif
