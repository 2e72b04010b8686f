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

static key_role_t role_of(const dd_keyring_t *keyring)
{
    if (dd_keyring_kind(keyring) != DD_KEYS_OPERATOR)
        return KEY_ROLE_TENANT;
    return dd_keyring_operator_at(keyring, 0)->read_only ? KEY_ROLE_READ_ONLY : KEY_ROLE_OPERATOR;
}

dd_error_t key_role_look(const options_t *options, key_role_t *role, dd_problem_t *problem)
{
    dd_keyring_t *keyring = dd_keyring_load(options->keyfile, problem);
    const char *order = options->order.what;
    if (!keyring)
        return problem->error;
    *role = role_of(keyring);
    dd_keyring_destroy(&keyring);
    if (*role == KEY_ROLE_TENANT && (options->operator_keys || order))
        return dd_problem(problem, DD_E_REFUSED,
            "--%s takes an operator's key file, and %s is none", order ? order : "operator-keys",
            options->keyfile);
    if (*role == KEY_ROLE_READ_ONLY && order)
        return dd_problem(problem, DD_E_REFUSED,
            "--%s isn't for the key in %s, which is read-only: with it one looks at everything and "
            "acts on nothing",
            order, options->keyfile);
    return DD_OK;
}

const char *key_role_name(const options_t *options, key_role_t role)
{
    if (role == KEY_ROLE_TENANT || strcmp(options->name, DD_AUTO_NAME) != 0)
        return options->name;
    const struct passwd *user = getpwuid(getuid());
    return user && dd_client_valid(dd_bytes_of(user->pw_name)) ? user->pw_name : options->name;
}
