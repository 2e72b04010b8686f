/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * trouble - which brokers, clients and subscriptions need somebody to look at them
 */
#ifndef TROUBLE_H_INCLUDED
#define TROUBLE_H_INCLUDED

#include "session_view.h"

/* The worst last. */
typedef enum {
    TROUBLE_NONE,
    TROUBLE_REFUSING, /* asks were refused lately */
    TROUBLE_DROPPING, /* publications were lost lately */
    TROUBLE_LATE,     /* it should have reported by now */
    TROUBLE_BEHIND,   /* it is reached through one that is gone */
    TROUBLE_CUT_OFF,  /* it says so, or that it is in another state that isn't good */
    TROUBLE_GONE,
    TROUBLES
} trouble_t;

trouble_t trouble_of_broker(const session_view_t *session, const broker_t *broker);
trouble_t trouble_of_client(const session_view_t *session, const client_t *client);
/* A subscription that no broker has agreed to, or that lost publications lately. */
bool trouble_is_with_own(const session_view_t *session, const own_subscription_t *own);

#define TROUBLE_ROOM 64
/* What is said of that: "DROPPING 12/s", "dropped 4s ago" when that is over. "" if it is neither
   that nor TROUBLE_REFUSING. */
void trouble_traffic_text(const traffic_t *traffic, trouble_t trouble, char out[TROUBLE_ROOM]);

/* Whether some broker drops or refuses what its clients want, so that these are in trouble. */
bool trouble_is_with_clients(const session_view_t *session);

/* Of all brokers: "2 gone · 1 dropping"; "" if none is in trouble. Returns how many are. */
#define TROUBLE_SUMMARY_ROOM 192
uint64_t trouble_summary(const session_view_t *session, char out[TROUBLE_SUMMARY_ROOM]);

#endif
