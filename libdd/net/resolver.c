/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * resolver - the addresses behind the name of a host, without waiting for them
 */
#include "resolver.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <utlist.h>

#include "libdd/base/problem.h"

#define UNRESOLVED "can't be reached: the name of its host doesn't resolve"

/* One lookup, under way or over. Its thread and all who wait for it have a share in it. */
typedef struct query {
    struct query *prev, *next; /* of those under way */
    char endpoint[DD_ENDPOINT_MAX + 1];
    unsigned shares;
    bool over;
    dd_lookup_t *lookups; /* who waits for it */
    dd_error_t result;
    dd_endpoints_t addresses;
    dd_problem_t problem;
} query_t;

struct dd_lookup {
    dd_lookup_t *prev, *next;
    query_t *query;
    dd_waker_t waker;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards all queries */
static query_t *under_way;

/* ---- Asking the system --------------------------------------------------------------------- */

/* One that is there already isn't added, nor more than there is room for. The port may be one to
   listen on, '*'. */
static void add(dd_endpoints_t *addresses, const struct addrinfo *found, const char *port)
{
    char host[NI_MAXHOST], text[NI_MAXHOST + DD_ENDPOINT_MAX + sizeof "tcp://[]:"];
    if (getnameinfo(
            found->ai_addr, found->ai_addrlen, host, sizeof host, NULL, 0, NI_NUMERICHOST) != 0)
        return;
    bool v6 = found->ai_family == AF_INET6;
    snprintf(text, sizeof text, "tcp://%s%s%s:%s", v6 ? "[" : "", host, v6 ? "]" : "", port);
    if (addresses->count < DD_ENDPOINTS_MAX && strlen(text) <= DD_ENDPOINT_MAX &&
        !dd_endpoints_has(addresses, text))
        memcpy(addresses->items[addresses->count++], text, strlen(text) + 1);
}

/* 0 or getaddrinfo's error. */
static int ask(const char *host, const char *port, int flags, dd_endpoints_t *addresses)
{
    const struct addrinfo wanted = {.ai_socktype = SOCK_STREAM, .ai_flags = flags};
    struct addrinfo *found;
    int error = getaddrinfo(host, NULL, &wanted, &found);
    if (error != 0)
        return error;
    for (const struct addrinfo *one = found; one; one = one->ai_next)
        add(addresses, one, port);
    freeaddrinfo(found);
    return addresses->count > 0 ? 0 : EAI_NONAME;
}

bool dd_resolve_at_once(const char *endpoint, dd_endpoints_t *addresses)
{
    char host[DD_ENDPOINT_MAX + 1], port[DD_ENDPOINT_MAX + 1];
    addresses->count = 0;
    if (dd_endpoint_parts(endpoint, host, port))
        return ask(host, port, AI_NUMERICHOST, addresses) == 0;
    dd_bytes_copy(dd_bytes_of(endpoint), addresses->items[0], sizeof addresses->items[0]);
    addresses->count = 1;
    return true;
}

/* ---- The thread ---------------------------------------------------------------------------- */

/* With the lock. */
static void drop(query_t *query)
{
    if (--query->shares == 0)
        free(query);
}

static void finish(query_t *query)
{
    dd_lookup_t *lookup;
    pthread_mutex_lock(&lock);
    query->over = true;
    DL_DELETE(under_way, query);
    DL_FOREACH (query->lookups, lookup)
        dd_waker_wake(&lookup->waker);
    drop(query);
    pthread_mutex_unlock(&lock);
}

/* Nobody else touches what this writes before the query is over. */
static void *run(void *arg)
{
    query_t *query = arg;
    char host[DD_ENDPOINT_MAX + 1], port[DD_ENDPOINT_MAX + 1];
    dd_endpoint_parts(query->endpoint, host, port);
    int error = ask(host, port, 0, &query->addresses);
    int system_error = errno;
    if (error != 0)
        query->result = dd_problem(&query->problem, DD_E_NETWORK, "%s " UNRESOLVED " (%s)",
            query->endpoint, error == EAI_SYSTEM ? strerror(system_error) : gai_strerror(error));
    finish(query);
    return NULL;
}

/* Signals are for the application's threads. */
static bool start_thread(query_t *query)
{
    pthread_t thread;
    pthread_attr_t attributes;
    sigset_t all, before;
    sigfillset(&all);
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = pthread_create(&thread, &attributes, run, query) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return started;
}

/* With the lock. */
static query_t *start_query(const char *endpoint)
{
    query_t *query = calloc(1, sizeof *query);
    if (!query)
        return NULL;
    dd_bytes_copy(dd_bytes_of(endpoint), query->endpoint, sizeof query->endpoint);
    query->shares = 1;
    if (!start_thread(query)) {
        free(query);
        return NULL;
    }
    DL_APPEND(under_way, query);
    return query;
}

static query_t *find_query(const char *endpoint)
{
    query_t *query;
    DL_FOREACH (under_way, query)
        if (strcmp(query->endpoint, endpoint) == 0)
            return query;
    return NULL;
}

/* ---- Lookups ------------------------------------------------------------------------------- */

dd_lookup_t *dd_lookup_new(const char *endpoint, dd_waker_t waker, dd_problem_t *problem)
{
    dd_lookup_t *self = calloc(1, sizeof *self);
    pthread_mutex_lock(&lock);
    query_t *query = self ? find_query(endpoint) : NULL;
    if (self && !query)
        query = start_query(endpoint);
    if (query) {
        *self = (dd_lookup_t){.query = query, .waker = waker};
        query->shares++;
        DL_APPEND(query->lookups, self);
    }
    pthread_mutex_unlock(&lock);
    if (query)
        return self;
    free(self);
    dd_problem(problem, DD_E_MEMORY, "out of memory or threads to look up %s", endpoint);
    return NULL;
}

bool dd_lookup_done(
    dd_lookup_t *self, dd_endpoints_t *addresses, dd_error_t *result, dd_problem_t *problem)
{
    pthread_mutex_lock(&lock);
    bool over = self->query->over;
    pthread_mutex_unlock(&lock);
    if (!over)
        return false;
    *result = self->query->result;
    *addresses = self->query->addresses;
    if (problem)
        *problem = self->query->problem;
    return true;
}

void dd_lookup_destroy(dd_lookup_t **self_p)
{
    if (!self_p || !*self_p)
        return;
    pthread_mutex_lock(&lock);
    DL_DELETE((*self_p)->query->lookups, *self_p);
    drop((*self_p)->query);
    pthread_mutex_unlock(&lock);
    free(*self_p);
    *self_p = NULL;
}

dd_error_t dd_resolve_timeout(const char *endpoint, dd_problem_t *problem)
{
    return dd_problem(
        problem, DD_E_NETWORK, "%s " UNRESOLVED " (no name server has answered in time)", endpoint);
}

void dd_resolver_begin_anew(void)
{
    pthread_mutex_init(&lock, NULL);
    under_way = NULL;
}

/* ---- Waiting ------------------------------------------------------------------------------- */

dd_error_t dd_resolve(
    const char *endpoint, int timeout_ms, dd_endpoints_t *addresses, dd_problem_t *problem)
{
    dd_error_t result = DD_E_NETWORK;
    if (dd_resolve_at_once(endpoint, addresses))
        return DD_OK;
    struct pollfd item = {.fd = eventfd(0, EFD_CLOEXEC), .events = POLLIN};
    if (item.fd < 0)
        return dd_problem(problem, DD_E_LIMIT, "no descriptors are left to look up %s", endpoint);
    dd_lookup_t *lookup = dd_lookup_new(endpoint, dd_waker_of(item.fd), problem);
    if (lookup) {
        poll(&item, 1, timeout_ms);
        if (!dd_lookup_done(lookup, addresses, &result, problem))
            dd_resolve_timeout(endpoint, problem);
    }
    dd_lookup_destroy(&lookup);
    close(item.fd);
    return result;
}
