/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * measurement - makes one run: starts its two processes, waits for its end, and prints the report
 */
#include "measurement.h"

#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "key_reload.h"
#include "libdd/base/clock.h"
#include "receivers.h"
#include "report.h"
#include "senders.h"

/* ---- clients that only connect --------------------------------------------------------------- */

/* s for which clients do nothing but to keep their connections: two default heartbeats. */
#define IDLE_TIME 5

/* A broker may as well have given memory back meanwhile. */
static uint64_t growth(uint64_t before, uint64_t after)
{
    return after > before ? after - before : 0;
}

static void measure_idling(const run_t *self, report_t *report)
{
    mark_t start = run_mark(self);
    clock_nanosleep(CLOCK_MONOTONIC, 0, &(struct timespec){.tv_sec = IDLE_TIME}, NULL);
    mark_t end = run_mark(self);
    report->idle_seconds = (double)(end.clock - start.clock) / 1e6;
    report->idle_cpu = end.broker_cpu - start.broker_cpu;
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
    if (options->pid_count > 0)
        measure_idling(self, report);
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
        .gaps = count.gaps,
        .refused = shared->refused,
        .unknown = shared->unknown,
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
static bool fork_senders(run_t *self, bool reloads)
{
    self->sender = fork();
    if (self->sender == 0) {
        self->sender = getpid();
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (reloads)
            key_reload_watch(self);
        exit(getppid() == self->receiver ? senders_run(self) : EXIT_FAILURE);
    }
    return self->sender > 0;
}

int measurement_run(const options_t *options)
{
    report_t report = {0};
    run_t self = {.options = options, .id = randombytes_random(), .receiver = getpid()};
    self.shared = new_shared();
    bool connect_only = options->mode == MODE_CONNECT;
    bool reloads = key_reload_begin();
    if (!self.shared || (!connect_only && !fork_senders(&self, reloads))) {
        perror("ddperf: can't start");
        return EXIT_FAILURE;
    }
    if (reloads)
        key_reload_watch(&self);
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
