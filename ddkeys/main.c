/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ddkeys - makes, changes, shows and checks key files; see ddkeys(1)
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "advice.h"
#include "commands.h"
#include "libdd/base/program.h"

/* Exit status of a wrong command line. */
#define EXIT_USAGE 2

static dd_error_t (*const RUN[])(const options_t *, dd_problem_t *) = {
    [COMMAND_MAKE] = make_run,
    [COMMAND_ADD] = add_run,
    [COMMAND_OPERATOR] = operator_run,
    [COMMAND_ROTATE] = rotate_run,
    [COMMAND_SWITCH] = switch_run,
    [COMMAND_FINISH] = finish_run,
    [COMMAND_REMOVE] = remove_run,
    [COMMAND_SHOW] = show_run,
    [COMMAND_CHECK] = check_run,
};

static int exit_status(dd_error_t error)
{
    switch (error) {
    case DD_OK:
        return EXIT_SUCCESS;
    case DD_E_ARGUMENT:
    case DD_E_NAME_INVALID:
        return EXIT_USAGE;
    default:
        return EXIT_FAILURE;
    }
}

static int run(const options_t *options)
{
    dd_problem_t problem = {0};
    dd_error_t error = RUN[options->command](options, &problem);
    if (error == DD_OK)
        advice_print(options, stderr);
    else
        fprintf(
            stderr, "ddkeys: %s\n", problem.text[0] == '\0' ? dd_strerror(error) : problem.text);
    return exit_status(error);
}

int main(int argc, char **argv)
{
    options_t options;
    dd_problem_t problem;
    int status = EXIT_SUCCESS;
    if (!dd_program_begin("ddkeys"))
        return EXIT_FAILURE;
    /* json-c copies keys as it reads and writes: let free() wipe whatever it gets. */
    mallopt(M_PERTURB, 0xDD);
    dd_options_outcome_t outcome = options_read(&options, argc, argv, &problem);
    if (outcome == DD_OPTIONS_TAKEN)
        status = run(&options);
    if (outcome == DD_OPTIONS_WRONG) {
        fprintf(stderr, "ddkeys: %s\n", problem.text);
        status = EXIT_USAGE;
    }
    return dd_program_end("ddkeys", status);
}
