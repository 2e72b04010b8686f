/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * main - ddperf, which measures brokers; see ddperf(1)
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "measurement.h"

int main(int argc, char **argv)
{
    options_t options;
    int status = options_read(&options, argc, argv);
    if (status == -1 && sodium_init() == -1) {
        fputs("ddperf: libsodium doesn't start\n", stderr);
        return EXIT_FAILURE;
    }
    if (status == -1)
        status = measurement_run(&options);
    if (fflush(stdout) == EOF) {
        perror("ddperf: standard output");
        return EXIT_FAILURE;
    }
    return status;
}
