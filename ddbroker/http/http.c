/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * http - health and figures for monitors
 *
 * libmicrohttpd does the speaking, without a thread: its epoll descriptor is one of those that the
 * loop polls. It doesn't accept connections itself, since it would do so through input_account.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http_listener.h"
#include "http_state.h"
#include "libdd/base/problem.h"

/* Bytes of a connection's request and of what is being sent to it. */
#define MEMORY (32 * 1024)
/* s of silence until a connection is cut. */
#define SILENCE 10

enum { LISTENER, DAEMON };

/* ---- Connections --------------------------------------------------------------------------- */

/* Before its descriptor is closed. */
static void on_connection(void *http, struct MHD_Connection *connection, void **context,
    enum MHD_ConnectionNotificationCode code)
{
    http_t *self = http;
    (void)context;
    http_place_t *place = http_places_of(&self->places, connection);
    if (place && code == MHD_CONNECTION_NOTIFY_CLOSED)
        http_place_leave(place);
}

/* As many as have places. */
static void accept_some(http_t *self)
{
    static const struct sockaddr NOBODY;
    http_place_t *place;
    while (self->listener >= 0 && (place = http_places_free(&self->places))) {
        int fd = http_listener_accept(self->listener);
        if (fd < 0) {
            self->pauses = errno == EMFILE || errno == ENFILE;
            return;
        }
        http_place_take(place, fd, self->now_ms);
        if (MHD_add_connection(self->daemon, fd, &NOBODY, sizeof NOBODY) != MHD_YES)
            http_place_leave(place); /* it has been closed */
    }
}

/* Strangers keep nobody out: who comes when all places are taken gets that of the one who is there
   for the longest and hasn't brought the token. */
static void make_way(http_t *self)
{
    if (self->listener >= 0 && !self->pauses && !http_places_free(&self->places) &&
        http_listener_is_knocked_at(self->listener))
        http_places_make_way(&self->places);
}

/* ---- The loop ------------------------------------------------------------------------------ */

/* Has the daemon do what there is to do, a piece for each connection. */
static void run(http_t *self)
{
    MHD_UNSIGNED_LONG_LONG timeout;
    self->due_ms = UINT64_MAX;
    if (!self->daemon)
        return;
    MHD_run(self->daemon);
    if (MHD_get_timeout(self->daemon, &timeout) == MHD_YES)
        self->due_ms = self->now_ms + timeout;
}

/* The daemon goes on with those who are woken when it is called the next time. */
static void wake_if_over(http_t *self, bool went_on)
{
    if (!went_on || self->survey.goes_on)
        return;
    http_answers_wake(self);
    self->due_ms = 0;
}

static bool work(transport_t *transport, uint64_t now_ms)
{
    http_t *self = (http_t *)transport;
    self->now_ms = now_ms;
    if (self->behind)
        core_not_flushed(self->core, self->survey.peer);
    self->behind = false;
    if (!self->pauses)
        accept_some(self);
    run(self);
    make_way(self); /* when all who have come are read */
    return false;
}

static uint64_t due(const transport_t *transport)
{
    const http_t *self = (const http_t *)transport;
    return self->behind ? 0 : self->due_ms;
}

static void tick(transport_t *transport, uint64_t now_ms)
{
    http_t *self = (http_t *)transport;
    bool went_on = self->survey.goes_on;
    self->now_ms = now_ms;
    self->pauses = false;
    http_places_cut_overdue(&self->places, now_ms);
    survey_tick(&self->survey, now_ms);
    wake_if_over(self, went_on);
}

/* A part of the survey, so that many brokers' reports aren't read in one turn. */
static void flush(transport_t *transport, peer_t *peer, uint64_t now_ms)
{
    http_t *self = (http_t *)transport;
    bool went_on = self->survey.goes_on;
    self->now_ms = now_ms;
    self->behind = survey_take(&self->survey);
    core_flushed(self->core, peer);
    wake_if_over(self, went_on);
}

static void descriptors(
    const transport_t *transport, struct pollfd items[TRANSPORT_DESCRIPTORS_MAX])
{
    http_t *self = (http_t *)transport;
    const union MHD_DaemonInfo *info =
        self->daemon ? MHD_get_daemon_info(self->daemon, MHD_DAEMON_INFO_EPOLL_FD) : NULL;
    if (!self->pauses && http_places_give_way(&self->places))
        items[LISTENER] = (struct pollfd){.fd = self->listener, .events = POLLIN};
    if (info)
        items[DAEMON] = (struct pollfd){.fd = info->epoll_fd, .events = POLLIN};
}

static bool look(const transport_t *transport, const peer_t *peer, dd_traffic_t *traffic)
{
    (void)transport, (void)peer, (void)traffic;
    return false;
}

static size_t peers(const transport_t *transport)
{
    (void)transport;
    return 0;
}

/* ---- The whole ----------------------------------------------------------------------------- */

static void close_listener(http_t *self)
{
    if (self->listener >= 0)
        close(self->listener);
    self->listener = -1;
}

/* libmicrohttpd would end the process if there were still some who wait. */
static void stop_daemon(http_t *self)
{
    if (!self->daemon)
        return;
    bool went_on = self->survey.goes_on;
    self->survey.goes_on = false;
    wake_if_over(self, went_on);
    run(self);
    MHD_stop_daemon(self->daemon);
}

static void destroy(transport_t *transport, uint64_t now_ms)
{
    http_t *self = (http_t *)transport;
    self->now_ms = now_ms;
    close_listener(self);
    stop_daemon(self);
    http_answers_forget(self);
    survey_end(&self->survey, now_ms);
    free(self);
}

static const transport_ops_t OPS = {
    .destroy = destroy,
    .descriptors = descriptors,
    .work = work,
    .due = due,
    .tick = tick,
    .flush = flush,
    .look = look,
    .peers = peers,
};

http_t *http_new(const transport_settings_t *settings, dd_problem_t *problem)
{
    http_t *self = calloc(1, sizeof *self);
    if (!self) {
        dd_problem(problem, DD_E_MEMORY, "out of memory");
        return NULL;
    }
    self->transport.ops = &OPS;
    self->route.transport = &self->transport;
    self->core = settings->core;
    self->log = settings->log;
    self->listener = -1;
    self->due_ms = UINT64_MAX;
    self->started_wall_ms = dd_clock_wall_ms();
    http_places_init(&self->places);
    return self;
}

transport_t *http_transport(http_t *self)
{
    return &self->transport;
}

/* ---- Where it listens ---------------------------------------------------------------------- */

static struct MHD_Daemon *start_daemon(http_t *self)
{
    return MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME, 0,
        NULL, NULL, http_answer, self, MHD_OPTION_CONNECTION_LIMIT, HTTP_CONNECTIONS_MAX,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY, MHD_OPTION_CONNECTION_TIMEOUT, SILENCE,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, self, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
        MHD_OPTION_END);
}

static bool is_there(const http_t *self, const char *address)
{
    return self->listener >= 0 && strcmp(self->address, address) == 0;
}

dd_error_t http_prepare(http_t *self, const char *address, const char *token_file,
    http_plan_t *plan, dd_problem_t *problem)
{
    *plan = (http_plan_t){.fd = -1};
    dd_error_t result = token_load(&plan->token, token_file, problem);
    if (result != DD_OK || !address)
        return result;
    if (!self->daemon && !(self->daemon = start_daemon(self)))
        return dd_problem(problem, DD_E_MEMORY, "http: out of memory or descriptors");
    if (is_there(self, address))
        plan->fd = self->listener;
    else
        result = http_listener_open(address, &plan->fd, plan->shown, sizeof plan->shown, problem);
    return result;
}

void http_drop(const http_t *self, const http_plan_t *plan)
{
    if (plan->fd >= 0 && plan->fd != self->listener)
        close(plan->fd);
}

void http_follow(http_t *self, const char *address, const http_plan_t *plan)
{
    self->token = plan->token;
    if (plan->fd == self->listener)
        return;
    close_listener(self);
    self->listener = plan->fd;
    snprintf(self->address, sizeof self->address, "%s", address ? address : "");
    if (address)
        log_write(self->log, DD_LOG_NOTICE, "listening on %s", plan->shown);
}
