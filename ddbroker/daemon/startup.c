/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * startup_begin - builds the broker's process up and takes it down
 */
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <zmq.h>

#include "libdd/base/problem.h"
#include "libdd/net/context.h"
#include "loop_state.h"

/* File descriptors that are not for connections: ZeroMQ's own, files, the connection to the parent,
   and those that are still in their handshake. */
#define DESCRIPTOR_RESERVE 256

/* Must come before the first thread, so that none of ZeroMQ's takes a signal. */
static dd_error_t open_signals(loop_t *self, dd_problem_t *problem)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    signal(SIGPIPE, SIG_IGN);
    if (sigprocmask(SIG_BLOCK, &set, NULL) == 0)
        self->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (self->signals >= 0)
        return DD_OK;
    return dd_problem(problem, DD_E_FILE, "can't wait for signals: %s", strerror(errno));
}

/* libzmq goes round and round when it can't accept for want of descriptors: never get there. Root
   may raise the hard limit too. */
static void raise_descriptors(loop_t *self)
{
    rlim_t wanted = (rlim_t)self->config->clients_max + DESCRIPTOR_RESERVE;
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    struct rlimit higher = {.rlim_cur = wanted, .rlim_max = wanted};
    if (limit.rlim_max >= wanted || setrlimit(RLIMIT_NOFILE, &higher) != 0)
        setrlimit(RLIMIT_NOFILE,
            &(struct rlimit){.rlim_cur = limit.rlim_max, .rlim_max = limit.rlim_max});
    getrlimit(RLIMIT_NOFILE, &limit);
    self->descriptors_max =
        limit.rlim_cur > 2 * DESCRIPTOR_RESERVE ? limit.rlim_cur - DESCRIPTOR_RESERVE : 1;
}

/* An operator's wish, told by the core in the midst of its work: shutting down waits until that is
   done. */
static void obey(void *arg, core_control_t control, dd_log_level_t level)
{
    loop_t *self = arg;
    if (control == CONTROL_LOG_LEVEL)
        log_set_level(self->log, level);
    else
        self->told_to_stop = true;
}

static void limit_clients(loop_t *self)
{
    size_t wanted = (size_t)self->config->clients_max;
    self->clients_max = wanted < self->descriptors_max ? wanted : self->descriptors_max;
    if (self->clients_max < wanted)
        log_write(self->log, DD_LOG_WARNING,
            "clients-max is %zu instead of %zu: raise the limit of open files to %zu",
            self->clients_max, wanted, wanted + DESCRIPTOR_RESERVE);
}

/* A machine of 32 bits can't hold all that may be configured. */
static size_t size_of(uint64_t value)
{
    return value < SIZE_MAX ? (size_t)value : SIZE_MAX;
}

core_settings_t loop_settings(loop_t *self)
{
    const config_t *config = self->config;
    limit_clients(self);
    return (core_settings_t){
        .name = config->name,
        .scope = config->scope,
        .has_parent = config->parent,
        .heartbeat = (uint32_t)config->heartbeat,
        .payload_max = (uint32_t)config->payload_max,
        .outbox_client = size_of(config->client_outbox),
        .outbox_link = size_of(config->link_outbox),
        .clients_max = self->clients_max,
        .subscriptions_max = (unsigned)config->subscriptions_max,
        .log = log_of_core,
        .log_arg = self->log,
        .obey = obey,
        .obey_arg = self,
    };
}

static dd_error_t open_core(loop_t *self, dd_problem_t *problem)
{
    core_settings_t chosen = loop_settings(self);
    self->context = dd_context_new();
    if (self->context)
        zmq_ctx_set(self->context, ZMQ_IO_THREADS, (int)self->config->io_threads);
    self->core = core_new(&chosen, self->keyring, loop_now_ms());
    if (self->context && self->core)
        return DD_OK;
    return dd_problem(problem, DD_E_MEMORY, "out of memory");
}

static dd_error_t open_legacy(loop_t *self, const dd_socket_limits_t *limits, dd_problem_t *problem)
{
    const config_list_t *endpoints = &self->config->legacy;
    if (endpoints->count == 0)
        return DD_OK;
    self->legacy = legacy_new(self->context, self->core, self->log, self->keyring, limits, problem);
    for (size_t i = 0; self->legacy && i < endpoints->count; i++)
        if (legacy_listen(self->legacy, endpoints->items[i], problem) != DD_OK)
            return DD_E_NETWORK;
    return self->legacy ? DD_OK : DD_E_NETWORK;
}

static dd_error_t open_sockets(loop_t *self, dd_problem_t *problem)
{
    const config_t *config = self->config;
    dd_socket_limits_t limits = {
        .payload_max = (uint32_t)config->payload_max, .heartbeat = (uint32_t)config->heartbeat};
    self->zap = zap_new(self->context, self->log, problem);
    if (self->zap)
        self->listener =
            listener_new(self->context, self->core, self->log, self->keyring, &limits, problem);
    if (!self->listener)
        return DD_E_NETWORK;
    if (config->parent) {
        self->parent_link =
            parent_link_new(self->context, self->core, self->log, config->parent, &limits, problem);
        if (!self->parent_link)
            return DD_E_MEMORY;
    }
    for (size_t i = 0; i < config->listen.count; i++)
        if (listener_listen(self->listener, config->listen.items[i], problem) != DD_OK)
            return DD_E_NETWORK;
    return open_legacy(self, &limits, problem);
}

dd_error_t startup_begin(loop_t *self, dd_problem_t *problem)
{
    dd_error_t result = open_signals(self, problem);
    if (result != DD_OK)
        return result;
    self->keyring = config_load_keys(self->config, problem);
    if (!self->keyring)
        return DD_E_KEYS;
    log_write(self->log, DD_LOG_NOTICE, "broker %s starts: version %s, scope %s, keys in %s",
        self->config->name, DD_VERSION, self->config->scope, self->config->keys);
    raise_descriptors(self);
    result = open_core(self, problem);
    return result == DD_OK ? open_sockets(self, problem) : result;
}

void startup_undo(loop_t *self)
{
    uint64_t now = loop_now_ms();
    legacy_destroy(&self->legacy, now);
    parent_link_destroy(&self->parent_link, now);
    listener_destroy(&self->listener, now);
    zap_destroy(&self->zap);
    core_destroy(&self->core);
    if (self->context)
        zmq_ctx_term(self->context);
    dd_keyring_destroy(&self->keyring);
    if (self->signals >= 0)
        close(self->signals);
    log_destroy(&self->log);
}
