/*
 * connections - the connections of a ROUTER, by file descriptor, as its monitor tells of them
 */
#include "connections.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <zmq.h>

#include "libdd/monitor.h"

typedef struct {
    bool open;
    void *owner; /* NULL before the first message */
    uint64_t since_ms;
} item_t;

struct connections {
    void *socket;
    void *monitor;
    log_t *log;
    item_t *items; /* by file descriptor */
    size_t room;
    size_t open;
};

connections_t *connections_new(void *context, void *socket, log_t *log)
{
    connections_t *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    self->socket = socket;
    self->log = log;
    self->monitor = dd_monitor_open(context, socket,
        ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_ACCEPT_FAILED |
            ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL);
    if (!self->monitor)
        connections_destroy(&self);
    return self;
}

void connections_destroy(connections_t **self_p)
{
    connections_t *self = *self_p;
    if (!self)
        return;
    dd_monitor_close(self->monitor, self->socket);
    free(self->items);
    free(self);
    *self_p = NULL;
}

void *connections_monitor(const connections_t *self)
{
    return self->monitor;
}

size_t connections_count(const connections_t *self)
{
    return self->open;
}

/* ---- The table ----------------------------------------------------------------------------- */

/* NULL for a descriptor that is none, or when out of memory. */
static item_t *item_at(connections_t *self, int fd)
{
    if (fd < 0)
        return NULL;
    size_t index = (size_t)fd;
    if (index >= self->room) {
        size_t room = index + 1 > 2 * self->room ? index + 1 : 2 * self->room;
        item_t *larger = realloc(self->items, room * sizeof *larger);
        if (!larger)
            return NULL;
        memset(larger + self->room, 0, (room - self->room) * sizeof *larger);
        self->items = larger;
        self->room = room;
    }
    return &self->items[index];
}

static void opened(connections_t *self, int fd, uint64_t now_ms)
{
    item_t *item = item_at(self, fd);
    if (!item || item->open)
        return;
    item->open = true;
    item->since_ms = now_ms;
    self->open++;
}

/* Gives the owner, who has it no more. */
static void *closed(connections_t *self, int fd)
{
    item_t *item = item_at(self, fd);
    if (!item)
        return NULL;
    void *owner = item->owner;
    if (item->open)
        self->open--;
    *item = (item_t){.open = false};
    return owner;
}

void *connections_own(connections_t *self, int fd, void *owner)
{
    item_t *item = item_at(self, fd);
    if (!item)
        return NULL;
    void *former = item->owner;
    item->owner = owner;
    return former;
}

void connections_disown(connections_t *self, int fd, const void *owner)
{
    item_t *item = item_at(self, fd);
    if (item && item->owner == owner)
        item->owner = NULL;
}

/* ZeroMQ's thread sees the end and closes its side. Should it have closed it in this very moment,
   and the descriptor be another connection's already, that one is cut, and comes back. */
void connections_cut(connections_t *self, int fd)
{
    item_t *item = item_at(self, fd);
    if (item && item->open)
        shutdown(fd, SHUT_RDWR);
}

void connections_cut_silent(connections_t *self, uint64_t limit, uint64_t now_ms)
{
    for (size_t fd = 0; fd < self->room; fd++) {
        const item_t *item = &self->items[fd];
        if (!item->open || item->owner || now_ms < item->since_ms + limit)
            continue;
        log_flood(self->log, FLOOD_REFUSED, LOG_WARNING,
            "cut a connection that has said nothing for %llu ms",
            (unsigned long long)(now_ms - item->since_ms));
        connections_cut(self, (int)fd);
    }
}

/* ---- News ---------------------------------------------------------------------------------- */

static void log_handshake(connections_t *self, const dd_monitor_event_t *event)
{
    static const struct {
        uint32_t why;
        const char *text;
    } TEXTS[] = {
        {ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH, "the peer doesn't use CURVE"},
        {ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC, "the peer has another broker's key"},
    };
    const char *text = "the peer doesn't keep to the protocol";
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++)
        if (TEXTS[i].why == event->value)
            text = TEXTS[i].text;
    log_flood(self->log, FLOOD_HANDSHAKE, LOG_WARNING, "a handshake on %s failed: %s",
        event->endpoint, text);
}

static void *take_event(connections_t *self, const dd_monitor_event_t *event, uint64_t now_ms)
{
    switch (event->event) {
    case ZMQ_EVENT_ACCEPTED:
        opened(self, (int)event->value, now_ms);
        break;
    case ZMQ_EVENT_DISCONNECTED:
        return closed(self, (int)event->value);
    case ZMQ_EVENT_ACCEPT_FAILED:
        log_flood(self->log, FLOOD_HANDSHAKE, LOG_ERROR, "can't accept a connection on %s: %s",
            event->endpoint, strerror((int)event->value));
        break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
        log_handshake(self, event);
        break;
    default: /* left, or silent for too long; a scan of ports does that */
        log_flood(self->log, FLOOD_HANDSHAKE, LOG_INFO, "a handshake on %s was not finished",
            event->endpoint);
    }
    return NULL;
}

/*
 * Every connection that ZeroMQ accepts makes ACCEPTED and at its end DISCONNECTED, both with its
 * file descriptor, whether the handshake succeeded or not (libzmq 4.3.4, as observed). The
 * descriptor is closed after the event was written, so that one that is used again comes with its
 * ACCEPTED behind the old one's DISCONNECTED.
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
