/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * loop_state - what the broker's process is made of, as loop's own files share it
 *
 * Only loop.c, startup_begin.c and loop_orders.c include this.
 */
#ifndef LOOP_STATE_H_INCLUDED
#define LOOP_STATE_H_INCLUDED

#include "ddbroker/legacy/legacy.h"
#include "ddbroker/log.h"
#include "ddbroker/net/listener.h"
#include "ddbroker/net/parent_link.h"
#include "ddbroker/net/zap.h"
#include "libdd/base/clock.h"
#include "loop.h"

typedef struct {
    config_t *config;
    int argc;
    char **argv;
    log_t *log;
    dd_keyring_t *keyring;
    int signals; /* signalfd */
    void *context;
    core_t *core;
    zap_t *zap;
    listener_t *listener;
    parent_link_t *parent_link; /* NULL without a parent */
    legacy_t *legacy;           /* NULL without an endpoint for it */
    size_t descriptors_max;     /* connections that fit the process's limit */
    size_t clients_max;         /* as configured, or less */
    uint64_t tick_ms;           /* next look at the heartbeats */
    uint64_t drain_ms;          /* until when peers may leave; 0 while not draining */
    bool told_to_stop;          /* by an operator; not yet begun */
    bool aborted;               /* told to end a second time */
} loop_t;

static inline uint64_t loop_now_ms(void)
{
    return dd_clock_us() / 1000;
}

/* Builds everything up. On an error *problem is filled, and what was built is for startup_undo().
 */
dd_error_t startup_begin(loop_t *self, dd_problem_t *problem);
/* Takes everything down, in whatever state. */
void startup_undo(loop_t *self);

/* What the core is to know, from the configuration. */
core_settings_t loop_settings(loop_t *self);

/* Does what signals and operators have asked for. */
void signals_take(loop_t *self);

#endif
