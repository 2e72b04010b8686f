/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * finish - the end of a rotation: the next keys become the current ones
 */
#include <string.h>

#include "commands.h"
#include "libdd/base/problem.h"
#include "libdd/protocol/name.h"
#include "rotation.h"

static dd_error_t finish(keyset_t *set, const options_t *options, dd_problem_t *problem)
{
    if (strcmp(options->operand, "dd") == 0)
        return rotation_finish_brokers(set, problem);
    return strcmp(options->operand, DD_PUBLIC) == 0
               ? rotation_finish_public(set, problem)
               : rotation_finish_tenant(set, options->operand, problem);
}

dd_error_t finish_run(const options_t *options, dd_problem_t *problem)
{
    return keyset_change(options, finish, problem);
}

/* ---- between the two, for brokers ------------------------------------------------------------ */

static dd_error_t change_over(keyset_t *set, const options_t *options, dd_problem_t *problem)
{
    (void)options;
    return rotation_switch_brokers(set, problem);
}

dd_error_t switch_run(const options_t *options, dd_problem_t *problem)
{
    if (strcmp(options->operand, "dd") != 0)
        return dd_problem(problem, DD_E_ARGUMENT,
            "'switch' is for \"dd\" alone: all others have two steps, 'rotate' and 'finish'");
    return keyset_change(options, change_over, problem);
}
