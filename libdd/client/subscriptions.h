/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * subscriptions - what a client wants to be subscribed to, whether or not it is connected
 *
 * In the order of the wishes. Each is sent to the broker once per connection; the first that was
 * not sent yet is kept at hand, so that a full outbox only delays the rest.
 */
#ifndef DD_SUBSCRIPTIONS_H_INCLUDED
#define DD_SUBSCRIPTIONS_H_INCLUDED

#include <stdbool.h>
#include <stdint.h>

typedef struct dd_subscriptions dd_subscriptions_t;

/* Owned by the table. */
typedef struct {
    uint32_t ref; /* of the SUBSCRIBE that was sent; 0 before */
    const char *topic;
    const char *pattern; /* canonical */
} dd_subscription_t;

/* NULL when out of memory. */
dd_subscriptions_t *dd_subscriptions_new(void);
void dd_subscriptions_destroy(dd_subscriptions_t **self_p);

/* A new wish, not sent yet, that takes the place of an equal one. NULL when out of memory; then
   nothing has changed. */
dd_subscription_t *dd_subscriptions_add(
    dd_subscriptions_t *self, const char *topic, const char *pattern);

/* NULL if there is none. */
dd_subscription_t *dd_subscriptions_find(
    const dd_subscriptions_t *self, const char *topic, const char *pattern);
dd_subscription_t *dd_subscriptions_find_ref(const dd_subscriptions_t *self, uint32_t ref);

void dd_subscriptions_remove(dd_subscriptions_t *self, dd_subscription_t *subscription);

/* There is a new connection, to which nothing was sent. */
void dd_subscriptions_restart(dd_subscriptions_t *self);
/* The first that is still to be sent, or NULL. */
const dd_subscription_t *dd_subscriptions_unsent(const dd_subscriptions_t *self);
/* That one is being sent with this ref. False when out of memory; then it isn't. */
bool dd_subscriptions_sent(dd_subscriptions_t *self, uint32_t ref);
/* The one that was sent last, with this ref, was not sent after all. */
void dd_subscriptions_take_back(dd_subscriptions_t *self, uint32_t ref);

#endif
