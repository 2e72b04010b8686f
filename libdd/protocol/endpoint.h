/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * endpoint - where a broker can be reached, as a text
 *
 *     tcp://HOST:PORT     a name, or an IPv4 address
 *     tcp://[V6]:PORT
 *     ipc://PATH
 *
 * Nothing here looks a name up or touches a file.
 */
#ifndef DD_ENDPOINT_H_INCLUDED
#define DD_ENDPOINT_H_INCLUDED

#include "libdd/base/buffer.h"
#include "libdd/base/options.h"
#include "libdd/include/dd.h"

/* Longest endpoint, without the NUL. */
#define DD_ENDPOINT_MAX 255
/* Endpoints of one list. */
#define DD_ENDPOINTS_MAX 16

/* Whether the text is an endpoint to connect to. DD_E_ARGUMENT with *problem saying what to write
   instead if not. */
dd_error_t dd_endpoint_check(const char *endpoint, dd_problem_t *problem);

/* Whether the text can be an endpoint to listen on: '*' stands for every address, and the port '*'
   or 0 for one that is free. The address itself is for ZeroMQ to judge when it binds. */
bool dd_endpoint_listenable(const char *endpoint);

/* Splits a tcp:// endpoint at its last colon. An IPv6 address keeps its brackets. Both parts point
   into the text. False for what is not of TCP. */
bool dd_endpoint_split(dd_bytes_t endpoint, dd_bytes_t *host, dd_bytes_t *port);
/* The same as getaddrinfo() takes them, without brackets. */
bool dd_endpoint_parts(
    const char *endpoint, char host[DD_ENDPOINT_MAX + 1], char port[DD_ENDPOINT_MAX + 1]);

/* Endpoints in order of preference. All zero is an empty list. */
typedef struct {
    size_t count;
    bool random; /* the order is to be drawn */
    char items[DD_ENDPOINTS_MAX][DD_ENDPOINT_MAX + 1];
} dd_endpoints_t;

/* Appends what a text like "tcp://a:5555,tcp://b:5555" lists; a path with a comma can't stand in a
   list. "random:" may stand in front of the first. Every entry must be an endpoint to connect to,
   and none may be there twice. DD_E_ARGUMENT with *problem naming the entry that is no good; the
   list is then as it was. */
dd_error_t dd_endpoints_add(dd_endpoints_t *self, const char *text, dd_problem_t *problem);

/* For options whose field is a dd_endpoints_t. */
dd_option_set_t dd_endpoints_set;

/* How endpoints begin, for the `words` of options; NULL ends them. */
extern const char *const DD_ENDPOINT_WORDS[];

/* The members of dd_option_t that such options have in common. */
#define DD_ENDPOINTS_OPTION                                                                        \
    .argument = "ENDPOINT", .repeats = true, .words = DD_ENDPOINT_WORDS, .set = dd_endpoints_set

/* Whether that endpoint is among them. */
bool dd_endpoints_has(const dd_endpoints_t *self, const char *endpoint);

/* Bytes of the longest list as a text, with the NUL. */
#define DD_ENDPOINTS_TEXT (sizeof "random:" + DD_ENDPOINTS_MAX * (DD_ENDPOINT_MAX + 1))

/* Writes what dd_endpoints_add() reads into room bytes. */
void dd_endpoints_write(const dd_endpoints_t *self, char *text, size_t room);

/* Gives back what an allocated list has room for and doesn't need: then only its entries may be
   looked at. */
dd_endpoints_t *dd_endpoints_trim(dd_endpoints_t *self);

/* Draws an order. below: a random number from 0 to one less than its argument. */
void dd_endpoints_shuffle(dd_endpoints_t *self, uint32_t (*below)(uint32_t bound));

#endif
