/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * main - ddperf, which measures brokers; see ddperf(1)
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "libdd/base/secret_process.h"
#include "libdd/base/standard_files.h"
#include "measurement.h"

int main(int argc, char **argv)
{
    options_t options;
    dd_problem_t problem;
    int status = EXIT_SUCCESS;
    dd_secret_process_close();
    dd_standard_files_open();
    if (sodium_init() == -1) {
        fputs("ddperf: libsodium doesn't start\n", stderr);
        return EXIT_FAILURE;
    }
    dd_options_outcome_t outcome = options_read(&options, argc, argv, &problem);
    if (outcome == DD_OPTIONS_TAKEN)
        status = measurement_run(&options);
    if (outcome == DD_OPTIONS_WRONG) {
        fprintf(stderr, "ddperf: %s\n", problem.text);
        status = EXIT_USAGE;
    }
    if (fflush(stdout) == EOF) {
        perror("ddperf: standard output");
        return EXIT_FAILURE;
    }
    return status;
}
