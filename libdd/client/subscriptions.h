/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * subscriptions - what a client wants to be subscribed to, whether or not it is connected
 *
 * In the order of the wishes. Each is sent to the broker once per connection; the first that was
 * not sent yet is kept at hand, so that a full outbox only delays the rest. Some have handlers,
 * which are found by what a publication says of itself.
 */
#ifndef DD_SUBSCRIPTIONS_H_INCLUDED
#define DD_SUBSCRIPTIONS_H_INCLUDED

#include <stdbool.h>
#include <stdint.h>

#include "event.h"

typedef struct dd_subscriptions dd_subscriptions_t;

/* Owned by the table. */
typedef struct {
    uint32_t ref; /* of the SUBSCRIBE that was sent; 0 before */
    const char *topic;
    const char *pattern;         /* canonical */
    bool asked;                  /* was sent, at this connection or an earlier one */
    bool interrupted;            /* which ended; publications may have been missed */
    char path[DD_SCOPE_MAX + 1]; /* what the pattern is at this broker; empty until it says so */
    dd_handler_t handler;        /* of publications, or none */
} dd_subscription_t;

/* NULL when out of memory. */
dd_subscriptions_t *dd_subscriptions_new(void);
void dd_subscriptions_destroy(dd_subscriptions_t **self_p);

/* A new wish, not sent yet, that takes the place of an equal one and goes on where that was, with
   its handler. NULL when out of memory; then nothing has changed. */
dd_subscription_t *dd_subscriptions_add(
    dd_subscriptions_t *self, const char *topic, const char *pattern);

/* NULL if there is none. */
dd_subscription_t *dd_subscriptions_find(
    const dd_subscriptions_t *self, const char *topic, const char *pattern);
dd_subscription_t *dd_subscriptions_find_ref(const dd_subscriptions_t *self, uint32_t ref);

/* Gives it a handler, or with {0} none. False when out of memory; then nothing has changed. */
bool dd_subscriptions_handle(
    dd_subscriptions_t *self, dd_subscription_t *subscription, dd_handler_t handler);

/* Calls back with the handler of each that such a publication is for. Whether there was one. What
   is called must leave the subscriptions alone. */
bool dd_subscriptions_match(const dd_subscriptions_t *self, dd_bytes_t topic, dd_bytes_t origin,
    void (*each)(void *arg, dd_handler_t handler), void *arg);

void dd_subscriptions_remove(dd_subscriptions_t *self, dd_subscription_t *subscription);

/* There is a new connection, to which nothing was sent: what was asked for is interrupted. */
void dd_subscriptions_restart(dd_subscriptions_t *self);
/* The first that is still to be sent, or NULL. */
const dd_subscription_t *dd_subscriptions_unsent(const dd_subscriptions_t *self);
/* That one is being sent with this ref. False when out of memory; then it isn't. */
bool dd_subscriptions_sent(dd_subscriptions_t *self, uint32_t ref);
/* The one that was sent last, with this ref, was not sent after all. */
void dd_subscriptions_take_back(dd_subscriptions_t *self, uint32_t ref);

#endif
