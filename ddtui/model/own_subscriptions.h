/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * own_subscriptions - the subscriptions of this client, and what came of them
 *
 * The console's user asks for them; the broker agrees, and says what path the scope means there.
 * Each publication that arrives is counted for all that match it.
 */
#ifndef OWN_SUBSCRIPTIONS_H_INCLUDED
#define OWN_SUBSCRIPTIONS_H_INCLUDED

#include <stdbool.h>

#include "libdd/include/dd.h"

/* The console's limit, whatever the broker's is. */
#define OWN_SUBSCRIPTIONS_MAX 1000

typedef struct {
    char topic[DD_TOPIC_MAX + 1];
    char scope[DD_SCOPE_MAX + 1]; /* as asked, canonical */
    char path[DD_SCOPE_MAX + 1];  /* as the broker resolved it; "" until it agrees */
    uint64_t received;            /* publications that it matches */
    bool lost;                    /* some of these didn't come, or may not have */
    uint64_t lost_ms;             /* when that was told last */
} own_subscription_t;

typedef struct {
    own_subscription_t rows[OWN_SUBSCRIPTIONS_MAX];
    size_t count;
} own_subscriptions_t;

/* The user has asked for one; scope is a word or a path. True if it is new. */
bool own_subscriptions_ask(own_subscriptions_t *self, const char *topic, const char *scope);
/* NULL if there is none. */
const own_subscription_t *own_subscriptions_find(
    const own_subscriptions_t *self, const char *topic, const char *scope);
/* The user has given it up, or the broker has refused it. False if there was none. */
bool own_subscriptions_remove(own_subscriptions_t *self, const char *topic, const char *scope);

/* The broker, whose scope is `at`, agreed to a resolved path. The row, if it is the first time
   since own_subscriptions_restart(), or NULL. */
const own_subscription_t *own_subscriptions_agree(
    own_subscriptions_t *self, const char *topic, const char *path, const char *at);
/* The connection is gone, and with it what was agreed. */
void own_subscriptions_restart(own_subscriptions_t *self);

/* Publications were lost, at now_ms, as the broker tells of the resolved path. */
void own_subscriptions_lose(
    own_subscriptions_t *self, const char *topic, const char *path, uint64_t now_ms);

/* Counts a publication for all that it matches. */
void own_subscriptions_count(own_subscriptions_t *self, const char *topic, const char *scope);

#endif
