/*
 * loop - the broker as a process: builds it up, waits for what happens, and ends it in order
 */
#include "loop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <zmq.h>

#include "legacy.h"
#include "libdd/clock.h"
#include "libdd/problem.h"
#include "log.h"
#include "router.h"
#include "uplink.h"
#include "zap.h"

/* ms between two looks at the heartbeats. */
#define TICK 250
/* ms that peers have to take what waits for them and to leave, once the broker is told to end. */
#define DRAIN_LIMIT 2000
/* File descriptors that are not for connections: ZeroMQ's own, files, the connection to the parent,
   and those that are still in their handshake. */
#define DESCRIPTOR_RESERVE 256

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
    router_t *router;
    uplink_t *uplink;       /* NULL without a parent */
    legacy_t *legacy;       /* NULL without an endpoint for it */
    size_t descriptors_max; /* connections that fit the process's limit */
    size_t clients_max;     /* as configured, or less */
    uint64_t tick_ms;       /* next look at the heartbeats */
    uint64_t drain_ms;      /* until when peers may leave; 0 while not draining */
    bool told_to_stop;      /* by an operator; not yet begun */
    bool aborted;           /* told to end a second time */
} loop_t;

static uint64_t now_ms(void)
{
    return dd_clock_us() / 1000;
}

/* ---- Building up --------------------------------------------------------------------------- */

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
    rlim_t wanted = self->config->clients_max + DESCRIPTOR_RESERVE;
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
static void obey(void *arg, core_control_t control, log_level_t level)
{
    loop_t *self = arg;
    if (control == CONTROL_LOG_LEVEL)
        log_set_level(self->log, level);
    else
        self->told_to_stop = true;
}

static void limit_clients(loop_t *self)
{
    size_t wanted = self->config->clients_max;
    self->clients_max = wanted < self->descriptors_max ? wanted : self->descriptors_max;
    if (self->clients_max < wanted)
        log_write(self->log, LOG_WARNING,
            "clients-max is %zu instead of %zu: raise the limit of open files to %zu",
            self->clients_max, wanted, wanted + DESCRIPTOR_RESERVE);
}

static core_settings_t settings(loop_t *self)
{
    const config_t *config = self->config;
    limit_clients(self);
    return (core_settings_t){
        .name = config->name,
        .scope = config->scope,
        .has_parent = config->parent,
        .heartbeat = (uint32_t)config->heartbeat,
        .payload_max = (uint32_t)config->payload_max,
        .outbox_client = config->client_outbox,
        .outbox_link = config->link_outbox,
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
    core_settings_t chosen = settings(self);
    self->context = zmq_ctx_new();
    if (self->context)
        zmq_ctx_set(self->context, ZMQ_IO_THREADS, (int)self->config->io_threads);
    self->core = core_new(&chosen, self->keyring, now_ms());
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
        self->router =
            router_new(self->context, self->core, self->log, self->keyring, &limits, problem);
    if (!self->router)
        return DD_E_NETWORK;
    if (config->parent) {
        self->uplink =
            uplink_new(self->context, self->core, self->log, config->parent, &limits, problem);
        if (!self->uplink)
            return DD_E_MEMORY;
    }
    for (size_t i = 0; i < config->listen.count; i++)
        if (router_listen(self->router, config->listen.items[i], problem) != DD_OK)
            return DD_E_NETWORK;
    return open_legacy(self, &limits, problem);
}

static dd_error_t start(loop_t *self, dd_problem_t *problem)
{
    dd_error_t result = open_signals(self, problem);
    if (result != DD_OK)
        return result;
    self->keyring = config_load_keys(self->config, problem);
    if (!self->keyring)
        return DD_E_KEYS;
    log_write(self->log, LOG_NOTICE, "broker %s starts: version %s, scope %s, keys in %s",
        self->config->name, DD_VERSION, self->config->scope, self->config->keys);
    raise_descriptors(self);
    result = open_core(self, problem);
    return result == DD_OK ? open_sockets(self, problem) : result;
}

static void finish(loop_t *self)
{
    uint64_t now = now_ms();
    legacy_destroy(&self->legacy, now);
    uplink_destroy(&self->uplink, now);
    router_destroy(&self->router, now);
    zap_destroy(&self->zap);
    core_destroy(&self->core);
    if (self->context)
        zmq_ctx_term(self->context);
    dd_keyring_destroy(&self->keyring);
    if (self->signals >= 0)
        close(self->signals);
    log_destroy(&self->log);
}

/* ---- Signals ------------------------------------------------------------------------------- */

/* A key file that can be used instead of the one at hand, or NULL. */
static dd_keyring_t *reload_keys(const loop_t *self, const config_t *config, dd_problem_t *problem)
{
    dd_keyring_t *keyring = config_load_keys(config, problem);
    if (!keyring || memcmp(dd_keyring_public_key(keyring), dd_keyring_public_key(self->keyring),
                        DD_KEY_SIZE) == 0)
        return keyring;
    dd_problem(problem, DD_E_KEYS, "%s has another pair of keys for brokers, which takes a restart",
        config->keys);
    dd_keyring_destroy(&keyring);
    return NULL;
}

/* Everything is read before anything changes, so that a reload works whole or not at all. */
static dd_error_t reload(loop_t *self, dd_problem_t *problem)
{
    config_t newer;
    dd_keyring_t *keyring = NULL;
    config_outcome_t outcome = config_read(&newer, self->argc, self->argv, problem);
    dd_error_t result = outcome == CONFIG_RUN ? DD_OK : DD_E_ARGUMENT;
    if (result == DD_OK && !(keyring = reload_keys(self, &newer, problem)))
        result = DD_E_KEYS;
    if (result == DD_OK)
        result = log_reopen(self->log, newer.log_file, (log_level_t)newer.log_level, problem);
    if (result != DD_OK)
        goto cleanup;
    char others[256];
    config_adopt(self->config, &newer, others, sizeof others);
    if (others[0])
        log_write(self->log, LOG_WARNING, "a restart is needed for the new value of: %s", others);
    dd_keyring_t *old = self->keyring;
    self->keyring = keyring;
    keyring = old; /* to be freed */
    core_settings_t chosen = settings(self);
    core_set_limits(self->core, &chosen);
    core_set_keyring(self->core, self->keyring, now_ms());
    if (self->legacy)
        legacy_set_keyring(self->legacy, self->keyring);
cleanup:
    dd_keyring_destroy(&keyring);
    config_clear(&newer);
    return result;
}

static void hang_up(loop_t *self)
{
    dd_problem_t problem;
    if (reload(self, &problem) == DD_OK)
        log_write(self->log, LOG_NOTICE, "keys, limits and log reloaded");
    else
        log_write(self->log, LOG_ERROR, "nothing was reloaded: %s", problem.text);
}

static void stop(loop_t *self, const char *who)
{
    if (self->drain_ms) {
        log_write(self->log, LOG_WARNING, "ends at once: told a second time, by %s", who);
        self->aborted = true;
        return;
    }
    uint64_t now = now_ms();
    log_write(self->log, LOG_NOTICE, "shutting down: told by %s", who);
    self->drain_ms = now + DRAIN_LIMIT;
    if (self->uplink)
        uplink_drain(self->uplink);
    core_drain(self->core, now);
}

static void take_orders(loop_t *self)
{
    struct signalfd_siginfo info;
    while (read(self->signals, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGHUP)
            hang_up(self);
        else
            stop(self, info.ssi_signo == SIGINT ? "SIGINT" : "SIGTERM");
    }
    if (self->told_to_stop && !self->drain_ms)
        stop(self, "an operator");
}

/* ---- The loop ------------------------------------------------------------------------------ */

/* Where news comes from, each with its place in the array for poll(2). */
enum { SIGNALS, ASKED, NEWS, FRAMES, UP_NEWS, UP_FRAMES, LEGACY_NEWS, LEGACY_FRAMES, SOURCES };

static bool is_blocked(const loop_t *self)
{
    return router_blocked(self->router) || (self->uplink && uplink_blocked(self->uplink)) ||
           (self->legacy && legacy_blocked(self->legacy));
}

/* Nobody is connected any more, or the time for leaving is over. */
static bool is_drained(const loop_t *self, uint64_t now)
{
    bool alone =
        core_connections(self->core) == 0 && !(self->uplink && uplink_connected(self->uplink));
    return alone || now >= self->drain_ms;
}

/* ms to wait for something to happen. */
static int patience(const loop_t *self, uint64_t now)
{
    uint64_t due = self->tick_ms;
    if (self->uplink && uplink_due(self->uplink) < due)
        due = uplink_due(self->uplink);
    if (is_blocked(self) && now + 1 < due)
        due = now + 1;
    return due > now ? (int)(due - now) : 0;
}

/* What poll(2) takes for a ZeroMQ socket, or for none. */
static struct pollfd source(void *socket)
{
    struct pollfd item = {.fd = -1, .events = POLLIN};
    size_t size = sizeof item.fd;
    if (socket)
        zmq_getsockopt(socket, ZMQ_FD, &item.fd, &size);
    return item;
}

/*
 * Not zmq_poll(), which asks every socket at each call and so makes many system calls for each
 * message of a broker with little to do. The descriptor of a ZeroMQ socket tells only of a change:
 * each one must be read until there is nothing left, and read again after something was sent,
 * since sending may take in the change.
 */
static void wait_for_news(const loop_t *self, struct pollfd items[SOURCES], int timeout)
{
    items[SIGNALS] = (struct pollfd){.fd = self->signals, .events = POLLIN};
    items[ASKED] = source(zap_socket(self->zap));
    items[NEWS] = source(router_monitor(self->router));
    items[FRAMES] = source(router_socket(self->router));
    items[UP_NEWS] = source(self->uplink ? uplink_monitor(self->uplink) : NULL);
    items[UP_FRAMES] = source(self->uplink ? uplink_socket(self->uplink) : NULL);
    items[LEGACY_NEWS] = source(self->legacy ? legacy_monitor(self->legacy) : NULL);
    items[LEGACY_FRAMES] = source(self->legacy ? legacy_socket(self->legacy) : NULL);
    if (poll(items, SOURCES, timeout) >= 0)
        return;
    for (size_t i = 0; i < SOURCES; i++)
        items[i].revents = 0;
}

static void answer_zap(loop_t *self)
{
    size_t open =
        router_connections(self->router) + (self->legacy ? legacy_connections(self->legacy) : 0);
    bool full = self->drain_ms || core_connections(self->core) >= self->clients_max ||
                open > self->descriptors_max;
    zap_work(self->zap, self->keyring, full);
}

/* Takes in what is there; all says to look everywhere, again where frames come from. True if there
   may be more. */
static bool take_in(
    loop_t *self, const struct pollfd items[SOURCES], bool all, bool again, uint64_t now)
{
    bool more = false;
    if (all || items[SIGNALS].revents)
        take_orders(self);
    if (all || items[ASKED].revents)
        answer_zap(self);
    if (all || items[NEWS].revents)
        router_watch(self->router, now);
    if (all || again || items[NEWS].revents || items[FRAMES].revents)
        more = router_work(self->router, now);
    if (self->uplink && (all || again || items[UP_NEWS].revents || items[UP_FRAMES].revents ||
                            now >= uplink_due(self->uplink)))
        more |= uplink_work(self->uplink, self->keyring, now);
    if (self->legacy &&
        (all || again || items[LEGACY_NEWS].revents || items[LEGACY_FRAMES].revents))
        more |= legacy_work(self->legacy, now);
    return more;
}

static void tick(loop_t *self, uint64_t now)
{
    self->tick_ms = now + TICK;
    core_tick(self->core, now);
    router_tick(self->router, now);
    if (self->legacy)
        legacy_tick(self->legacy, now);
    log_tick(self->log, now);
}

/* Gives those who were blocked another try. */
static void retry(loop_t *self, uint64_t now)
{
    router_retry(self->router, now);
    if (self->uplink)
        uplink_retry(self->uplink);
    if (self->legacy)
        legacy_retry(self->legacy, now);
}

/* Sends what the core has for its peers. True if there was something. */
static bool flush(loop_t *self, uint64_t now)
{
    bool sent = false;
    peer_t *peer;
    while ((peer = core_next_dirty(self->core))) {
        sent = true;
        if (peer->role == ROLE_PARENT)
            uplink_flush(self->uplink);
        else if (peer->protocol != DD_FRAME_VERSION)
            legacy_flush(self->legacy, peer, now);
        else
            router_flush(self->router, peer, now);
    }
    return sent;
}

static void run(loop_t *self)
{
    struct pollfd items[SOURCES];
    bool again = true;
    for (;;) {
        wait_for_news(self, items, again ? 0 : patience(self, now_ms()));
        uint64_t now = now_ms();
        bool all = now >= self->tick_ms;
        again = take_in(self, items, all, again, now);
        if (all)
            tick(self, now);
        retry(self, now);
        again |= flush(self, now);
        if (self->aborted || (self->drain_ms && is_drained(self, now)))
            break;
    }
    log_write(self->log, LOG_NOTICE, "broker %s has ended", self->config->name);
}

int loop_run(config_t *config, int argc, char **argv)
{
    dd_problem_t problem;
    loop_t self = {.config = config, .argc = argc, .argv = argv, .signals = -1};
    self.log = log_new(config->log_file, (log_level_t)config->log_level, &problem);
    if (!self.log) {
        fprintf(stderr, "ddbroker: %s\n", problem.text);
        return LOOP_FAILED;
    }
    bool started = start(&self, &problem) == DD_OK;
    if (started)
        run(&self);
    else
        log_write(self.log, LOG_ERROR, "can't start: %s", problem.text);
    bool in_order = started && !self.aborted;
    finish(&self);
    return in_order ? LOOP_STOPPED : LOOP_FAILED;
}
