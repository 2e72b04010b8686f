/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * run - one measurement, as its two processes share it
 */
#include "run.h"

#include <stdio.h>
#include <time.h>

#include "libdd/base/clock.h"

/* Bytes of records that may be under way to one receiver, well below the least that a broker lets
   wait for a client by default; and to all receivers together. */
#define WINDOW (2u << 20)
#define WINDOW_ALL (32u << 20)
#define BLOCK_MAX 8192
/* What encryption, record and names add to a message. */
#define MESSAGE_OVERHEAD 128

/* ---- names, streams and blocks --------------------------------------------------------------- */

void run_sender_name(const run_t *self, unsigned index, char name[RUN_NAME_MAX])
{
    snprintf(name, RUN_NAME_MAX, "ddperf-%08x-s%u", self->id, index);
}

void run_receiver_name(const run_t *self, unsigned index, char name[RUN_NAME_MAX])
{
    snprintf(name, RUN_NAME_MAX, "ddperf-%08x-r%u", self->id, index);
}

void run_topic(const run_t *self, char topic[RUN_NAME_MAX])
{
    snprintf(topic, RUN_NAME_MAX, "ddperf-%08x", self->id);
}

unsigned run_streams(const options_t *options)
{
    return options->mode == MODE_PUBLISH ? 1 : options->receivers;
}

uint64_t run_stream_length(const options_t *options, unsigned stream)
{
    unsigned streams = run_streams(options);
    return options->count / streams + (stream < options->count % streams ? 1 : 0);
}

uint64_t run_block(const options_t *options)
{
    uint64_t window = WINDOW_ALL / options->receivers;
    if (window > WINDOW)
        window = WINDOW;
    uint64_t block = window / RUN_BLOCKS / options->senders / (options->size + MESSAGE_OVERHEAD);
    if (block > BLOCK_MAX)
        block = BLOCK_MAX;
    return block > 0 ? block : 1;
}

/* ---- time ------------------------------------------------------------------------------------ */

mark_t run_mark(const run_t *self)
{
    return (mark_t){.clock = dd_clock_us(),
        .sender_cpu = process_cpu_us(&self->sender, 1),
        .receiver_cpu = process_cpu_us(&self->receiver, 1),
        .broker_cpu = process_cpu_us(self->options->pids, self->options->pid_count)};
}

bool run_wait(sem_t *semaphore, uint64_t ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)(ms / 1000);
    until.tv_nsec += (long)(ms % 1000 * 1000000);
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    return sem_clockwait(semaphore, CLOCK_MONOTONIC, &until) == 0;
}

/* On dd_clock_us(). */
static uint64_t due(uint64_t start, uint64_t index, uint64_t rate)
{
    return start + index * 1000000 / rate;
}

bool run_is_early(uint64_t start, uint64_t index, uint64_t rate)
{
    return rate > 0 && due(start, index, rate) > dd_clock_us();
}

void run_pace(uint64_t start, uint64_t index, uint64_t rate)
{
    if (!run_is_early(start, index, rate))
        return;
    uint64_t at = due(start, index, rate);
    struct timespec until = {(time_t)(at / 1000000), (long)(at % 1000000 * 1000)};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}
