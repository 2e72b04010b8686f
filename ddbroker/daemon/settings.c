/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * settings - what the core is to know of the configuration and of the process that it runs in
 */
#include "settings.h"

#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "ddbroker/legacy/legacy.h"
#include "ddbroker/net/listener.h"
#include "libdd/base/problem.h"
#include "libdd/net/descriptors.h"

/* File descriptors of the process besides those of connections and endpoints: ZeroMQ's own, files,
   the connection to the parent and what is tried to get one. */
#define DESCRIPTORS_OWN 32
/* What ZeroMQ has for each of its threads: one to wait with, and one to be woken by. */
#define DESCRIPTORS_OF_THREAD 2
/* With fewer connections than that it isn't worth the while. */
#define CONNECTIONS_LEAST 16

/* Root may raise the hard limit too. */
static void raise_limit(struct rlimit *limit, rlim_t wanted)
{
    struct rlimit higher = {.rlim_cur = wanted, .rlim_max = wanted};
    if (limit->rlim_max >= wanted || setrlimit(RLIMIT_NOFILE, &higher) != 0)
        setrlimit(RLIMIT_NOFILE,
            &(struct rlimit){.rlim_cur = limit->rlim_max, .rlim_max = limit->rlim_max});
    getrlimit(RLIMIT_NOFILE, limit);
}

size_t settings_threads(const config_t *config)
{
    return (size_t)config->io_threads + (config->reserved.count > 0);
}

/* Descriptors that aren't for those who have come in. */
static rlim_t count_reserved(const loop_t *self)
{
    const config_t *config = self->config;
    return DESCRIPTORS_OWN + DESCRIPTORS_OF_THREAD * settings_threads(config) +
           config->listen.count + config->reserved.count + config->legacy.count +
           self->strangers_max + LOOP_PLACES_KEPT + self->descriptors_http;
}

/* libzmq aborts when it gets no descriptors for a socket, and goes round and round when it can't
   accept for want of one: never get there. */
dd_error_t settings_raise_descriptors(loop_t *self, dd_problem_t *problem)
{
    struct rlimit limit = {0};
    self->strangers_max =
        LISTENER_STRANGERS_MAX + (self->config->legacy.count > 0 ? LEGACY_STRANGERS_MAX : 0);
    self->descriptors_http = self->config->http ? HTTP_DESCRIPTORS : 0;
    rlim_t taken = count_reserved(self);
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        /* Those that whoever started the process has left open. */
        taken += dd_descriptors_count(0, dd_descriptors_end(limit.rlim_cur));
        raise_limit(&limit, (rlim_t)self->config->clients_max + taken);
    }
    if (limit.rlim_cur < taken + CONNECTIONS_LEAST)
        return dd_problem(problem, DD_E_LIMIT,
            "the limit of open files is %llu: raise it to %llu at least, or to %llu for "
            "clients-max",
            (unsigned long long)limit.rlim_cur, (unsigned long long)(taken + CONNECTIONS_LEAST),
            (unsigned long long)(taken + self->config->clients_max));
    self->descriptors_taken = (size_t)taken;
    self->descriptors_max = (size_t)(limit.rlim_cur - taken);
    return DD_OK;
}

void settings_share_descriptors(loop_t *self)
{
    size_t all = self->descriptors_max + self->descriptors_http;
    bool fits = all >= HTTP_DESCRIPTORS + CONNECTIONS_LEAST;
    self->descriptors_http = self->config->http && fits ? HTTP_DESCRIPTORS : 0;
    self->descriptors_max = all - self->descriptors_http;
}

static void limit_clients(loop_t *self)
{
    size_t wanted = (size_t)self->config->clients_max;
    self->clients_max = wanted < self->descriptors_max ? wanted : self->descriptors_max;
    if (self->clients_max < wanted)
        log_write(self->log, DD_LOG_WARNING,
            "clients-max is %zu instead of %zu: raise the limit of open files to %zu",
            self->clients_max, wanted, wanted + self->descriptors_taken);
}

/* What the core has to say goes to the log. */
static void log_line(void *log, dd_log_level_t level, const char *line)
{
    log_write(log, level, "%s", line);
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

/* A machine of 32 bits can't hold all that may be configured. */
static size_t size_of(uint64_t value)
{
    return value < SIZE_MAX ? (size_t)value : SIZE_MAX;
}

/* Their keys may come later, but it may be a slip, too. */
static void tell_of_strangers(const loop_t *self)
{
    char names[256];
    config_strangers(self->config, self->keyring, names, sizeof names);
    if (names[0])
        log_write(self->log, DD_LOG_WARNING,
            "the configuration has sections of tenants without keys: %s", names);
}

core_settings_t settings_of_core(loop_t *self)
{
    const config_t *config = self->config;
    tell_of_strangers(self);
    limit_clients(self);
    return (core_settings_t){
        .name = config->name,
        .scope = config->scope,
        .has_parent = config->parents.count > 0,
        .heartbeat = (uint32_t)config->heartbeat,
        .settle = (uint32_t)config->settle,
        .payload_max = (uint32_t)config->payload_max,
        .outbox_client = size_of(config->client_outbox),
        .outbox_link = size_of(config->link_outbox),
        .window_client = (uint32_t)config->client_window,
        .window_link = (uint32_t)config->link_window,
        .clients_max = self->clients_max,
        .subscriptions_max = (unsigned)config->subscriptions_max,
        .link_names_max = size_of(config->link_names_max),
        .link_interests_max = size_of(config->link_interests_max),
        .quotas = {.usual = config->quota,
            .exceptions = config->exceptions,
            .exception_count = config->exception_count},
        .log = log_line,
        .log_arg = self->log,
        .obey = obey,
        .obey_arg = self,
        .look = transport_look,
    };
}
