/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * case_world - what is around the tree, or wrong with its shape
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cases.h"
#include "libdd/base/clock.h"

/* ---- A name server that doesn't answer ----------------------------------------------------- */

/* A network of this process's own, with nothing but loopback. */
static bool leave_the_network(void)
{
    if (unshare(CLONE_NEWNET | CLONE_NEWNS) != 0 ||
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        return false;
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool up = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &request) == 0;
    close(fd);
    return up;
}

/* A name server that reads nothing, and the only one that there is. */
static bool ask_nobody(stage_t *stage)
{
    const char *path = harness_path(stage->harness, "resolv.conf");
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(53)};
    int sink = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    FILE *file = fopen(path, "w");
    if (sink < 0 || !file || bind(sink, (const struct sockaddr *)&address, sizeof address) != 0)
        return false;
    fputs("nameserver 127.0.0.1\n", file);
    return fclose(file) == 0 && mount(path, "/etc/resolv.conf", NULL, MS_BIND, NULL) == 0;
}

/* ms that something takes. */
static unsigned since(uint64_t begun_us)
{
    return (unsigned)((dd_clock_us() - begun_us) / 1000);
}

/* A client of a broker whose name isn't answered goes as quickly as another. */
static void end_a_waiting_client(stage_t *stage)
{
    dd_problem_t problem;
    dd_client_t *client = dd_client_new(
        "tcp://broker.example:5555", harness_keys(stage->harness, "a"), "waiting", &problem);
    if (!client || dd_client_start(client) != DD_OK)
        exit(EXIT_FAILURE);
    uint64_t begun_us = dd_clock_us();
    dd_client_destroy(&client);
    unsigned took = since(begun_us);
    stage_remark(stage, "a client ends in %u ms", took);
    if (stage->timed && took > 2000)
        stage_fail(stage, "more than 2000 ms");
}

static void end_a_waiting_broker(stage_t *stage)
{
    uint64_t begun_us = dd_clock_us();
    stage_shut_down(stage, "mid");
    unsigned took = since(begun_us);
    stage_remark(stage, "a broker in %u ms", took);
    if (stage->timed && took > 3000)
        stage_fail(stage, "more than 3000 ms");
}

int case_silent_names(stage_t *stage)
{
    static const char *const NOWHERE[] = {"tcp://parent.example:5555", NULL};
    stage->begun_us = dd_clock_us();
    if (!leave_the_network())
        return stage_skip(stage, "no network namespace: needs to be root, and the kernel's leave");
    stage_open(stage);
    if (!ask_nobody(stage))
        return stage_skip(stage, "there can't be another name server here");
    const char *middle[] = {stage_endpoint(stage, "mid"), NULL};
    stage_add(stage, "mid", "/1/2/", NOWHERE);
    stage_add(stage, "leaf", "/1/2/3/", middle);
    stage_add(stage, "twin", "/1/2/4/", middle);
    uint64_t begun_us = dd_clock_us();
    stage_crowd(stage);
    stage_remark(stage, "at first after %u ms", since(begun_us));
    for (unsigned i = 0; i < stage->seconds && !stage->off; i++) {
        stage_heal(stage, 1000);
        stage_let_pass(1000);
    }
    end_a_waiting_client(stage);
    crowd_settle(stage->crowd, HARNESS_DEADLINE);
    end_a_waiting_broker(stage);
    return stage_close(stage);
}

/* ---- Rings --------------------------------------------------------------------------------- */

#define RING_MAX 3
/* ms from the last one's start. */
#define RING_LIMIT 5000

static const char *const RING[RING_MAX] = {"one", "two", "three"};

/* Begins anew, in an order: its number counts permutations. */
static void start_ring(stage_t *stage, unsigned size, unsigned order)
{
    unsigned left[RING_MAX] = {0, 1, 2};
    for (unsigned i = 0; i < size; i++)
        program_kill(stage_program(stage, RING[i]));
    for (unsigned count = size; count > 0; count--) {
        unsigned index = order % count;
        order /= count;
        stage_start(stage, RING[left[index]]);
        for (unsigned i = index; i + 1 < count; i++)
            left[i] = left[i + 1];
    }
}

static int play_ring(stage_t *stage, unsigned size, unsigned orders)
{
    stage_open(stage);
    for (unsigned i = 0; i < size; i++)
        stage_endpoint(stage, RING[i]);
    for (unsigned i = 0; i < size; i++)
        stage_add(stage, RING[i], "/1/",
            (const char *[]){stage_endpoint(stage, RING[(i + 1) % size]), NULL});
    stage_crowd(stage);
    for (unsigned i = 0; i < orders * stage->times && !stage->off; i++) {
        crowd_await_load(stage->crowd, STAGE_BETWEEN);
        start_ring(stage, size, i % orders);
        stage_heal(stage, RING_LIMIT);
    }
    return stage_close(stage);
}

int case_loop_1(stage_t *stage)
{
    return play_ring(stage, 1, 1);
}

int case_loop_2(stage_t *stage)
{
    return play_ring(stage, 2, 2);
}

int case_loop_3(stage_t *stage)
{
    return play_ring(stage, 3, 6);
}

/* ---- Wall clocks --------------------------------------------------------------------------- */

/* Tells programs with clock_shift.so how many seconds they are off. */
static void shift_clocks(const char *path, int64_t seconds)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || pwrite(fd, &seconds, sizeof seconds, 0) != sizeof seconds)
        exit(EXIT_FAILURE);
    close(fd);
}

int case_wall_clock(stage_t *stage)
{
    static const int64_t SHIFTS[] = {3600, -3600};
    char library[4096];
    const char *build = getenv("BUILD");
    snprintf(library, sizeof library, "%s/tests/chaos/clock_shift.so", build ? build : "build");
    char *found = realpath(library, NULL);
    if (!found)
        return stage_skip(stage, "there is no clock_shift.so to load before brokers");
    stage_open(stage);
    const char *path = harness_path(stage->harness, "clock");
    shift_clocks(path, 0);
    setenv("CHAOS_CLOCK", path, 1);
    setenv("LD_PRELOAD", found, 1);
    setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 1); /* of brokers with sanitizers */
    stage_five(stage, NULL);
    unsetenv("LD_PRELOAD");
    free(found);
    stage_crowd(stage);
    for (unsigned i = 0; i < 2 * stage->times && !stage->off; i++) {
        crowd_await_load(stage->crowd, STAGE_BETWEEN);
        shift_clocks(path, SHIFTS[i % 2]);
        stage_heal(stage, 1000);
    }
    stage_expect_calm(stage, false);
    return stage_close(stage);
}

/* ---- An upgrade ---------------------------------------------------------------------------- */

/* Starts the broker of that name from a build. */
static void replace(stage_t *stage, const char *name, const char *build)
{
    stage->build = build;
    stage_shut_down(stage, name);
    stage_start(stage, name);
    stage_heal(stage, STAGE_BACK_LIMIT);
}

/* The tree is of the older build, of the newer one leaf by leaf and at last the root, of the older
   one again as an upgrade is taken back, and of the newer one from the root on, all under load. */
int case_upgrade(stage_t *stage)
{
    static const char *const NAMES[] = {"root", "mid", "leaf", "twin", "other"};
    const char *older = getenv("CHAOS_OLDER"), *why = getenv("CHAOS_NO_OLDER");
    if (!older || !*older)
        return stage_skip(
            stage, why && *why ? why : "CHAOS_OLDER names no folder of an older build");
    stage_open(stage);
    stage->build = older;
    stage_five(stage, NULL);
    stage_crowd(stage);
    for (unsigned i = 0; i < stage->times && !stage->off; i++) {
        for (int b = 4; b >= 0; b--)
            replace(stage, NAMES[b], NULL);
        for (int b = 4; b >= 0; b--)
            replace(stage, NAMES[b], older);
        for (int b = 0; b < 5; b++)
            replace(stage, NAMES[b], NULL);
        for (int b = 0; b < 5; b++)
            replace(stage, NAMES[b], older);
    }
    return stage_close(stage);
}
