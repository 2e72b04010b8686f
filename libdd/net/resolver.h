/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * resolver - the addresses behind the name of a host, without waiting for them
 *
 * libzmq would look names up on the thread that all connections of a context share, and a name
 * server that doesn't answer stops that for 20 seconds. Here each name is looked up on a thread of
 * its own, which nobody waits for: a lookup can be given up at any time, and its answer, should one
 * still come, is thrown away. Several who ask for one name share its lookup. Any thread.
 */
#ifndef DD_RESOLVER_H_INCLUDED
#define DD_RESOLVER_H_INCLUDED

#include "libdd/protocol/endpoint.h"
#include "waker.h"

/* One wait for the addresses of a name. */
typedef struct dd_lookup dd_lookup_t;

/* Takes an endpoint whose host is an address, or that is no TCP, as it is. False if its host is a
   name, which has to be looked up. */
bool dd_resolve_at_once(const char *endpoint, dd_endpoints_t *addresses);

/* Begins to look the endpoint's host up. The waker is called when that is done, on another thread.
   NULL with *problem filled when memory or threads are short. */
dd_lookup_t *dd_lookup_new(const char *endpoint, dd_waker_t waker, dd_problem_t *problem);

/* Whether it is done, and then how it went: DD_OK with endpoints whose hosts are addresses, the
   best first; DD_E_NETWORK with *problem, which may be NULL, saying why there are none. */
bool dd_lookup_done(
    dd_lookup_t *self, dd_endpoints_t *addresses, dd_error_t *result, dd_problem_t *problem);

/* Gives it up, done or not. NULL and *self_p == NULL are fine. */
void dd_lookup_destroy(dd_lookup_t **self_p);

/* Looks up and waits, up to that many ms. */
dd_error_t dd_resolve(
    const char *endpoint, int timeout_ms, dd_endpoints_t *addresses, dd_problem_t *problem);

/* What is said of a name for which no answer came in time. */
dd_error_t dd_resolve_timeout(const char *endpoint, dd_problem_t *problem);

/* In a child of fork(2): lookups and their threads are in the parent. */
void dd_resolver_begin_anew(void);

#endif
