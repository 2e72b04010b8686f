/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * main - ddperf, which measures brokers; see ddperf(1)
 */
#include <stdio.h>
#include <stdlib.h>

#include "libdd/base/program.h"
#include "measurement.h"

int main(int argc, char **argv)
{
    options_t options;
    dd_problem_t problem;
    int status = EXIT_SUCCESS;
    if (!dd_program_begin("ddperf"))
        return EXIT_FAILURE;
    dd_options_outcome_t outcome = options_read(&options, argc, argv, &problem);
    if (outcome == DD_OPTIONS_TAKEN)
        status = measurement_run(&options);
    if (outcome == DD_OPTIONS_WRONG) {
        fprintf(stderr, "ddperf: %s\n", problem.text);
        status = EXIT_USAGE;
    }
    return dd_program_end("ddperf", status);
}
