/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * connections - the connections of a ROUTER, by file descriptor, as its monitor tells of them
 */
#include "connections.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utlist.h>
#include <zmq.h>

#include "libdd/base/problem.h"

/* ms for a message within the process. */
#define FIRST_LIMIT 5000

/* Where the socket is listened on. */
typedef struct listening {
    struct listening *next;
    int fd; /* ZeroMQ's */
    unsigned kind;
    char endpoint[];
} listening_t;

/* What is wrong with a peer that doesn't encrypt: most are of the time before. */
#define WITHOUT_CURVE                                                                              \
    "doesn't use CURVE; a client of protocol 3 or 4 needs an endpoint of its own, see --legacy "   \
    "in ddbroker(8), and a broker of these is to be replaced"

struct connections {
    void *socket;
    void *monitor;
    log_t *log;
    input_door_t *door;
    uint64_t stranger; /* bytes that one may bring */
    listening_t *listening;
    unsigned kind; /* of endpoints that news tells of now */
    connection_t *by_fd;
    connection_t *strangers;
    size_t stranger_count;
    size_t cut_count; /* connections that were cut and are still open */
    bool needs_curve; /* handshakes are told of, since they can fail */
    uint64_t last_frame;
    routing_ids_t ids;
};

/* What the first of all connections is numbered, which nobody can have been before: one of our own,
   within the process. */
static bool learn_number(routing_ids_t *ids, void *context, void *socket)
{
    char endpoint[64], id[8];
    uint32_t number;
    int got = -1;
    snprintf(endpoint, sizeof endpoint, "inproc://first-of-%p", socket);
    void *first = zmq_socket(context, ZMQ_DEALER);
    if (!first)
        return false;
    zmq_pollitem_t item = {.socket = socket, .events = ZMQ_POLLIN};
    if (zmq_bind(socket, endpoint) == 0 && zmq_connect(first, endpoint) == 0 &&
        zmq_send(first, "", 0, ZMQ_DONTWAIT) == 0 && zmq_poll(&item, 1, FIRST_LIMIT) == 1)
        got = zmq_recv(socket, id, sizeof id, ZMQ_DONTWAIT);
    zmq_recv(socket, NULL, 0, ZMQ_DONTWAIT); /* the message itself */
    zmq_unbind(socket, endpoint);
    zmq_close(first);
    if (got < 0 || !routing_ids_number(dd_bytes(id, (size_t)got), &number))
        return false;
    routing_ids_init(ids, number);
    return true;
}

connections_t *connections_new(
    void *context, void *socket, log_t *log, uint64_t stranger, int handshakes)
{
    connections_t *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    self->socket = socket;
    self->log = log;
    self->stranger = stranger;
    self->needs_curve = handshakes != 0;
    self->door = input_door_new();
    if (self->door && learn_number(&self->ids, context, socket))
        self->monitor = dd_monitor_open(context, socket,
            ZMQ_EVENT_LISTENING | ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED |
                ZMQ_EVENT_ACCEPT_FAILED | handshakes);
    if (!self->monitor)
        connections_destroy(&self);
    return self;
}

static void forget_listening(listening_t **list)
{
    for (listening_t *listening; (listening = *list);) {
        *list = listening->next;
        free(listening);
    }
}

void connections_destroy(connections_t **self_p)
{
    connections_t *self = *self_p;
    if (!self)
        return;
    dd_monitor_close(self->monitor, self->socket);
    connection_t *connection, *next;
    HASH_ITER (hh, self->by_fd, connection, next) {
        input_account_end(&connection->account);
        HASH_DEL(self->by_fd, connection);
        free(connection);
    }
    forget_listening(&self->listening);
    input_door_destroy(&self->door);
    free(self);
    *self_p = NULL;
}

/*
 * A listening socket of ZeroMQ's has the keys that it began with, and owns the connections that it
 * has accepted: unbinding it would end them. So it goes on, but deaf, and another one takes over
 * the socket of the system, by a descriptor of its own. There is no moment when nobody listens.
 */
static dd_error_t hand_on(
    const connections_t *self, const listening_t *listening, dd_problem_t *problem)
{
    int none = -1, fd = dup(listening->fd); /* a broker runs no other programs */
    bool deaf = fd >= 0 && input_account_deafen(listening->fd);
    if (deaf && zmq_setsockopt(self->socket, ZMQ_USE_FD, &fd, sizeof fd) == 0 &&
        zmq_bind(self->socket, listening->endpoint) == 0) {
        zmq_setsockopt(self->socket, ZMQ_USE_FD, &none, sizeof none);
        return DD_OK;
    }
    zmq_setsockopt(self->socket, ZMQ_USE_FD, &none, sizeof none);
    if (deaf)
        input_account_hear(listening->fd);
    if (fd >= 0)
        close(fd);
    return dd_problem(
        problem, DD_E_LIMIT, "can't listen anew on %s: a restart is needed", listening->endpoint);
}

void connections_begin_kind(connections_t *self, unsigned kind)
{
    self->kind = kind;
}

dd_error_t connections_listen_anew(connections_t *self, dd_problem_t *problem)
{
    dd_error_t result = DD_OK;
    listening_t *before = self->listening, *listening;
    self->listening = NULL; /* news tells of the new ones */
    while ((listening = before)) {
        before = listening->next;
        bool concerned = listening->kind == self->kind;
        dd_error_t error = concerned ? hand_on(self, listening, problem) : DD_OK;
        if (concerned && error == DD_OK)
            free(listening);
        else
            LL_PREPEND(self->listening, listening);
        result = error == DD_OK ? result : error;
    }
    return result;
}

void *connections_monitor(const connections_t *self)
{
    return self->monitor;
}

size_t connections_count(const connections_t *self)
{
    return HASH_COUNT(self->by_fd);
}

static connection_t *find(const connections_t *self, int fd)
{
    connection_t *connection;
    HASH_FIND_INT(self->by_fd, &fd, connection);
    return connection;
}

/* ---- Strangers ----------------------------------------------------------------------------- */

connection_t *connections_strangers(const connections_t *self)
{
    return self->strangers;
}

size_t connections_stranger_count(const connections_t *self)
{
    return self->stranger_count;
}

static void add_stranger(connections_t *self, connection_t *connection)
{
    if (connection->stranger)
        return;
    connection->stranger = true;
    self->stranger_count++;
    DL_APPEND(self->strangers, connection);
}

static void remove_stranger(connections_t *self, connection_t *connection)
{
    if (!connection->stranger)
        return;
    connection->stranger = false;
    self->stranger_count--;
    DL_DELETE(self->strangers, connection);
}

/* ---- Owners -------------------------------------------------------------------------------- */

/* ZeroMQ numbers connections in the order in which they have shaken hands. -1 for an id that a peer
   has chosen for itself. */
static int64_t number_of(dd_bytes_t id)
{
    uint32_t number;
    return routing_ids_number(id, &number) ? (int64_t)number : -1;
}

bool connections_is_claimed(connections_t *self, int fd, dd_bytes_t id)
{
    uint32_t number;
    const connection_t *connection = fd >= 0 ? find(self, fd) : NULL;
    if (fd >= 0 && (!connection || connection->owner))
        return false; /* gone, or another's: of this id there are only last words */
    if (!routing_ids_number(id, &number))
        return id.size > 0 && id.data[0] == 0;
    return !routing_ids_take(&self->ids, connection ? &connection->then : NULL, number);
}

/* Numbers begin anywhere and go round. What was chosen is proof of nothing. */
static bool is_later(int64_t number, int64_t than)
{
    if (number < 0 || than < 0)
        return number >= 0;
    return number != than && (uint32_t)(number - than) <= INT32_MAX;
}

bool connections_own(connections_t *self, int fd, dd_bytes_t id, void *owner, void **former)
{
    connection_t *connection = find(self, fd);
    int64_t number = number_of(id);
    *former = NULL;
    if (!connection || (connection->owner && !is_later(number, connection->number)))
        return false;
    *former = connection->owner;
    connection->owner = owner;
    connection->number = number;
    remove_stranger(self, connection);
    return true;
}

connection_t *connections_of(const connections_t *self, int fd, const void *owner)
{
    connection_t *connection = find(self, fd);
    return connection && connection->owner == owner ? connection : NULL;
}

void connections_trust(connections_t *self, int fd, const void *owner)
{
    connection_t *connection = connections_of(self, fd, owner);
    if (connection)
        remove_stranger(self, connection);
}

void connections_doubt(connections_t *self, int fd, const void *owner, uint64_t now_ms)
{
    connection_t *connection = connections_of(self, fd, owner);
    if (!connection || connection->stranger)
        return;
    connection->since_ms = now_ms;
    add_stranger(self, connection);
}

void connections_disown(connections_t *self, int fd, const void *owner)
{
    connection_t *connection = connections_of(self, fd, owner);
    if (!connection)
        return;
    connection->owner = NULL;
    add_stranger(self, connection);
}

/* ---- Cutting ------------------------------------------------------------------------------- */

/* ZeroMQ's thread sees the end and closes its side. */
void connections_cut(connections_t *self, connection_t *connection)
{
    if (connection->account)
        input_account_cut(connection->account);
    else
        shutdown(connection->fd, SHUT_RDWR);
    remove_stranger(self, connection);
    self->cut_count += !connection->cut;
    connection->cut = true;
}

void connections_cut_fd(connections_t *self, int fd)
{
    connection_t *connection = find(self, fd);
    if (connection)
        connections_cut(self, connection);
}

void connections_cut_strangers(connections_t *self, uint64_t limit, uint64_t now_ms)
{
    connection_t *connection, *next;
    DL_FOREACH_SAFE (self->strangers, connection, next) {
        if (now_ms < connection->since_ms + limit)
            continue;
        log_flood(self->log, "", DD_LOG_WARNING, "cut a connection that has said nothing in time");
        connections_cut(self, connection);
    }
}

connection_t *connections_next_refused(connections_t *self, input_fault_t *why)
{
    input_account_t *account;
    while ((account = input_door_next(self->door, why))) {
        connection_t *connection = find(self, input_account_fd(account));
        if (connection && !connection->cut)
            return connection;
    }
    return NULL;
}

void connections_drained(connections_t *self)
{
    input_door_drained(self->door);
}

int connections_refusals(const connections_t *self)
{
    return input_door_fd(self->door);
}

void connections_make_room(connections_t *self, size_t most)
{
    connection_t *connection, *next;
    DL_FOREACH_SAFE (self->strangers, connection, next) {
        if (connections_count(self) - self->cut_count <= most)
            return;
        log_flood(self->log, "", DD_LOG_WARNING,
            "cut a connection that has said nothing yet: there are too many");
        connections_cut(self, connection);
    }
}

/* ---- News ---------------------------------------------------------------------------------- */

static void opened(connections_t *self, int fd, uint64_t now_ms)
{
    connection_t *connection = find(self, fd) ? NULL : calloc(1, sizeof *connection);
    if (!connection)
        return;
    connection->fd = fd;
    connection->since_ms = now_ms;
    HASH_ADD_INT(self->by_fd, fd, connection);
    if (!connection->hh.tbl) { /* out of memory */
        free(connection);
        return;
    }
    connection->account = input_account_open(fd, self->door);
    if (connection->account)
        input_account_grant(connection->account, self->stranger, NULL, false);
    add_stranger(self, connection);
    connection->then = routing_ids_accept(&self->ids, self->stranger_count);
}

/* Out of memory, it can't be listened on anew. */
static void listens(connections_t *self, const dd_monitor_event_t *event)
{
    size_t size = strlen(event->endpoint) + 1;
    listening_t *listening = malloc(sizeof *listening + size);
    if (!listening)
        return;
    listening->fd = (int)event->value;
    listening->kind = self->kind;
    memcpy(listening->endpoint, event->endpoint, size);
    LL_PREPEND(self->listening, listening);
}

/* libzmq ends connections of ZMTP 1 and 2, which know no CURVE, without saying so. And a peer may
   see sooner than we do that both won't encrypt in the same way. */
static void look_back(connections_t *self, const connection_t *connection)
{
    const input_account_t *account = connection->account;
    self->last_frame = account ? input_account_last_frame(account) : 0;
    if (!account || !self->needs_curve || connection->cut)
        return;
    if (input_account_is_old(account))
        log_flood(self->log, "", DD_LOG_WARNING, "a handshake failed: the peer " WITHOUT_CURVE);
    else if (input_account_left_greeting(account))
        log_flood(self->log, "", DD_LOG_WARNING,
            "a handshake failed: the peer left, perhaps because it " WITHOUT_CURVE);
}

uint64_t connections_last_frame(const connections_t *self)
{
    return self->last_frame;
}

/* Gives the owner, who has it no more. */
static void *closed(connections_t *self, int fd)
{
    connection_t *connection = find(self, fd);
    if (!connection)
        return NULL;
    void *owner = connection->owner;
    look_back(self, connection);
    remove_stranger(self, connection);
    self->cut_count -= connection->cut;
    HASH_DEL(self->by_fd, connection);
    input_account_end(&connection->account);
    free(connection);
    return owner;
}

static void log_handshake(connections_t *self, const dd_monitor_event_t *event)
{
    static const struct {
        uint32_t why;
        const char *text;
    } TEXTS[] = {
        {ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH, "the peer " WITHOUT_CURVE},
        {ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC, "the peer has another broker's key"},
    };
    const char *text = "the peer doesn't keep to the protocol";
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++)
        if (TEXTS[i].why == event->value)
            text = TEXTS[i].text;
    log_flood(self->log, "", DD_LOG_WARNING, "a handshake on %s failed: %s", event->endpoint, text);
}

static void *take_event(connections_t *self, const dd_monitor_event_t *event, uint64_t now_ms)
{
    switch (event->event) {
    case ZMQ_EVENT_LISTENING:
        listens(self, event);
        break;
    case ZMQ_EVENT_ACCEPTED:
        opened(self, (int)event->value, now_ms);
        break;
    case ZMQ_EVENT_DISCONNECTED:
        return closed(self, (int)event->value);
    case ZMQ_EVENT_ACCEPT_FAILED:
        if (event->value == EAGAIN) /* there, it is deaf */
            break;
        log_flood(self->log, "", DD_LOG_ERROR, "can't accept a connection on %s: %s",
            event->endpoint, strerror((int)event->value));
        break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
        log_handshake(self, event);
        break;
    default: /* left, or silent for too long; a scan of ports does that */
        log_flood(
            self->log, "", DD_LOG_INFO, "a handshake on %s was not finished", event->endpoint);
    }
    return NULL;
}

/*
 * Every connection that ZeroMQ accepts makes ACCEPTED and at its end DISCONNECTED, both with its
 * file descriptor, whether the handshake succeeded or not (libzmq 4.3.4, as observed). The
 * descriptor stays taken until its account has ended, so that one in the table is never another's.
 */
void *connections_next_gone(connections_t *self, uint64_t now_ms)
{
    dd_monitor_event_t event;
    while (dd_monitor_next(self->monitor, &event)) {
        void *owner = take_event(self, &event, now_ms);
        if (owner)
            return owner;
    }
    return NULL;
}
