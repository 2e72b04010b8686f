/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * http - health and figures for monitors
 *
 * A transport by which no peers come: the broker's loop polls it as the others. What it answers,
 * ddbroker(8) says. Without an address it does nothing.
 */
#ifndef HTTP_H_INCLUDED
#define HTTP_H_INCLUDED

#include "ddbroker/net/transport.h"
#include "token.h"

/* Connections at one time. */
#define HTTP_CONNECTIONS_MAX 16
/* Descriptors that all of it takes. */
#define HTTP_DESCRIPTORS (HTTP_CONNECTIONS_MAX + 4)

/* Bytes of a text that says where it listens. */
#define HTTP_SHOWN_ROOM 64

typedef struct http http_t;

/* Where it is to listen from now on, and for whom: everything that can fail has been done. */
typedef struct {
    int fd; /* that listens; -1 for none */
    char shown[HTTP_SHOWN_ROOM];
    token_t token;
} http_plan_t;

/* NULL with *problem filled if it can't be made. */
http_t *http_new(const transport_settings_t *settings, dd_problem_t *problem);
/* The same as a transport, by which it is destroyed. */
transport_t *http_transport(http_t *self);

/* Prepares to listen at an address, as "127.0.0.1:9080", "[::1]:9080" or "*:9080", NULL for
   nowhere, and reads the token, of which no file is NULL. That it listens there already is fine. On
   an error nothing is left to be freed. */
dd_error_t http_prepare(http_t *self, const char *address, const char *token_file,
    http_plan_t *plan, dd_problem_t *problem);
/* Follows the plan, which is used up, and says so in the log. address is that of http_prepare(). */
void http_follow(http_t *self, const char *address, const http_plan_t *plan);
/* Gives up the plan. */
void http_drop(const http_t *self, const http_plan_t *plan);

#endif
