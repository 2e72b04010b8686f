/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * finish - the second half of a rotation: the next keys become the current ones
 */
#include <string.h>

#include "commands.h"
#include "libdd/protocol/name.h"
#include "rotation.h"

static dd_error_t finish(keyset_t *set, const options_t *options, dd_problem_t *problem)
{
    return strcmp(options->operand, DD_PUBLIC) == 0
               ? rotation_finish_public(set, problem)
               : rotation_finish_tenant(set, options->operand, problem);
}

dd_error_t finish_run(const options_t *options, dd_problem_t *problem)
{
    return keyset_change(options, finish, problem);
}
