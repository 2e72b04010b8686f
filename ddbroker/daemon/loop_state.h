/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * loop_state - what the broker's process is made of
 *
 * startup fills it, loop and signals work on it, and settings and check read it. Only they include
 * this.
 */
#ifndef LOOP_STATE_H_INCLUDED
#define LOOP_STATE_H_INCLUDED

#include "config.h"
#include "ddbroker/http/http.h"
#include "ddbroker/log.h"
#include "ddbroker/net/gauge.h"
#include "ddbroker/net/transport.h"
#include "ddbroker/net/zap.h"
#include "libdd/base/clock.h"
#include "supervisor.h"

/* The listener, the link to the parent, the legacy endpoint, and HTTP. */
#define TRANSPORTS_MAX 4
/* Descriptors that operators and child brokers find beyond those for connections. */
#define LOOP_PLACES_KEPT (2 * CORE_RESERVED)

typedef struct {
    config_t *config;
    int argc;
    char **argv;
    log_t *log;
    dd_keyring_t *keyring;
    int signals;              /* signalfd */
    supervisor_t *supervisor; /* NULL if there is none */
    void *context;
    core_t *core;
    zap_t *zap;
    gauge_t *gauge; /* NULL if there is none */
    transport_t *transports[TRANSPORTS_MAX];
    size_t transport_count;
    http_t *http;             /* one of them */
    size_t strangers_max;     /* connections that transports leave to those who are still on their
                                 way in */
    size_t descriptors_taken; /* of the process, for other things than clients */
    size_t descriptors_http;  /* of these, for monitors */
    size_t descriptors_max;   /* connections that fit the process's limit besides these */
    size_t clients_max;       /* as configured, or less */
    uint64_t tick_ms;         /* next look at the heartbeats */
    uint64_t drain_ms;        /* until when peers may leave; 0 while not draining */
    bool told_to_stop;        /* by an operator; not yet begun */
    bool aborted;             /* told to end a second time */
} loop_t;

static inline uint64_t loop_now_ms(void)
{
    return dd_clock_us() / 1000;
}

#endif
