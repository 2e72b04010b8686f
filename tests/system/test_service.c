/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_service - the broker under what the unit for systemd allows it
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "scene.h"

#define UNIT "share/systemd/ddbroker@.service"
#define KEY "RestrictAddressFamilies="

static const struct {
    const char *name;
    unsigned number;
} FAMILIES[] = {
    {"AF_UNIX", AF_UNIX}, {"AF_INET", AF_INET}, {"AF_INET6", AF_INET6}, {"AF_NETLINK", AF_NETLINK}};

/* The number of a family that the unit names; the test must know it. */
static unsigned family(const char *name)
{
    for (size_t i = 0; i < COUNT(FAMILIES); i++)
        if (strcmp(FAMILIES[i].name, name) == 0)
            return FAMILIES[i].number;
    fail_msg("the unit names a family that the test doesn't know: %s", name);
    return AF_UNSPEC;
}

/* The families in the unit, separated by blanks. */
static void read_unit(char *line, int room)
{
    FILE *file = fopen(UNIT, "r");
    assert_non_null(file);
    while (fgets(line, room, file) && strncmp(line, KEY, strlen(KEY)) != 0)
        ;
    fclose(file);
    assert_memory_equal(line, KEY, strlen(KEY));
    memmove(line, line + strlen(KEY), strlen(line + strlen(KEY)) + 1);
}

/* Allows this process, and all that it starts, only sockets of such families, in the way systemd
   does it. False where the kernel has no such filters. */
static bool restrict_families(char *names)
{
    struct sock_filter filter[4 + COUNT(FAMILIES) * 2 + 1] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
    };
    size_t used = 4;
    for (char *name = strtok(names, " \n"); name; name = strtok(NULL, " \n")) {
        assert_in_range(used, 4, COUNT(filter) - 3);
        filter[used++] =
            (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, family(name), 0, 1);
        filter[used++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    }
    filter[used++] =
        (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAFNOSUPPORT);
    struct sock_fprog program = {(unsigned short)used, filter};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* ZeroMQ looks for the interfaces when it binds an address, and aborts if it may not. */
static void its_families_are_enough_to_listen(void **state)
{
    harness_t *harness = *state;
    char families[256];
    read_unit(families, sizeof families);
    if (!restrict_families(families))
        skip();
    assert_int_equal(socket(AF_PACKET, SOCK_RAW, 0), -1);
    assert_int_equal(errno, EAFNOSUPPORT);
    char ipc[300];
    snprintf(ipc, sizeof ipc, "ipc://%s", harness_path(harness, "socket"));
    program_t *broker = broker_start(harness, "broker0", NULL, NULL, "-r", ipc, NULL);
    assert_true(program_expect(broker, ipc, HARNESS_DEADLINE));
    client_t *good = client_open(harness, "broker0", "a", "good");
    client_deliver(good, good, "hi");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(its_families_are_enough_to_listen),
    };
    return cmocka_run_group_tests_name("service", tests, NULL, NULL);
}
