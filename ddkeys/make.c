/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * make - new key sets, and new clients in one
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "keyset.h"
#include "libdd/base/problem.h"
#include "names.h"

/* ---- a new set ------------------------------------------------------------------------------- */

static names_t *ask(dd_problem_t *problem)
{
    if (isatty(STDIN_FILENO))
        fputs("Tenants, separated by commas: ", stderr);
    char *line = NULL;
    size_t room = 0;
    ssize_t size = getline(&line, &room, stdin);
    names_t *names = names_new(dd_bytes(line, size < 0 ? 0 : (size_t)size), problem);
    free(line);
    return names;
}

static dd_error_t make_set(
    keyset_t *set, const names_t *names, store_put_t how, dd_problem_t *problem)
{
    dd_error_t error = keyset_renew_operator(set, NULL, how, problem);
    for (size_t i = 0; i < names->count && error == DD_OK; i++)
        error = keyset_renew_tenant(set, names->at[i], NULL, how, problem);
    return error == DD_OK ? keyset_put(set, how, problem) : error;
}

static dd_error_t make_in(store_t *store, const names_t *names, bool force, dd_problem_t *problem)
{
    if (store_has(store, BROKER_FILE) && !force)
        return dd_problem(problem, DD_E_FILE,
            "%s exists already: 'ddkeys add TENANT' adds to its key set, --force replaces all keys",
            store_path(store, BROKER_FILE));
    keyset_t *set = keyset_new(store, problem);
    if (set == NULL)
        return DD_E_MEMORY;
    dd_error_t error = make_set(set, names, force ? STORE_REPLACE : STORE_NEW, problem);
    keyset_destroy(&set);
    return error == DD_OK ? store_commit(store, problem) : error;
}

dd_error_t make_run(const options_t *options, dd_problem_t *problem)
{
    names_t *names =
        options->tenants == NULL ? ask(problem) : names_new(dd_bytes_of(options->tenants), problem);
    if (names == NULL)
        return problem->error;
    store_t *store = store_open(options->directory, STORE_CREATE, problem);
    if (store != NULL) {
        make_in(store, names, options->force, problem);
        store_print(store, stdout);
    }
    store_close(&store);
    names_destroy(&names);
    return problem->error;
}

/* ---- a new client ---------------------------------------------------------------------------- */

static bool is_operator(const char *name)
{
    return strcmp(name, "operator") == 0;
}

static dd_error_t add(keyset_t *set, const options_t *options, dd_problem_t *problem)
{
    const char *name = options->operand;
    store_put_t how = options->force ? STORE_REPLACE : STORE_NEW;
    bool known = is_operator(name) ? dd_keyring_operator_key(set->broker) != NULL
                                   : dd_keyring_has_tenant(set->broker, dd_bytes_of(name));
    if (known)
        return dd_problem(problem, DD_E_KEYS,
            "%s: \"%s\" is in the key set already; 'ddkeys rotate %s' makes new keys for it",
            store_path(set->store, BROKER_FILE), name, name);
    return is_operator(name) ? keyset_renew_operator(set, NULL, how, problem)
                             : keyset_renew_tenant(set, name, NULL, how, problem);
}

dd_error_t add_run(const options_t *options, dd_problem_t *problem)
{
    if (!is_operator(options->operand) &&
        names_check(dd_bytes_of(options->operand), problem) != DD_OK)
        return problem->error;
    return keyset_change(options, add, problem);
}
