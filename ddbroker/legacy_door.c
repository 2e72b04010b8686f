/*
 * legacy_door - connections at the legacy endpoint, and who of them hasn't logged in
 */
#include "legacy_door.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <zmq.h>

#include "libdd/monitor.h"

/* Few enough that they fit what loop.c holds back of the process's file descriptors. */
#define STRANGERS_MAX 128
/* Bytes that no login takes less of: the greeting of ZMTP 2, the hash twice, the cookie. */
#define LOGIN_BYTES 160
/* Bytes that a stranger may send: a login takes a few hundred. Without it, one message of ever more
   frames would fill the memory before anybody sees it. */
#define STRANGER_BYTES 65536
/* ms of silence after which a connection that speaks an old ZMTP can't be a client's: of those
   nobody knows whose they are, but clients ping all the time. */
#define SILENCE_LIMIT 60000

struct legacy_door {
    void *socket;
    void *monitor;
    log_t *log;
    connection_t *by_fd;
    connection_t *strangers; /* the longest first */
    connection_t *gone;      /* closed, but with a route */
    size_t stranger_count;
    size_t hidden; /* clients that have logged in over connections that can't be found */
};

legacy_door_t *legacy_door_new(void *context, void *socket, log_t *log)
{
    legacy_door_t *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    self->socket = socket;
    self->log = log;
    self->monitor = dd_monitor_open(context, socket,
        ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_ACCEPT_FAILED | ZMQ_EVENT_HANDSHAKE_SUCCEEDED |
            ZMQ_EVENT_DISCONNECTED);
    if (!self->monitor)
        legacy_door_destroy(&self);
    return self;
}

void legacy_door_destroy(legacy_door_t **self_p)
{
    legacy_door_t *self = *self_p;
    if (!self)
        return;
    dd_monitor_close(self->monitor, self->socket);
    connection_t *connection, *next;
    HASH_ITER (hh, self->by_fd, connection, next) {
        HASH_DEL(self->by_fd, connection);
        free(connection);
    }
    DL_FOREACH_SAFE(self->gone, connection, next)
    free(connection);
    free(self);
    *self_p = NULL;
}

void *legacy_door_monitor(const legacy_door_t *self)
{
    return self->monitor;
}

size_t legacy_door_count(const legacy_door_t *self)
{
    return HASH_COUNT(self->by_fd);
}

connection_t *legacy_door_find(const legacy_door_t *self, int fd)
{
    connection_t *connection;
    HASH_FIND_INT(self->by_fd, &fd, connection);
    return connection;
}

/* ---- Strangers ----------------------------------------------------------------------------- */

/* What has come in over a connection; false if nobody knows, as with ipc. */
static bool traffic(const connection_t *connection, struct tcp_info *info)
{
    socklen_t size = sizeof *info;
    return getsockopt(connection->fd, IPPROTO_TCP, TCP_INFO, info, &size) == 0;
}

static void add_stranger(legacy_door_t *self, connection_t *connection, uint64_t now_ms)
{
    struct tcp_info info;
    connection->since_ms = now_ms;
    connection->bytes = traffic(connection, &info) ? info.tcpi_bytes_received : 0;
    connection->stranger = true;
    self->stranger_count++;
    DL_APPEND(self->strangers, connection);
}

static void remove_stranger(legacy_door_t *self, connection_t *connection)
{
    if (!connection->stranger)
        return;
    connection->stranger = false;
    self->stranger_count--;
    DL_DELETE(self->strangers, connection);
}

void legacy_door_trust(legacy_door_t *self, connection_t *connection, bool trusted, uint64_t now_ms)
{
    if (!connection)
        self->hidden = trusted ? self->hidden + 1 : self->hidden - 1;
    else if (trusted)
        remove_stranger(self, connection);
    else if (!connection->stranger && !connection->gone)
        add_stranger(self, connection, now_ms);
}

/* ZeroMQ sees it closed, says so, and closes its side. Its descriptor could only be another
   connection's by now if its end came in this very moment, and clients come back. */
static void cut(legacy_door_t *self, const char *why, connection_t *connection)
{
    log_flood(self->log, FLOOD_REFUSED, LOG_INFO,
        "cut a connection of the legacy endpoint that hasn't logged in: %s", why);
    shutdown(connection->fd, SHUT_RDWR);
    remove_stranger(self, connection);
}

/* Whose connection speaks an old ZMTP can't be told from clients that do, once it has sent as much
   as they have. */
static bool client_perhaps(const legacy_door_t *self, const connection_t *connection)
{
    struct tcp_info info;
    return self->hidden > 0 && !connection->greeted && !connection->route &&
           (!traffic(connection, &info) || info.tcpi_bytes_received >= LOGIN_BYTES);
}

/* Why a stranger has to go; NULL if it may stay. */
static const char *fault(const legacy_door_t *self, const connection_t *connection, uint64_t now_ms)
{
    struct tcp_info info;
    bool known = traffic(connection, &info);
    if (client_perhaps(self, connection))
        return known && info.tcpi_last_data_recv > SILENCE_LIMIT ? "it is silent" : NULL;
    if (now_ms > connection->since_ms + LEGACY_LOGIN_LIMIT)
        return "it took too long";
    return known && info.tcpi_bytes_received > connection->bytes + STRANGER_BYTES
               ? "it sends too much"
               : NULL;
}

void legacy_door_tick(legacy_door_t *self, uint64_t now_ms)
{
    connection_t *connection, *next;
    legacy_door_watch(self, now_ms); /* descriptors that are closed aren't to be touched */
    DL_FOREACH_SAFE(self->strangers, connection, next)
    {
        const char *why = fault(self, connection, now_ms);
        if (why)
            cut(self, why, connection);
    }
}

/* ---- News ---------------------------------------------------------------------------------- */

static void opened(legacy_door_t *self, int fd, uint64_t now_ms)
{
    connection_t *connection = calloc(1, sizeof *connection);
    if (!connection)
        return;
    connection->fd = fd;
    HASH_ADD_INT(self->by_fd, fd, connection);
    if (!connection->hh.tbl) { /* out of memory */
        free(connection);
        return;
    }
    add_stranger(self, connection, now_ms);
}

/* Those who wait the longest go, since a client logs in at once. */
static void make_room(legacy_door_t *self)
{
    connection_t *connection, *next;
    DL_FOREACH_SAFE(self->strangers, connection, next)
    {
        if (self->stranger_count <= STRANGERS_MAX + self->hidden)
            break;
        if (!client_perhaps(self, connection))
            cut(self, "too many wait for it", connection);
    }
}

static void closed(legacy_door_t *self, connection_t *connection)
{
    HASH_DEL(self->by_fd, connection);
    remove_stranger(self, connection);
    connection->gone = true;
    if (connection->route)
        DL_APPEND(self->gone, connection);
    else
        free(connection);
}

void legacy_door_watch(legacy_door_t *self, uint64_t now_ms)
{
    dd_monitor_event_t event;
    while (dd_monitor_next(self->monitor, &event)) {
        connection_t *connection = legacy_door_find(self, (int)event.value);
        if (event.event == ZMQ_EVENT_ACCEPT_FAILED)
            log_flood(self->log, FLOOD_HANDSHAKE, LOG_ERROR, "can't accept a connection on %s: %s",
                event.endpoint, strerror((int)event.value));
        else if (event.event == ZMQ_EVENT_ACCEPTED && !connection)
            opened(self, (int)event.value, now_ms);
        else if (event.event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED && connection)
            connection->greeted = true;
        else if (event.event == ZMQ_EVENT_DISCONNECTED && connection)
            closed(self, connection);
    }
    make_room(self);
}

void *legacy_door_gone(const legacy_door_t *self)
{
    return self->gone ? self->gone->route : NULL;
}

void legacy_door_leave(legacy_door_t *self, connection_t *connection, uint64_t now_ms)
{
    if (!connection)
        return;
    connection->route = NULL;
    if (connection->gone) {
        DL_DELETE(self->gone, connection);
        free(connection);
    } else {
        legacy_door_trust(self, connection, false, now_ms);
    }
}
