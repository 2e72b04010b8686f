/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * run - one measurement, as its two processes share it
 *
 * The senders run in a process of their own, the receivers in the one that was started, as they
 * would in life. Both are forked before either has a client. Messages are numbered per stream: one
 * stream goes from a sender to one receiver (notify, latency) or to all of them (publish).
 *
 * So that a run measures throughput and not how many messages a broker refuses or drops when a
 * receiver falls behind, a stream is sent in blocks, of which two are under way: every receiver
 * acknowledges each block with a notification to the sender.
 */
#ifndef RUN_H_INCLUDED
#define RUN_H_INCLUDED

#include <semaphore.h>
#include <stdatomic.h>

#include "options.h"
#include "process.h"
#include "samples.h"

/* Blocks of one stream that may be under way. */
#define RUN_BLOCKS 2
/* ms without any answer after which a run is given up. */
#define RUN_PATIENCE 10000
/* ms between two looks at how far it is. */
#define RUN_GLANCE 200

/* What clocks showed at one moment, all in microseconds. */
typedef struct {
    uint64_t clock;
    uint64_t sender_cpu;
    uint64_t receiver_cpu;
    uint64_t broker_cpu; /* of the watched brokers */
} mark_t;

/* In memory of both processes. */
typedef struct {
    sem_t ready;          /* the receivers are registered */
    sem_t news;           /* to the receivers' process: look whether all is done */
    sem_t end;            /* to the senders' process: it may go */
    mark_t start;         /* when the first message was sent */
    atomic_bool finished; /* all senders are; what follows is final then */
    atomic_bool failed;   /* a sender gave up; it has said why */
    _Atomic uint64_t sent;
    _Atomic uint64_t refused; /* notifications that came back with an error */
    _Atomic uint64_t unknown; /* those of which nobody knows whether they arrived */
    percentiles_t latency;    /* microseconds, one way */
} shared_t;

typedef struct {
    const options_t *options;
    uint32_t id; /* drawn; in the names of the clients and topics and in every message */
    shared_t *shared;
    pid_t sender;
    pid_t receiver;
} run_t;

/* Room for "ddperf-1234abcd-r9999". */
#define RUN_NAME_MAX 32

void run_sender_name(const run_t *self, unsigned index, char name[RUN_NAME_MAX]);
void run_receiver_name(const run_t *self, unsigned index, char name[RUN_NAME_MAX]);
void run_topic(const run_t *self, char topic[RUN_NAME_MAX]);

/* Streams that each sender has. */
unsigned run_streams(const options_t *options);
/* Messages of a sender's stream. */
uint64_t run_stream_length(const options_t *options, unsigned stream);
/* Messages of a block. */
uint64_t run_block(const options_t *options);

mark_t run_mark(const run_t *self);

/* Waits for a post, up to so many ms. */
bool run_wait(sem_t *semaphore, uint64_t ms);

/* Whether what has this index isn't due yet, with so many a second from start (in microseconds) on;
   rate 0 doesn't limit. */
bool run_is_early(uint64_t start, uint64_t index, uint64_t rate);
/* Sleeps until it is due. */
void run_pace(uint64_t start, uint64_t index, uint64_t rate);

#endif
