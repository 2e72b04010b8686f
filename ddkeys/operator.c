/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * operator - operators by name, and what they may
 */
#include "commands.h"
#include "keyset.h"
#include "libdd/base/problem.h"
#include "names.h"

static dd_error_t make(keyset_t *set, const options_t *options, dd_problem_t *problem)
{
    dd_operator_t rights = {.read_only = options->read_only};
    dd_bytes_t name = dd_bytes_of(options->operand);
    if (dd_keyring_operator_by_name(set->broker, name) != NULL)
        return dd_problem(problem, DD_E_KEYS,
            "%s: operator \"%s\" is in the key set already; 'ddkeys rotate " OPERATOR_PREFIX
            "%s' makes new keys for it",
            store_path(set->store, BROKER_FILE), options->operand, options->operand);
    dd_bytes_copy(name, rights.name, sizeof rights.name);
    return keyset_renew_named_operator(
        set, &rights, NULL, options->force ? STORE_REPLACE : STORE_NEW, problem);
}

dd_error_t operator_run(const options_t *options, dd_problem_t *problem)
{
    if (names_check_operator(dd_bytes_of(options->operand), problem) != DD_OK)
        return problem->error;
    return keyset_change(options, make, problem);
}
