/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * signals - what signals and operators have the broker do: reload and shut down
 */
#include "signals.h"

#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "config_options.h"
#include "ddbroker/net/input_account.h"
#include "libdd/base/problem.h"
#include "libdd/base/program.h"
#include "reload_request.h"
#include "settings.h"

/* ms that all the steps of shutting down may take, and those who were let go to hang up;
   core/drain.c has the limit of each. */
#define DRAIN_LIMIT 3500

dd_error_t signals_open(loop_t *self, dd_problem_t *problem)
{
    static const int SIGNALS[] = {SIGTERM, SIGINT, SIGHUP};
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof SIGNALS / sizeof SIGNALS[0]; i++)
        if (!dd_program_ignores(SIGNALS[i]))
            sigaddset(&set, SIGNALS[i]);
    signal(SIGPIPE, SIG_IGN);
    if (sigprocmask(SIG_BLOCK, &set, NULL) == 0)
        self->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (self->signals >= 0)
        return DD_OK;
    return dd_problem(problem, DD_E_FILE, "can't wait for signals: %s", strerror(errno));
}

/* ---- Reload -------------------------------------------------------------------------------- */

/* Whether the newer file still knows the brokers' pair of the one at hand. */
static bool knows_pair(const dd_keyring_t *keyring, const dd_keyring_t *newer)
{
    const uint8_t *key = dd_keyring_public_key(keyring);
    for (dd_key_age_t age = 0; age < DD_KEY_AGES; age++) {
        const uint8_t *known = dd_keyring_broker_key_of(newer, age);
        if (known && memcmp(known, key, DD_KEY_SIZE) == 0)
            return true;
    }
    return false;
}

/* A key file that can be used instead of the one at hand, or NULL. */
static dd_keyring_t *reload_keys(const loop_t *self, const config_t *config, dd_problem_t *problem)
{
    dd_keyring_t *keyring = config_load_keys(config, problem);
    if (!keyring || knows_pair(self->keyring, keyring))
        return keyring;
    dd_problem(problem, DD_E_KEYS,
        "%s has another pair of keys for brokers and doesn't know the one before, which takes a "
        "restart",
        config->keys);
    dd_keyring_destroy(&keyring);
    return NULL;
}

static void spread_keyring(const loop_t *self)
{
    core_set_keyring(self->core, self->keyring, loop_now_ms());
    for (size_t i = 0; i < self->transport_count; i++) {
        transport_t *transport = self->transports[i];
        if (transport->ops->set_keyring)
            transport->ops->set_keyring(transport, self->keyring);
    }
}

/* All that a reload brings. */
typedef struct {
    config_t config;
    dd_keyring_t *keyring;
    http_plan_t http;
} newer_t;

static dd_error_t read_newer(loop_t *self, newer_t *newer, dd_problem_t *problem)
{
    config_t *config = &newer->config;
    *newer = (newer_t){.http = {.fd = -1}};
    if (config_read(config, self->argc, self->argv, problem) != CONFIG_RUN)
        return DD_E_ARGUMENT;
    if (!(newer->keyring = reload_keys(self, config, problem)))
        return DD_E_KEYS;
    dd_error_t result =
        http_prepare(self->http, config->http, config->http_token_file, &newer->http, problem);
    return result != DD_OK ? result
                           : log_reopen(self->log, config->log_file,
                                 (dd_log_level_t)config->log_level, problem);
}

static void adopt_config(loop_t *self, config_t *newer)
{
    char others[256];
    bool moved = !config_option_same(config_option_in_file("parent"), self->config, newer);
    config_adopt(self->config, newer, others, sizeof others);
    if (others[0])
        log_write(
            self->log, DD_LOG_WARNING, "a restart is needed for the new value of: %s", others);
    settings_share_descriptors(self);
    core_settings_t chosen = settings_of_core(self);
    core_set_limits(self->core, &chosen);
    input_account_set_max(self->config->input_max);
    if (moved)
        core_set_parents(self->core, &self->config->parents);
}

/* The new one comes first: the configuration's tenants are looked for in it. */
static void adopt(loop_t *self, newer_t *newer)
{
    dd_keyring_t *old = self->keyring;
    self->keyring = newer->keyring;
    newer->keyring = old; /* to be freed */
    adopt_config(self, &newer->config);
    http_follow(self->http, self->config->http, &newer->http);
    spread_keyring(self);
}

/* Everything is read before anything changes, so that a reload works whole or not at all. */
static dd_error_t reload(loop_t *self, dd_problem_t *problem)
{
    newer_t newer;
    dd_error_t result = read_newer(self, &newer, problem);
    if (result == DD_OK)
        adopt(self, &newer);
    else
        http_drop(self->http, &newer.http);
    dd_keyring_destroy(&newer.keyring);
    config_clear(&newer.config);
    return result;
}

static bool hang_up(loop_t *self)
{
    dd_problem_t problem;
    supervisor_reloading(self->supervisor, dd_clock_us());
    bool done = reload(self, &problem) == DD_OK;
    if (done)
        log_write(self->log, DD_LOG_NOTICE, "keys, limits and log reloaded");
    else {
        /* If the file was moved away, for good or to be compressed, no line shall get lost in it.
         */
        log_reopen(self->log, self->config->log_file, log_level(self->log), NULL);
        log_write(self->log, DD_LOG_ERROR, "nothing was reloaded: %s", problem.text);
    }
    supervisor_ready(self->supervisor);
    return done;
}

/* ---- The end ------------------------------------------------------------------------------- */

static void drain(loop_t *self)
{
    uint64_t now = loop_now_ms();
    self->drain_ms = now + DRAIN_LIMIT;
    for (size_t i = 0; i < self->transport_count; i++) {
        transport_t *transport = self->transports[i];
        if (transport->ops->drain)
            transport->ops->drain(transport);
    }
    core_drain(self->core, now);
}

static void stop(loop_t *self, const char *who)
{
    supervisor_stopping(self->supervisor);
    if (self->drain_ms) {
        log_write(self->log, DD_LOG_WARNING, "ends at once: told a second time, by %s", who);
        self->aborted = true;
        return;
    }
    log_write(self->log, DD_LOG_NOTICE, "shutting down: told by %s", who);
    drain(self);
}

void signals_take(loop_t *self)
{
    struct signalfd_siginfo info;
    while (read(self->signals, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGHUP)
            reload_request_answer(&info, hang_up(self));
        else
            stop(self, info.ssi_signo == SIGINT ? "SIGINT" : "SIGTERM");
    }
    if (self->told_to_stop && !self->drain_ms)
        stop(self, "an operator");
}
