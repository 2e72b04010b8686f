/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dialer - one connection to a broker, from the look at its host's name to its end
 *
 * A name may stand for several addresses. They are tried one after the other, the next one without
 * waiting for longer than DD_DIALER_STAGGER for the one before, and the first with which the
 * handshake succeeds is the connection (RFC 8305). While the brokers' pair is being changed, all
 * are tried with one of its keys, and then with the next. A dialer lives as long as that; for
 * another attempt its owner destroys it and makes a new one, when the session or the link to the
 * parent say so. Not thread-safe.
 */
#ifndef DD_DIALER_H_INCLUDED
#define DD_DIALER_H_INCLUDED

#include <poll.h>

#include "socket.h"
#include "waker.h"

/* ms after which the next address is tried while the one before hasn't answered. */
#define DD_DIALER_STAGGER 250
/* Addresses that are tried at the same time. */
#define DD_DIALER_AT_ONCE 4
/* Descriptors to poll at most. */
#define DD_DIALER_NEWS_MAX DD_DIALER_AT_ONCE

typedef struct dd_dialer dd_dialer_t;

typedef enum {
    DD_DIALER_CONNECTING,
    DD_DIALER_CONNECTED, /* handshake done: the broker has our key and we have its */
    DD_DIALER_LOST       /* over; dd_dialer_reason() says why */
} dd_dialer_state_t;

/* What a dialer is made with. Everything is lent until it is destroyed. */
typedef struct {
    void *context;
    const dd_keyring_t *keyring;
    dd_key_age_t own_key; /* with which of its own keys; those of the brokers are all tried */
    uint32_t payload_max;
    dd_waker_t waker; /* called when dd_dialer_watch() is to be called, on any thread */
} dd_dialer_settings_t;

/* Begins to connect. NULL with *problem filled if the endpoint is no endpoint or memory is short.
   That there are no descriptors left is a reason to be DD_DIALER_LOST. The endpoint is copied. */
dd_dialer_t *dd_dialer_new(
    const dd_dialer_settings_t *settings, const char *endpoint, dd_problem_t *problem);
/* Ends the connection at once; what was flushed but has not left is lost, unless dd_dialer_linger()
   gave it time. */
void dd_dialer_destroy(dd_dialer_t **self_p);

/* Lets what was flushed go on leaving for up to that many ms after dd_dialer_destroy(). */
void dd_dialer_linger(dd_dialer_t *self, int ms);

/* The DEALER; NULL before the dialer is connected. */
void *dd_dialer_socket(const dd_dialer_t *self);

/* What to poll for news, besides the socket: how many there are. They change with each
   dd_dialer_watch(), which is to be called when one of them has something. */
nfds_t dd_dialer_news(const dd_dialer_t *self, struct pollfd news[DD_DIALER_NEWS_MAX]);

/* When to call it at the latest, in ms of dd_clock_us(); UINT64_MAX for never. */
uint64_t dd_dialer_due(const dd_dialer_t *self);

/* Goes on with connecting and says where it stands. Frames that came before the end of a connection
   can still be read when it is DD_DIALER_LOST. */
dd_dialer_state_t dd_dialer_watch(dd_dialer_t *self);

/* Why it is DD_DIALER_LOST: DD_E_REFUSED with a text that names the key or the broker's key as the
   cause, DD_E_LIMIT when descriptors are short, or DD_E_NETWORK with what is known of it. */
const dd_problem_t *dd_dialer_reason(const dd_dialer_t *self);

#endif
