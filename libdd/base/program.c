/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * program - how the programs begin and end
 */
#include "program.h"

#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* The sanitizer of leaks traces the process that it looks into. */
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define DUMPABLE 1
#else
#define DUMPABLE 0
#endif

static void keep_others_out(void)
{
    setrlimit(RLIMIT_CORE, &(struct rlimit){0});
    prctl(PR_SET_DUMPABLE, DUMPABLE);
}

/* Whether standard output was open when the program began. */
static bool has_output = true;

/* open(2) gives the lowest number that is free, so that nothing below the last one is. */
static void open_standard_files(void)
{
    int fd;
    has_output = fcntl(STDOUT_FILENO, F_GETFD) >= 0;
    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}

bool dd_program_begin(const char *name)
{
    keep_others_out();
    open_standard_files();
    if (sodium_init() >= 0)
        return true;
    fprintf(stderr, "%s: libsodium doesn't start\n", name);
    return false;
}

bool dd_program_has_output(void)
{
    return has_output;
}

bool dd_program_has_terminal(void)
{
    int terminal = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC);
    if (terminal >= 0)
        close(terminal);
    return terminal >= 0;
}

bool dd_program_ignores(int signal_number)
{
    struct sigaction found;
    return sigaction(signal_number, NULL, &found) == 0 && found.sa_handler == SIG_IGN;
}

int dd_program_end(const char *name, int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    fprintf(stderr, "%s: can't write the output\n", name);
    return EXIT_FAILURE;
}
