/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * startup - builds the broker's process up and takes it down
 */
#include "startup.h"

#include <unistd.h>
#include <zmq.h>

#include "ddbroker/legacy/legacy.h"
#include "ddbroker/net/input_account.h"
#include "ddbroker/net/listener.h"
#include "ddbroker/net/parent_link.h"
#include "libdd/base/problem.h"
#include "libdd/net/context.h"
#include "settings.h"
#include "signals.h"

static dd_error_t open_core(loop_t *self, dd_problem_t *problem)
{
    core_settings_t chosen = settings_of_core(self);
    self->context = dd_context_new();
    if (self->context)
        zmq_ctx_set(self->context, ZMQ_IO_THREADS, (int)settings_threads(self->config));
    self->core = core_new(&chosen, self->keyring, loop_now_ms());
    if (self->context && self->core)
        return DD_OK;
    return dd_problem(problem, DD_E_MEMORY, "out of memory");
}

/* Takes in a transport that was just made, unless that failed, and lets it listen. */
static dd_error_t add_transport(
    loop_t *self, transport_t *transport, const config_list_t *endpoints, dd_problem_t *problem)
{
    if (!transport)
        return problem->error;
    self->transports[self->transport_count++] = transport;
    for (size_t i = 0; i < endpoints->count; i++)
        if (transport->ops->listen(transport, endpoints->items[i], problem) != DD_OK)
            return problem->error;
    return DD_OK;
}

static dd_error_t open_http(
    loop_t *self, const transport_settings_t *settings, dd_problem_t *problem)
{
    const config_t *config = self->config;
    http_plan_t plan;
    self->http = http_new(settings, problem);
    if (!self->http)
        return problem->error;
    self->transports[self->transport_count++] = http_transport(self->http);
    dd_error_t result =
        http_prepare(self->http, config->http, config->http_token_file, &plan, problem);
    if (result == DD_OK)
        http_follow(self->http, config->http, &plan);
    return result;
}

static dd_error_t open_transports(loop_t *self, dd_problem_t *problem)
{
    static const config_list_t NOWHERE;
    const config_t *config = self->config;
    const transport_settings_t settings = {.context = self->context,
        .core = self->core,
        .log = self->log,
        .keyring = self->keyring,
        .threads = ((uint64_t)1 << config->io_threads) - 1,
        .payload_max = (uint32_t)config->payload_max,
        .heartbeat = (uint32_t)config->heartbeat,
        .ipc_mode = (mode_t)config->ipc_mode,
        .connections_max = self->descriptors_max};
    input_account_set_max(config->input_max);
    transport_t *listener = listener_new(&settings, problem);
    dd_error_t result = add_transport(self, listener, &config->listen, problem);
    for (size_t i = 0; i < config->reserved.count && result == DD_OK; i++)
        result = listener_reserve(listener, config->reserved.items[i], problem);
    core_set_parents(self->core, &config->parents);
    if (result == DD_OK)
        result = add_transport(self, parent_link_new(&settings, problem), &NOWHERE, problem);
    if (result == DD_OK && config->legacy.count > 0)
        result = add_transport(self, legacy_new(&settings, problem), &config->legacy, problem);
    return result == DD_OK ? open_http(self, &settings, problem) : result;
}

dd_error_t startup_begin(loop_t *self, dd_problem_t *problem)
{
    dd_error_t result = signals_open(self, problem);
    if (result != DD_OK)
        return result;
    self->keyring = config_load_keys(self->config, problem);
    if (!self->keyring)
        return DD_E_KEYS;
    log_write(self->log, DD_LOG_NOTICE, "broker %s starts: version %s, scope %s, keys in %s",
        self->config->name, DD_VERSION, self->config->scope, self->config->keys);
    result = settings_raise_descriptors(self, problem);
    if (result == DD_OK)
        result = open_core(self, problem);
    if (result != DD_OK)
        return result;
    self->gauge = gauge_new(self->context, settings_threads(self->config));
    if (!self->gauge)
        log_write(self->log, DD_LOG_WARNING,
            "can't see whether ZeroMQ's threads keep up: large publications will hold up others");
    self->zap = zap_new(self->context, self->log, problem);
    return self->zap ? open_transports(self, problem) : problem->error;
}

void startup_undo(loop_t *self)
{
    uint64_t now = loop_now_ms();
    for (size_t i = self->transport_count; i > 0; i--)
        self->transports[i - 1]->ops->destroy(self->transports[i - 1], now);
    zap_destroy(&self->zap);
    gauge_destroy(&self->gauge);
    core_destroy(&self->core);
    if (self->context)
        zmq_ctx_term(self->context);
    dd_keyring_destroy(&self->keyring);
    if (self->signals >= 0)
        close(self->signals);
    supervisor_destroy(&self->supervisor);
    log_destroy(&self->log);
}
