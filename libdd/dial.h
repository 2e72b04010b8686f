/*
 * dial - one outgoing connection to a broker
 *
 * A DEALER and the monitor that tells when its connection is ready, refused, or gone. A dial lives
 * as long as its connection; for another attempt its owner destroys it and makes a new one, when
 * session or uplink say so. Not thread-safe.
 */
#ifndef DD_DIAL_H_INCLUDED
#define DD_DIAL_H_INCLUDED

#include "monitor.h"
#include "socket.h"

typedef struct dd_dial dd_dial_t;

typedef enum {
    DD_DIAL_CONNECTING,
    DD_DIAL_CONNECTED, /* handshake done: the broker has our key and we have its */
    DD_DIAL_LOST       /* over; dd_dial_reason() says why */
} dd_dial_state_t;

/* Whether the text is an endpoint to connect to: tcp://HOST:PORT, tcp://[V6]:PORT or ipc://PATH.
   DD_E_ARGUMENT with *problem filled if not. */
dd_error_t dd_dial_check(const char *endpoint, dd_problem_t *problem);

/* Begins to connect. NULL with *problem filled if the endpoint is no endpoint or there are no more
   sockets. The keyring must outlive the dial. */
dd_dial_t *dd_dial_new(void *context, const char *endpoint, const dd_keyring_t *keyring,
    uint32_t payload_max, dd_problem_t *problem);
/* Ends the connection at once; what was flushed but has not left is lost, unless dd_dial_linger()
   gave it time. */
void dd_dial_destroy(dd_dial_t **self_p);

/* Lets what was flushed go on leaving for up to that many ms after dd_dial_destroy(). */
void dd_dial_linger(dd_dial_t *self, int ms);

/* To poll for input: the DEALER has a frame; the monitor has news, then call dd_dial_watch(). They
   stay the same for the dial's life. */
void *dd_dial_socket(const dd_dial_t *self);
void *dd_dial_monitor(const dd_dial_t *self);

/* Takes in what the monitor has and says where the connection stands. Frames that came before the
   end of a connection can still be read when it is DD_DIAL_LOST. */
dd_dial_state_t dd_dial_watch(dd_dial_t *self);

/* Why it is DD_DIAL_LOST: DD_E_REFUSED with a text that names the key or the broker's key as the
   cause, or DD_E_NETWORK with what is known of it. */
const dd_problem_t *dd_dial_reason(const dd_dial_t *self);

#endif
