/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * zap - says who may connect (ZeroMQ's authentication protocol, RFC 27)
 *
 * ZeroMQ asks at each handshake, once; a key that is taken out of the key file later is the core's
 * to end. Without a handler libzmq admits everybody unless the socket says otherwise, so make this
 * before any endpoint is bound; dd_socket_server() sees to the rest.
 */
#ifndef ZAP_H_INCLUDED
#define ZAP_H_INCLUDED

#include "ddbroker/log.h"
#include "libdd/keys/keyring.h"

/* Hexadecimal digits of a public key, which every frame of a connection carries as "User-Id". */
#define ZAP_USER_SIZE ((size_t)2 * DD_KEY_SIZE)

typedef struct zap zap_t;

/* One for each ZeroMQ context. NULL with *problem filled. The log is lent. */
zap_t *zap_new(void *context, log_t *log, dd_problem_t *problem);
void zap_destroy(zap_t **self_p);

/* To poll for input. */
void *zap_socket(const zap_t *self);

/* Answers all that was asked: yes to the keys of the keyring, and to nobody while the broker is
   full. */
void zap_work(zap_t *self, const dd_keyring_t *keyring, bool full);

#endif
