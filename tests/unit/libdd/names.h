/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * names - a name service for tests: it stands in for the system's getaddrinfo() in the program
 *
 *     two.test      127.0.0.2 and 127.0.0.1
 *     both.test     ::1 and 127.0.0.1
 *     slow.test     127.0.0.1, as soon as names_answer() is called
 *     all others    are not known
 */
#ifndef TEST_NAMES_H_INCLUDED
#define TEST_NAMES_H_INCLUDED

#include <dlfcn.h>
#include <netdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

static pthread_mutex_t names_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t names_changed = PTHREAD_COND_INITIALIZER;
static bool names_answering;
static atomic_uint names_asked;    /* lookups of slow.test that have begun */
static atomic_uint names_answered; /* and ended */

static inline void names_set_answering(bool answering)
{
    pthread_mutex_lock(&names_lock);
    names_answering = answering;
    pthread_cond_broadcast(&names_changed);
    pthread_mutex_unlock(&names_lock);
}

/* Waits until the counter has come that far. */
static inline void names_await(const atomic_uint *counter, unsigned value)
{
    pthread_mutex_lock(&names_lock);
    while (*counter < value)
        pthread_cond_wait(&names_changed, &names_lock);
    pthread_mutex_unlock(&names_lock);
}

static inline void names_be_slow(void)
{
    pthread_mutex_lock(&names_lock);
    names_asked++;
    pthread_cond_broadcast(&names_changed);
    while (!names_answering)
        pthread_cond_wait(&names_changed, &names_lock);
    names_answered++;
    pthread_cond_broadcast(&names_changed);
    pthread_mutex_unlock(&names_lock);
}

typedef int(getaddrinfo_t)(const char *, const char *, const struct addrinfo *, struct addrinfo **);

static inline int names_parse(
    const char *address, const struct addrinfo *wanted, struct addrinfo **found)
{
    getaddrinfo_t *real;
    *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
    struct addrinfo numeric = *wanted;
    numeric.ai_flags |= AI_NUMERICHOST;
    return real(address, NULL, &numeric, found);
}

int getaddrinfo(
    const char *host, const char *port, const struct addrinfo *wanted, struct addrinfo **found)
{
    (void)port;
    const char *first = "127.0.0.2", *second = "127.0.0.1";
    if (wanted->ai_flags & AI_NUMERICHOST)
        return names_parse(host, wanted, found);
    if (strcmp(host, "both.test") == 0) {
        first = "::1";
    } else if (strcmp(host, "slow.test") == 0) {
        names_be_slow();
        return names_parse(second, wanted, found);
    } else if (strcmp(host, "two.test") != 0) {
        return EAI_NONAME;
    }
    int error = names_parse(first, wanted, found);
    return error ? error : names_parse(second, wanted, &(*found)->ai_next);
}

#endif
