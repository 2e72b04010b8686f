/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * key_role - whose key file it is
 */
#include "key_role.h"

#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "libdd/base/problem.h"
#include "libdd/keys/keyring.h"
#include "libdd/protocol/name.h"

dd_error_t key_role_look(const options_t *options, bool *is_operator, dd_problem_t *problem)
{
    dd_keyring_t *keyring = dd_keyring_load(options->keyfile, problem);
    if (!keyring)
        return problem->error;
    *is_operator = dd_keyring_kind(keyring) == DD_KEYS_OPERATOR;
    dd_keyring_destroy(&keyring);
    if (*is_operator || !(options->operator_keys || options->order.what))
        return DD_OK;
    return dd_problem(problem, DD_E_REFUSED, "--%s takes an operator's key file, and %s is none",
        options->order.what ? options->order.what : "operator-keys", options->keyfile);
}

const char *key_role_name(const options_t *options, bool is_operator)
{
    if (!is_operator || strcmp(options->name, DD_AUTO_NAME) != 0)
        return options->name;
    const struct passwd *user = getpwuid(getuid());
    return user && dd_client_valid(dd_bytes_of(user->pw_name)) ? user->pw_name : options->name;
}
