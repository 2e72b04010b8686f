/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gauge - whether ZeroMQ's threads keep up with what is sent
 */
#include "gauge.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

/* Marks on their way through a thread that keeps up. */
#define MARKS_MAX 2
/* ms for the first mark, at the start. */
#define FIRST_LIMIT 2000

#define TOKEN_SIZE 16

typedef struct {
    void *from, *to; /* sockets; NULL if there is none */
    unsigned marks;  /* on their way */
} way_t;

struct gauge {
    size_t count;
    way_t ways[GAUGE_THREADS_MAX];
};

/* ---- Ways ---------------------------------------------------------------------------------- */

static void *new_socket(void *context, size_t thread)
{
    void *socket = zmq_socket(context, ZMQ_PAIR);
    uint64_t affinity = (uint64_t)1 << thread;
    int none = 0, limit = FIRST_LIMIT;
    if (!socket)
        return NULL;
    zmq_setsockopt(socket, ZMQ_AFFINITY, &affinity, sizeof affinity);
    zmq_setsockopt(socket, ZMQ_LINGER, &none, sizeof none);
    zmq_setsockopt(socket, ZMQ_RCVTIMEO, &limit, sizeof limit);
    zmq_setsockopt(socket, ZMQ_SNDTIMEO, &limit, sizeof limit);
    return socket;
}

/* Nobody else gets in: no other process is let in, nobody can guess the token, and a PAIR has one
   other end. (To unbind would end what was accepted, too.) Marks go from who has accepted to who
   has connected: what comes in the other way has an account (input_account.h), and nobody who takes
   it. */
static bool join(const way_t *way)
{
    uint8_t token[TOKEN_SIZE], heard[TOKEN_SIZE];
    char endpoint[64] = "ipc://@dd-gauge-", hex[2 * TOKEN_SIZE + 1];
    pid_t process = getpid();
    randombytes_buf(token, sizeof token);
    strcat(endpoint, sodium_bin2hex(hex, sizeof hex, token, sizeof token));
    randombytes_buf(token, sizeof token);
    return way->from && way->to &&
           zmq_setsockopt(way->from, ZMQ_IPC_FILTER_PID, &process, sizeof process) == 0 &&
           zmq_bind(way->from, endpoint) == 0 && zmq_connect(way->to, endpoint) == 0 &&
           zmq_send(way->from, token, sizeof token, 0) >= 0 &&
           zmq_recv(way->to, heard, sizeof heard, 0) == sizeof heard &&
           memcmp(heard, token, sizeof token) == 0;
}

static void close_way(way_t *self)
{
    if (self->from)
        zmq_close(self->from);
    if (self->to)
        zmq_close(self->to);
}

/* ---- The whole ----------------------------------------------------------------------------- */

gauge_t *gauge_new(void *context, size_t threads)
{
    gauge_t *self = calloc(1, sizeof *self);
    for (size_t i = 0; self && i < threads && i < GAUGE_THREADS_MAX; i++) {
        self->count++;
        self->ways[i].from = new_socket(context, i);
        self->ways[i].to = new_socket(context, i);
        if (!join(&self->ways[i]))
            gauge_destroy(&self);
    }
    return self;
}

void gauge_destroy(gauge_t **self_p)
{
    if (!*self_p)
        return;
    for (size_t i = 0; i < (*self_p)->count; i++)
        close_way(&(*self_p)->ways[i]);
    free(*self_p);
    *self_p = NULL;
}

void *gauge_socket(const gauge_t *self, size_t thread)
{
    bool awaits = self && thread < self->count && self->ways[thread].marks > 0;
    return awaits ? self->ways[thread].to : NULL;
}

void gauge_mark(gauge_t *self)
{
    for (size_t i = 0; self && i < self->count; i++)
        if (self->ways[i].marks < MARKS_MAX &&
            zmq_send(self->ways[i].from, "", 0, ZMQ_DONTWAIT) >= 0)
            self->ways[i].marks++;
}

bool gauge_is_behind(gauge_t *self)
{
    bool behind = false;
    for (size_t i = 0; self && i < self->count; i++) {
        way_t *way = &self->ways[i];
        while (way->marks > 0 && zmq_recv(way->to, NULL, 0, ZMQ_DONTWAIT) >= 0)
            way->marks--;
        behind |= way->marks == MARKS_MAX;
    }
    return behind;
}
