/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * proxy - a line between two programs that can be made bad
 */
#include "proxy.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "libdd/base/clock.h"

#define CONNECTIONS_MAX 64
/* Bytes that may be on the way in a direction, besides those in the kernel's small buffers. */
#define ROOM ((size_t)64 << 10)
#define KERNEL_ROOM (16 << 10)
#define CHUNKS_MAX 256
/* ms between two looks at what was told, and at what is due. */
#define LOOK_AGAIN 2

/* What was read at one time. */
typedef struct {
    uint64_t time_us;
    size_t size;
} chunk_t;

/* One direction of a connection: a queue of bytes. */
typedef struct {
    char bytes[ROOM];
    size_t first, used;
    chunk_t chunks[CHUNKS_MAX];
    unsigned chunk_first, chunk_count;
    uint64_t refilled_us;
    double allowance; /* bytes that may be written now, when there is a rate */
    bool ended;       /* its source has ended, or was reset */
} pipe_t;

typedef struct {
    int fds[2]; /* of who has connected, and of the target; -1: none */
    pipe_t there, back;
} connection_t;

struct proxy {
    char endpoint[64];
    struct sockaddr_in target;
    int listener;
    pthread_t thread;
    atomic_uint stopped, rate, delay_ms;
    atomic_bool drop, vanish, over;
    connection_t *connections[CONNECTIONS_MAX];
};

static void check(bool good, const char *what)
{
    if (good)
        return;
    perror(what);
    exit(EXIT_FAILURE);
}

/* ---- One direction ------------------------------------------------------------------------- */

static bool has_room(const pipe_t *self)
{
    return self->used < ROOM && self->chunk_count < CHUNKS_MAX && !self->ended;
}

static void pipe_read(pipe_t *self, int from, uint64_t now_us)
{
    size_t end = (self->first + self->used) % ROOM;
    size_t room = ROOM - self->used < ROOM - end ? ROOM - self->used : ROOM - end;
    ssize_t size = recv(from, self->bytes + end, room, MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (size <= 0) {
        self->ended = true;
        return;
    }
    self->used += (size_t)size;
    unsigned last = (self->chunk_first + self->chunk_count++) % CHUNKS_MAX;
    self->chunks[last] = (chunk_t){.time_us = now_us, .size = (size_t)size};
}

/* Bytes that the rate allows now. A tenth of a second's are the most that come at once. */
static size_t allowance(pipe_t *self, unsigned rate, uint64_t now_us)
{
    if (rate == 0) {
        self->allowance = 0;
        self->refilled_us = now_us;
        return ROOM;
    }
    self->allowance += (double)(now_us - self->refilled_us) * rate / 1e6;
    self->refilled_us = now_us;
    if (self->allowance > rate / 10.0)
        self->allowance = rate / 10.0;
    return (size_t)self->allowance;
}

/* Bytes of the oldest chunk that lie together, if it is old enough. */
static size_t due(const pipe_t *self, unsigned delay_ms, uint64_t now_us)
{
    const chunk_t *oldest = &self->chunks[self->chunk_first];
    if (self->chunk_count == 0 || oldest->time_us + (uint64_t)delay_ms * 1000 > now_us)
        return 0;
    return oldest->size < ROOM - self->first ? oldest->size : ROOM - self->first;
}

static void take_away(pipe_t *self, size_t size)
{
    self->first = (self->first + size) % ROOM;
    self->used -= size;
    self->allowance -= (double)size;
    self->chunks[self->chunk_first].size -= size;
    if (self->chunks[self->chunk_first].size > 0)
        return;
    self->chunk_first = (self->chunk_first + 1) % CHUNKS_MAX;
    self->chunk_count--;
}

static void pipe_write(pipe_t *self, int to, const proxy_t *line, uint64_t now_us)
{
    size_t size, allowed = allowance(self, line->rate, now_us);
    while ((size = due(self, line->delay_ms, now_us)) > 0 && allowed > 0) {
        ssize_t sent = send(to, self->bytes + self->first, size < allowed ? size : allowed,
            MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        take_away(self, (size_t)sent);
        allowed -= (size_t)sent;
    }
}

/* ---- Connections --------------------------------------------------------------------------- */

static void close_connection(proxy_t *self, unsigned index, bool reset)
{
    connection_t *connection = self->connections[index];
    const struct linger now = {.l_onoff = 1};
    for (int side = 0; side < 2; side++) {
        if (reset)
            setsockopt(connection->fds[side], SOL_SOCKET, SO_LINGER, &now, sizeof now);
        close(connection->fds[side]);
    }
    free(connection);
    self->connections[index] = NULL;
}

/* Small buffers in the kernel, so that who sends too much notices it. */
static void make_narrow(int fd)
{
    const int room = KERNEL_ROOM, yes = 1;
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

static int connect_target(const proxy_t *self)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    check(fd >= 0, "socket");
    if (self->rate > 0)
        make_narrow(fd);
    if (connect(fd, (const struct sockaddr *)&self->target, sizeof self->target) == 0)
        return fd;
    close(fd);
    return -1;
}

static void add_connection(proxy_t *self)
{
    int fd = accept4(self->listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0)
        return;
    if (self->rate > 0)
        make_narrow(fd);
    int target = connect_target(self);
    for (unsigned i = 0; target >= 0 && i < CONNECTIONS_MAX; i++) {
        if (self->connections[i])
            continue;
        connection_t *connection = calloc(1, sizeof *connection);
        check(connection, "calloc");
        connection->fds[0] = fd;
        connection->fds[1] = target;
        self->connections[i] = connection;
        return;
    }
    close(fd);
    if (target >= 0)
        close(target);
}

/* What may be read and written, a look every few ms: enough for lines that are bad on purpose. */
static void serve(proxy_t *self, unsigned index, uint64_t now_us)
{
    connection_t *connection = self->connections[index];
    pipe_t *there = &connection->there, *back = &connection->back;
    bool there_goes = !(self->stopped & PROXY_THERE), back_goes = !(self->stopped & PROXY_BACK);
    if (there_goes && has_room(there))
        pipe_read(there, connection->fds[0], now_us);
    if (back_goes && has_room(back))
        pipe_read(back, connection->fds[1], now_us);
    if (there_goes)
        pipe_write(there, connection->fds[1], self, now_us);
    if (back_goes)
        pipe_write(back, connection->fds[0], self, now_us);
    if ((there_goes && there->ended && there->used == 0) ||
        (back_goes && back->ended && back->used == 0))
        close_connection(self, index, false);
}

/* The kernel drops every packet that comes for it, before it is acknowledged. */
static void make_deaf(int fd)
{
    struct sock_filter nothing[] = {BPF_STMT(BPF_RET | BPF_K, 0)};
    const struct sock_fprog program = {.len = 1, .filter = nothing};
    check(setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0,
        "SO_ATTACH_FILTER");
}

static void vanish(proxy_t *self)
{
    self->stopped = PROXY_THERE | PROXY_BACK;
    make_deaf(self->listener);
    for (unsigned i = 0; i < CONNECTIONS_MAX; i++)
        for (int side = 0; self->connections[i] && side < 2; side++)
            make_deaf(self->connections[i]->fds[side]);
}

/* Waits for something to read, for a moment at most. */
static void await(const proxy_t *self)
{
    struct pollfd fds[2 * CONNECTIONS_MAX + 1];
    nfds_t count = 0;
    unsigned stopped = self->stopped;
    fds[count++] = (struct pollfd){.fd = stopped ? -1 : self->listener, .events = POLLIN};
    for (unsigned i = 0; !stopped && self->rate == 0 && i < CONNECTIONS_MAX; i++)
        for (int side = 0; self->connections[i] && side < 2; side++)
            fds[count++] = (struct pollfd){.fd = self->connections[i]->fds[side], .events = POLLIN};
    poll(fds, count, LOOK_AGAIN);
}

static void *run(void *arg)
{
    proxy_t *self = arg;
    while (!self->over) {
        await(self);
        bool drop = atomic_exchange(&self->drop, false);
        if (atomic_exchange(&self->vanish, false))
            vanish(self);
        uint64_t now_us = dd_clock_us();
        struct pollfd waiting = {.fd = self->listener, .events = POLLIN};
        if (self->stopped != (PROXY_THERE | PROXY_BACK) && poll(&waiting, 1, 0) > 0)
            add_connection(self);
        for (unsigned i = 0; i < CONNECTIONS_MAX; i++) {
            if (self->connections[i] && drop)
                close_connection(self, i, true);
            if (self->connections[i])
                serve(self, i, now_us);
        }
    }
    return NULL;
}

/* ---- The proxy ----------------------------------------------------------------------------- */

static void listen_somewhere(proxy_t *self)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    self->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    check(self->listener >= 0, "socket");
    check(bind(self->listener, (struct sockaddr *)&address, size) == 0, "bind");
    check(listen(self->listener, CONNECTIONS_MAX) == 0, "listen");
    check(getsockname(self->listener, (struct sockaddr *)&address, &size) == 0, "getsockname");
    snprintf(self->endpoint, sizeof self->endpoint, "tcp://127.0.0.1:%u",
        (unsigned)ntohs(address.sin_port));
}

proxy_t *proxy_new(const char *target)
{
    proxy_t *self = calloc(1, sizeof *self);
    check(self, "calloc");
    self->target = (struct sockaddr_in){.sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
        .sin_port = htons((uint16_t)atoi(strrchr(target, ':') + 1))};
    listen_somewhere(self);
    check(pthread_create(&self->thread, NULL, run, self) == 0, "pthread_create");
    return self;
}

void proxy_destroy(proxy_t **self_p)
{
    proxy_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    self->over = true;
    pthread_join(self->thread, NULL);
    for (unsigned i = 0; i < CONNECTIONS_MAX; i++)
        if (self->connections[i])
            close_connection(self, i, false);
    close(self->listener);
    free(self);
}

const char *proxy_endpoint(const proxy_t *self)
{
    return self->endpoint;
}

void proxy_stop(proxy_t *self, unsigned directions)
{
    self->stopped = directions;
}

void proxy_set_rate(proxy_t *self, unsigned bytes_per_s)
{
    self->rate = bytes_per_s;
}

void proxy_set_delay(proxy_t *self, unsigned delay_ms)
{
    self->delay_ms = delay_ms;
}

void proxy_drop(proxy_t *self)
{
    self->drop = true;
}

void proxy_vanish(proxy_t *self)
{
    self->vanish = true;
}
