/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * run - one measurement, and what its two processes share of it
 */
#include "run.h"

#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "libdd/base/clock.h"
#include "receivers.h"
#include "report.h"
#include "senders.h"

/* Bytes of records that may be under way to one receiver, well below the least that a broker lets
   wait for a client by default; and to all receivers together. */
#define WINDOW (2u << 20)
#define WINDOW_ALL (32u << 20)
#define BLOCK_MAX 8192
/* What encryption, record and names add to a message. */
#define MESSAGE_OVERHEAD 128

/* ---- what both processes know ---------------------------------------------------------------- */

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

/* ---- clients that only connect --------------------------------------------------------------- */

/* A broker may as well have given memory back meanwhile. */
static uint64_t growth(uint64_t before, uint64_t after)
{
    return after > before ? after - before : 0;
}

static int measure_connections(const run_t *self, report_t *report)
{
    const options_t *options = self->options;
    uint64_t own = process_memory(&self->receiver, 1);
    uint64_t brokers = process_memory(options->pids, options->pid_count);
    mark_t start = run_mark(self);
    receivers_t *receivers = receivers_new(self);
    if (!receivers)
        return EXIT_FAILURE;
    mark_t end = run_mark(self);
    report->registered = options->receivers;
    report->seconds = (double)(end.clock - start.clock) / 1e6;
    report->broker_cpu = end.broker_cpu - start.broker_cpu;
    report->client_memory = growth(own, process_memory(&self->receiver, 1));
    report->broker_memory = growth(brokers, process_memory(options->pids, options->pid_count));
    receivers_destroy(&receivers);
    return EXIT_SUCCESS;
}

/* ---- clients that send and receive ----------------------------------------------------------- */

static void show_progress(const receivers_t *receivers, uint64_t began)
{
    if (!isatty(STDERR_FILENO))
        return;
    double received = (double)receivers_received(receivers);
    double seconds = (double)(dd_clock_us() - began) / 1e6;
    fprintf(stderr, "\r%3.0f %%  %.0f messages, %.0f/s ",
        100 * received / (double)receivers_expected(receivers), received, received / seconds);
}

static void hide_progress(void)
{
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
}

/* Waits until the senders are finished and all has arrived, or nothing more arrives. False if the
   senders ended early. */
static bool await_messages(const run_t *self, const receivers_t *receivers)
{
    uint64_t began = dd_clock_us(), moved = began, before = 0;
    uint64_t expected = receivers_expected(receivers);
    while (!self->shared->finished || receivers_received(receivers) < expected) {
        run_wait(&self->shared->news, RUN_GLANCE);
        show_progress(receivers, began);
        uint64_t received = receivers_received(receivers);
        if (received != before || !self->shared->finished)
            moved = dd_clock_us();
        before = received;
        if (dd_clock_us() - moved > RUN_PATIENCE * 1000)
            break;
        if (!self->shared->finished && waitpid(self->sender, NULL, WNOHANG) != 0)
            return false;
    }
    return true;
}

static int measure_messages(const run_t *self, report_t *report)
{
    shared_t *shared = self->shared;
    receivers_t *receivers = receivers_new(self);
    if (!receivers)
        return EXIT_FAILURE;
    sem_post(&shared->ready);
    bool finished = await_messages(self, receivers);
    mark_t end = run_mark(self), *start = &shared->start;
    hide_progress();
    receivers_count_t count = receivers_conclude(receivers);
    receivers_destroy(&receivers);
    sem_post(&shared->end);
    if (!finished)
        return EXIT_FAILURE;
    *report = (report_t){.sent = shared->sent,
        .received = count.received,
        .lost = count.lost,
        .duplicated = count.duplicated,
        .reordered = count.reordered,
        .refused = shared->refused,
        .seconds = (double)(end.clock - start->clock) / 1e6,
        .sender_cpu = end.sender_cpu - start->sender_cpu,
        .receiver_cpu = end.receiver_cpu - start->receiver_cpu,
        .broker_cpu = end.broker_cpu - start->broker_cpu,
        .latency = shared->latency};
    return shared->failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static shared_t *new_shared(void)
{
    shared_t *self =
        mmap(NULL, sizeof *self, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (self == MAP_FAILED)
        return NULL;
    sem_init(&self->ready, 1, 0);
    sem_init(&self->news, 1, 0);
    sem_init(&self->end, 1, 0);
    return self;
}

/* Makes the senders' process; it ends with this one. */
static bool fork_senders(run_t *self)
{
    self->sender = fork();
    if (self->sender == 0) {
        self->sender = getpid();
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        exit(getppid() == self->receiver ? senders_run(self) : EXIT_FAILURE);
    }
    return self->sender > 0;
}

int run_execute(const options_t *options)
{
    report_t report = {0};
    run_t self = {.options = options, .id = randombytes_random(), .receiver = getpid()};
    self.shared = new_shared();
    bool connect_only = options->mode == MODE_CONNECT;
    if (!self.shared || (!connect_only && !fork_senders(&self))) {
        perror("ddperf: can't start");
        return EXIT_FAILURE;
    }
    int status =
        connect_only ? measure_connections(&self, &report) : measure_messages(&self, &report);
    if (self.sender > 0 && status != EXIT_SUCCESS)
        kill(self.sender, SIGKILL);
    while (waitpid(-1, NULL, 0) > 0)
        ;
    munmap(self.shared, sizeof *self.shared);
    if (status == EXIT_SUCCESS || report.seconds > 0)
        report_print(&report, options, stdout);
    return report_is_clean(&report) ? status : EXIT_FAILURE;
}
