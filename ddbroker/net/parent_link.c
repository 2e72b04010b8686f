/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * parent_link - the sockets' side of the parent: keeps one connection to it, for ever
 */
#include "parent_link.h"

#include <sodium.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "libdd/base/backoff.h"
#include "libdd/base/hash.h"
#include "libdd/base/problem.h"
#include "libdd/net/dialer.h"
#include "libdd/net/traffic.h"

/* ms between two lines about a failure that goes on. */
#define TELL_INTERVAL 60000
/* ms: the shortest pause where trying again soon is no use, and what is added at random. */
#define LONG_PAUSE 10000
#define LONG_JITTER 5000
/* The same for a loop: several of a ring may have given way at once, and one of them has to try
   again within five seconds; and for a broker that is a root because its parents are beneath it. */
#define LOOP_PAUSE 2500
#define LOOP_JITTER 2000
/* ms for a parent to let this broker go to another. */
#define DEPART_LIMIT 1000
/* ms that the last words to a parent have to leave after the connection is given up. */
#define LINGER 200
/* ms between two looks whether the parents that are not in use would answer, and before the first.
 */
#define PROBE_INTERVAL 60000
#define PROBE_FIRST 1000

/* Where the descriptors of one of the two dialers stand among those to poll. */
enum { WAKE, OWN_NEWS, PROBE_NEWS = OWN_NEWS + DD_DIALER_NEWS_MAX };
_Static_assert(PROBE_NEWS + DD_DIALER_NEWS_MAX <= TRANSPORT_DESCRIPTORS_MAX, "one too many");

typedef struct {
    transport_t transport;   /* first */
    transport_route_t route; /* the peer's */
    void *context;
    core_t *core;
    log_t *log;
    const dd_keyring_t *keyring;
    dd_login_t login;   /* with which of its keys */
    parents_t *parents; /* the core's */
    uint32_t payload_max;
    int wake_fd;         /* an eventfd that the dialers' other threads write to */
    dd_dialer_t *dial;   /* NULL during a pause */
    peer_t *peer;        /* NULL until the dial is connected */
    int fd;              /* of the connection, to be looked at only; -1 before its first frame */
    zmq_msg_t begun;     /* a frame that is taken in up to begun_at */
    size_t begun_at;     /* 0: there is none */
    unsigned departures; /* of the parents, as many as were made */
    uint64_t departs_ms; /* when the one that is being left is given up; 0: none is */
    unsigned changes;    /* of their list, as many as were seen */
    dd_backoff_t backoff;
    bool looped;      /* one of those that were tried since the last pause is beneath this broker */
    bool patient;     /* or won't have it, which takes somebody to change */
    uint64_t next_ms; /* no dial: when to try again */
    uint64_t retry_ms; /* when a blocked peer is tried again */
    bool blocked;      /* ZeroMQ takes no more for now */
    bool draining;

    struct {
        unsigned reason;   /* a hash of the failure that was told last; 0 while all is well */
        uint64_t again_ms; /* when it may be told again */
    } told[DD_ENDPOINTS_MAX];

    dd_dialer_t *probe; /* to a parent that is not in use; or NULL */
    size_t probed;      /* its index, or that of the last one */
    uint64_t probe_ms;  /* no probe: when to make one */
} parent_link_t;

/* ZeroMQ puts the connection on that of its threads that has the least to do: it may be the one of
   reserved endpoints, since a parent isn't anybody. */
static dd_dialer_t *dial(parent_link_t *self, const char *endpoint, dd_problem_t *problem)
{
    const dd_dialer_settings_t settings = {.context = self->context,
        .keyring = self->keyring,
        .own_key = self->login.own,
        .payload_max = self->payload_max,
        .waker = dd_waker_of(self->wake_fd)};
    return dd_dialer_new(&settings, endpoint, problem);
}

static void hang_up(parent_link_t *self, uint64_t now_ms)
{
    if (self->peer)
        core_disconnect(self->core, self->peer, now_ms);
    self->peer = NULL;
    zmq_msg_close(&self->begun);
    zmq_msg_init(&self->begun);
    self->begun_at = 0;
    self->blocked = false;
    if (self->dial)
        dd_dialer_linger(self->dial, LINGER);
    dd_dialer_destroy(&self->dial);
}

/* ---- Failures ------------------------------------------------------------------------------ */

/* That this broker is a root is no failure: it is told once. */
static void tell(parent_link_t *self, const dd_problem_t *why, uint64_t now_ms)
{
    size_t index = self->parents->chosen;
    unsigned reason = dd_hash_bytes(why->text, strlen(why->text)) | 1u;
    bool root = why->error == DD_E_LOOP;
    if (reason == self->told[index].reason && (root || now_ms < self->told[index].again_ms))
        return;
    log_write(self->log, root ? DD_LOG_NOTICE : DD_LOG_WARNING, "no connection to the parent: %s",
        why->text);
    self->told[index].reason = reason;
    self->told[index].again_ms = now_ms + TELL_INTERVAL;
}

/* Somebody has to change a configuration first. */
static bool wants_patience(dd_error_t why)
{
    return why == DD_E_HOP_LIMIT || why == DD_E_SCOPE_INVALID || why == DD_E_NAME_INVALID ||
           why == DD_E_LIMIT || why == DD_E_PROTOCOL || why == DD_E_MALFORMED;
}

static uint32_t choose_pause(parent_link_t *self)
{
    bool looped = self->looped, patient = self->patient;
    self->looped = self->patient = false;
    if (looped)
        return LOOP_PAUSE + randombytes_uniform(LOOP_JITTER);
    return patient ? LONG_PAUSE + randombytes_uniform(LONG_JITTER)
                   : dd_backoff_next(&self->backoff, randombytes_random());
}

static parent_health_t health_after(const parent_link_t *self, dd_error_t why)
{
    parent_health_t known = self->parents->health[self->parents->chosen];
    if (why == DD_E_LOOP)
        return known == PARENT_ITSELF ? known : PARENT_ANSWERS;
    return PARENT_SILENT;
}

/* Goes on to the next parent, at once unless all have been tried. */
static void give_up(parent_link_t *self, const dd_problem_t *reason, uint64_t now_ms)
{
    dd_problem_t why = *reason; /* it may be the dial's, which ends here */
    hang_up(self, now_ms);
    self->next_ms = UINT64_MAX;
    if (self->draining || !parents_chosen(self->parents))
        return;
    tell(self, &why, now_ms);
    self->looped |= why.error == DD_E_LOOP;
    self->patient |= wants_patience(why.error);
    bool all_tried =
        core_parent_failed(self->core, health_after(self, why.error), why.text, now_ms);
    self->next_ms = all_tried ? now_ms + choose_pause(self) : now_ms;
}

/* ---- Work ---------------------------------------------------------------------------------- */

static void begin(parent_link_t *self, uint64_t now_ms)
{
    dd_problem_t problem;
    const char *endpoint = parents_chosen(self->parents);
    self->next_ms = UINT64_MAX;
    if (!endpoint)
        return;
    self->dial = dial(self, endpoint, &problem);
    if (!self->dial)
        give_up(self, &problem, now_ms);
}

static void connected(parent_link_t *self, uint64_t now_ms)
{
    self->fd = -1;
    self->peer = core_connect_parent(self->core, &self->route, now_ms);
    dd_problem_t problem;
    if (self->peer)
        return;
    dd_problem(&problem, DD_E_MEMORY, "out of memory");
    give_up(self, &problem, now_ms);
}

/* What is left of the frame waits for another turn. */
static void take_in(parent_link_t *self, zmq_msg_t *frame, uint64_t now_ms)
{
    size_t size = zmq_msg_size(frame);
    size_t at =
        core_input_from(self->core, self->peer, zmq_msg_data(frame), size, self->begun_at, now_ms);
    self->begun_at = at < size ? at : 0;
    if (at < size)
        zmq_msg_move(&self->begun, frame);
}

/* The frame that is to be taken in next; one that was begun comes first. */
static dd_error_t next_frame(parent_link_t *self, zmq_msg_t *frame)
{
    if (self->begun_at == 0)
        return dd_socket_receive(dd_dialer_socket(self->dial), NULL, frame);
    zmq_msg_move(frame, &self->begun);
    return DD_OK;
}

/* True if there may be more. */
static bool take_frames(parent_link_t *self, uint64_t now_ms)
{
    uint64_t began_us = dd_clock_us();
    for (int i = 0; self->peer && transport_takes(self->core, i, began_us); i++) {
        zmq_msg_t frame;
        zmq_msg_init(&frame);
        dd_error_t result = next_frame(self, &frame);
        if (self->fd < 0 && result == DD_OK)
            self->fd = zmq_msg_get(&frame, ZMQ_SRCFD);
        if (result == DD_OK)
            take_in(self, &frame, now_ms);
        else if (result == DD_E_MALFORMED)
            core_bad_input(self->core, self->peer, now_ms);
        zmq_msg_close(&frame);
        if (result == DD_E_TIMEOUT)
            return false;
    }
    return self->peer;
}

static void flush(transport_t *transport, peer_t *peer, uint64_t now_ms)
{
    parent_link_t *self = (parent_link_t *)transport;
    if (self->blocked)
        return;
    dd_error_t result =
        dd_socket_flush(dd_dialer_socket(self->dial), dd_bytes("", 0), &peer->outbox);
    if (result == DD_OK) {
        core_flushed(self->core, peer);
        return;
    }
    self->blocked = true; /* full; or gone, and then the dialer tells */
    self->retry_ms = now_ms + 1;
}

static void retry(parent_link_t *self)
{
    self->blocked = false;
    core_not_flushed(self->core, self->peer);
}

static bool is_departing(const parent_link_t *self)
{
    return self->departs_ms > 0;
}

/* All is well once the parent has admitted this broker; the core logs that. */
static void check_ready(parent_link_t *self, uint64_t now_ms)
{
    if (!self->peer || self->peer->state != PEER_READY || self->parents->joined ||
        is_departing(self))
        return;
    core_parent_joined(self->core, now_ms);
    dd_backoff_reset(&self->backoff);
    self->looped = self->patient = false;
    memset(self->told, 0, sizeof self->told);
}

/* The parent that wasn't wanted any more is left: only now is the next one joined. */
static void finish_departure(parent_link_t *self, uint64_t now_ms)
{
    self->departs_ms = 0;
    hang_up(self, now_ms);
    memset(self->told, 0, sizeof self->told);
    dd_backoff_reset(&self->backoff);
    self->parents->joined = false;
    self->next_ms = now_ms;
}

/* The list has changed, and the parent at hand is not wanted any more: takes leave of it. */
static void depart(parent_link_t *self, uint64_t now_ms)
{
    self->departures = self->parents->departures;
    if (self->draining)
        return;
    self->departs_ms = now_ms + DEPART_LIMIT;
    if (self->peer)
        core_leave_parent(self->core, now_ms);
    else
        finish_departure(self, now_ms);
}

/* The core has ended the parent, or the parent this broker. */
static void check_ended(parent_link_t *self, uint64_t now_ms)
{
    dd_error_t why;
    dd_problem_t problem;
    if (!self->peer || !core_parent_ended(self->core, &why))
        return;
    flush(&self->transport, self->peer, now_ms);
    if (is_departing(self)) {
        finish_departure(self, now_ms);
        return;
    }
    dd_problem(&problem, why, "%s: %s", parents_chosen(self->parents), self->peer->why);
    give_up(self, &problem, now_ms);
}

/* ---- Parents that are not in use ----------------------------------------------------------- */

static void end_probe(parent_link_t *self, parent_health_t health)
{
    const char *endpoint = self->parents->list.items[self->probed];
    if (health == PARENT_SILENT && self->parents->health[self->probed] != health)
        log_write(self->log, DD_LOG_WARNING, "a parent in reserve: %s",
            dd_dialer_reason(self->probe)->text);
    else if (health == PARENT_ANSWERS && self->parents->health[self->probed] == PARENT_SILENT)
        log_write(self->log, DD_LOG_NOTICE, "a parent in reserve: %s answers again", endpoint);
    self->parents->health[self->probed] = health;
    dd_dialer_destroy(&self->probe);
}

static void next_probe(parent_link_t *self, uint64_t now_ms)
{
    self->probed = parents_unused(self->parents, self->probed);
    if (self->probed == SIZE_MAX)
        self->probe_ms = now_ms + PROBE_INTERVAL;
    else
        self->probe = dial(self, self->parents->list.items[self->probed], NULL);
}

/* A handshake is enough to know that a broker with the right keys is there. While there is no
   parent, they are all dialled anyway. */
static void probe(parent_link_t *self, uint64_t now_ms)
{
    if (!self->parents->joined || self->draining || self->changes != self->parents->changes) {
        dd_dialer_destroy(&self->probe);
        self->probed = SIZE_MAX;
        self->probe_ms = now_ms + PROBE_FIRST;
        self->changes = self->parents->changes;
        return;
    }
    dd_dialer_state_t state = self->probe ? dd_dialer_watch(self->probe) : DD_DIALER_LOST;
    if (self->probe && state != DD_DIALER_CONNECTING)
        end_probe(self, state == DD_DIALER_CONNECTED ? PARENT_ANSWERS : PARENT_SILENT);
    if (!self->probe && (self->probed != SIZE_MAX || now_ms >= self->probe_ms))
        next_probe(self, now_ms);
}

/* ---- The whole ----------------------------------------------------------------------------- */

/* A parent has refused the own pair, of which the key file has another: that one is next. */
static bool tries_another_key(parent_link_t *self, uint64_t now_ms)
{
    if (self->peer || dd_dialer_reason(self->dial)->error != DD_E_REFUSED ||
        !dd_keyring_next_login(self->keyring, &self->login))
        return false;
    hang_up(self, now_ms);
    self->next_ms = now_ms;
    return true;
}

/* True if there may be more. */
static bool work_at_dial(parent_link_t *self, uint64_t now_ms)
{
    dd_dialer_state_t state = dd_dialer_watch(self->dial);
    if (state == DD_DIALER_CONNECTED && !self->peer)
        connected(self, now_ms);
    bool more = take_frames(self, now_ms);
    check_ready(self, now_ms);
    check_ended(self, now_ms);
    bool over = state == DD_DIALER_LOST && !more && self->dial;
    if (is_departing(self) && (over || now_ms >= self->departs_ms))
        finish_departure(self, now_ms);
    else if (over && !tries_another_key(self, now_ms))
        give_up(self, dd_dialer_reason(self->dial), now_ms);
    return more;
}

static bool work(transport_t *transport, uint64_t now_ms)
{
    parent_link_t *self = (parent_link_t *)transport;
    eventfd_t wakes;
    eventfd_read(self->wake_fd, &wakes);
    if (self->departures != self->parents->departures && !is_departing(self))
        depart(self, now_ms);
    if (self->blocked && now_ms >= self->retry_ms)
        retry(self);
    if (!self->dial && now_ms >= self->next_ms)
        begin(self, now_ms);
    bool more = self->dial && work_at_dial(self, now_ms);
    probe(self, now_ms);
    return more;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t due(const transport_t *transport)
{
    const parent_link_t *self = (const parent_link_t *)transport;
    uint64_t due_ms = self->dial ? dd_dialer_due(self->dial) : self->next_ms;
    if (self->blocked)
        due_ms = earlier(due_ms, self->retry_ms);
    if (is_departing(self))
        return earlier(due_ms, self->departs_ms);
    if (self->departures != self->parents->departures)
        return 0;
    if (!self->parents->joined)
        return due_ms;
    return earlier(due_ms, self->probe ? dd_dialer_due(self->probe) : self->probe_ms);
}

static void destroy(transport_t *transport, uint64_t now_ms)
{
    parent_link_t *self = (parent_link_t *)transport;
    hang_up(self, now_ms);
    dd_dialer_destroy(&self->probe);
    if (self->wake_fd >= 0)
        close(self->wake_fd);
    free(self);
}

static transport_sockets_t sockets(const transport_t *transport)
{
    const parent_link_t *self = (const parent_link_t *)transport;
    return (transport_sockets_t){NULL, self->dial ? dd_dialer_socket(self->dial) : NULL};
}

static void descriptors(
    const transport_t *transport, struct pollfd items[TRANSPORT_DESCRIPTORS_MAX])
{
    const parent_link_t *self = (const parent_link_t *)transport;
    items[WAKE] = (struct pollfd){.fd = self->wake_fd, .events = POLLIN};
    if (self->dial)
        dd_dialer_news(self->dial, items + OWN_NEWS);
    if (self->probe)
        dd_dialer_news(self->probe, items + PROBE_NEWS);
}

static bool look(const transport_t *transport, const peer_t *peer, dd_traffic_t *traffic)
{
    const parent_link_t *self = (const parent_link_t *)transport;
    (void)peer;
    return self->fd >= 0 && dd_traffic(self->fd, traffic);
}

static size_t peers(const transport_t *transport)
{
    return ((const parent_link_t *)transport)->peer ? 1 : 0;
}

static void set_keyring(transport_t *transport, const dd_keyring_t *keyring)
{
    parent_link_t *self = (parent_link_t *)transport;
    self->keyring = keyring;
    self->login = (dd_login_t){0};
    dd_dialer_destroy(&self->probe);
    if (!self->dial || self->peer)
        return;
    dd_dialer_destroy(&self->dial); /* it is under way with keys that are no longer there */
    self->next_ms = 0;
}

static void drain(transport_t *transport)
{
    parent_link_t *self = (parent_link_t *)transport;
    self->draining = true;
    self->next_ms = UINT64_MAX;
}

static const transport_ops_t OPS = {
    .destroy = destroy,
    .sockets = sockets,
    .descriptors = descriptors,
    .work = work,
    .due = due,
    .flush = flush,
    .look = look,
    .peers = peers,
    .set_keyring = set_keyring,
    .drain = drain,
};

transport_t *parent_link_new(const transport_settings_t *settings, dd_problem_t *problem)
{
    parent_link_t *self = calloc(1, sizeof *self);
    if (self)
        self->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (!self || self->wake_fd < 0) {
        dd_problem(problem, DD_E_MEMORY, "out of memory or descriptors");
        free(self);
        return NULL;
    }
    zmq_msg_init(&self->begun);
    self->transport.ops = &OPS;
    self->route.transport = &self->transport;
    self->context = settings->context;
    self->core = settings->core;
    self->log = settings->log;
    self->keyring = settings->keyring;
    self->payload_max = settings->payload_max;
    self->parents = core_parents(self->core);
    self->departures = self->parents->departures;
    self->changes = self->parents->changes;
    self->probed = SIZE_MAX;
    return &self->transport;
}
