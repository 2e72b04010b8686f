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

#include "ddbroker/core/core.h"
#include "ddbroker/log.h"

/* The domain of endpoints where no client is let in; those of all others is DD_ZAP_DOMAIN. */
#define ZAP_DOMAIN_RESERVED "doubledecker-reserved"

/* Hexadecimal digits of a public key, which every frame of a connection carries as "User-Id". */
#define ZAP_USER_SIZE ((size_t)2 * DD_KEY_SIZE)

typedef struct zap zap_t;

/* One for each ZeroMQ context. NULL with *problem filled. The log is lent. */
zap_t *zap_new(void *context, log_t *log, dd_problem_t *problem);
void zap_destroy(zap_t **self_p);

/* To poll for input. */
void *zap_socket(const zap_t *self);

/* Who may come at all. */
typedef enum { ZAP_ALL, ZAP_NO_CLIENTS, ZAP_NOBODY } zap_door_t;

/* Answers all that was asked: of those who may come the core says who does. */
void zap_work(zap_t *self, core_t *core, zap_door_t door, uint64_t now_ms);

#endif
