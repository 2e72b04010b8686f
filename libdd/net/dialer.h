/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dialer - one outgoing connection to a broker
 *
 * A DEALER and the monitor that tells when its connection is ready, refused, or gone. A dialer
 * lives as long as its connection; for another attempt its owner destroys it and makes a new one,
 * when the session or the link to the parent say so. Not thread-safe.
 */
#ifndef DD_DIALER_H_INCLUDED
#define DD_DIALER_H_INCLUDED

#include "monitor.h"
#include "socket.h"

typedef struct dd_dialer dd_dialer_t;

typedef enum {
    DD_DIALER_CONNECTING,
    DD_DIALER_CONNECTED, /* handshake done: the broker has our key and we have its */
    DD_DIALER_LOST       /* over; dd_dialer_reason() says why */
} dd_dialer_state_t;

/* Begins to connect. NULL with *problem filled if the endpoint is no endpoint or there are no more
   sockets. Everything is lent for this call only, but the context. */
dd_dialer_t *dd_dialer_new(void *context, const char *endpoint, const dd_keyring_t *keyring,
    uint32_t payload_max, dd_problem_t *problem);
/* Ends the connection at once; what was flushed but has not left is lost, unless dd_dialer_linger()
   gave it time. */
void dd_dialer_destroy(dd_dialer_t **self_p);

/* Lets what was flushed go on leaving for up to that many ms after dd_dialer_destroy(). */
void dd_dialer_linger(dd_dialer_t *self, int ms);

/* To poll for input: the DEALER has a frame; the monitor has news, then call dd_dialer_watch().
   They stay the same for the dial's life. */
void *dd_dialer_socket(const dd_dialer_t *self);
void *dd_dialer_monitor(const dd_dialer_t *self);

/* Takes in what the monitor has and says where the connection stands. Frames that came before the
   end of a connection can still be read when it is DD_DIALER_LOST. */
dd_dialer_state_t dd_dialer_watch(dd_dialer_t *self);

/* Why it is DD_DIALER_LOST: DD_E_REFUSED with a text that names the key or the broker's key as the
   cause, or DD_E_NETWORK with what is known of it. */
const dd_problem_t *dd_dialer_reason(const dd_dialer_t *self);

#endif
