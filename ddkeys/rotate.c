/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rotate - new keys for old names
 */
#include <string.h>

#include <json-c/json.h>

#include "commands.h"
#include "keyset.h"
#include "libdd/base/problem.h"
#include "libdd/keys/keyfile.h"
#include "libdd/protocol/name.h"
#include "names.h"

/* ---- one client ------------------------------------------------------------------------------ */

/* A client's file to be changed, in *file; NULL if it isn't here, for then it is made anew. */
static dd_error_t load_client(
    store_t *store, const char *name, struct json_object **file, dd_problem_t *problem)
{
    *file = NULL;
    if (!store_has(store, name))
        return DD_OK;
    *file = dd_keyfile_load(store_path(store, name), problem);
    return *file == NULL ? problem->error : DD_OK;
}

static dd_error_t rotate_tenant(keyset_t *set, const char *name, dd_problem_t *problem)
{
    struct json_object *file;
    if (!dd_keyring_has_tenant(set->broker, dd_bytes_of(name)))
        return dd_problem(problem, DD_E_KEYS, "%s: there is no tenant \"%s\"",
            store_path(set->store, BROKER_FILE), name);
    dd_error_t error = load_client(set->store, names_file(name).text, &file, problem);
    if (error != DD_OK)
        return error;
    return keyset_renew_tenant(set, name, file, STORE_REPLACE, problem);
}

static dd_error_t rotate_operator(keyset_t *set, dd_problem_t *problem)
{
    struct json_object *file;
    if (dd_keyring_operator_key(set->broker) == NULL)
        return dd_problem(problem, DD_E_KEYS,
            "%s: there is no operator; 'ddkeys add operator' makes one",
            store_path(set->store, BROKER_FILE));
    dd_error_t error = load_client(set->store, OPERATOR_FILE, &file, problem);
    if (error != DD_OK)
        return error;
    return keyset_renew_operator(set, file, STORE_REPLACE, problem);
}

static dd_error_t rotate_named_operator(keyset_t *set, const char *name, dd_problem_t *problem)
{
    struct json_object *file;
    const dd_operator_t *known = dd_keyring_operator_by_name(set->broker, dd_bytes_of(name));
    if (known == NULL)
        return dd_problem(problem, DD_E_KEYS,
            "%s: there is no operator \"%s\"; 'ddkeys operator %s' makes one",
            store_path(set->store, BROKER_FILE), name, name);
    dd_error_t error = load_client(set->store, names_operator_file(name).text, &file, problem);
    if (error != DD_OK)
        return error;
    return keyset_renew_named_operator(set, known, file, STORE_REPLACE, problem);
}

/* ---- keys that are in everybody's file ------------------------------------------------------- */

/* Writes a new key of somebody else into a client's file, which must be there. */
static dd_error_t tell_client(keyset_t *set, const char *name, const char *field,
    const key_text_t *key, dd_problem_t *problem)
{
    if (!store_has(set->store, name))
        return dd_problem(problem, DD_E_FILE,
            "%s is not there, but needs the new key as all clients' files do; put it there for "
            "this",
            store_path(set->store, name));
    struct json_object *file = dd_keyfile_load(store_path(set->store, name), problem);
    if (file == NULL)
        return problem->error;
    keyset_set(file, field, key->text);
    return store_put(set->store, name, &file, STORE_REPLACE, problem);
}

static dd_error_t tell_tenants(
    keyset_t *set, const char *field, const key_text_t *key, dd_problem_t *problem)
{
    dd_error_t error = DD_OK;
    const dd_tenant_t *tenant;
    for (size_t i = 0; error == DD_OK && (tenant = dd_keyring_tenant_at(set->broker, i)) != NULL;
         i++)
        if (strcmp(tenant->name, DD_PUBLIC) != 0)
            error = tell_client(set, names_file(tenant->name).text, field, key, problem);
    return error;
}

static dd_error_t rotate_public(keyset_t *set, dd_problem_t *problem)
{
    dd_error_t error = keyset_renew_public(set, problem);
    return error == DD_OK ? tell_tenants(set, "publicpubkey", &set->public_key, problem) : error;
}

static file_name_t operator_file(const dd_operator_t *operator)
{
    return strcmp(operator->name, DD_OPERATOR) == 0 ? names_file(DD_OPERATOR)
                                                    : names_operator_file(operator->name);
}

static dd_error_t rotate_broker(keyset_t *set, dd_problem_t *problem)
{
    dd_error_t error = keyset_renew_broker(set, problem);
    if (error == DD_OK)
        error = tell_tenants(set, "ddpubkey", &set->broker_key, problem);
    const dd_operator_t *operator;
    for (size_t i = 0; error == DD_OK && (operator= dd_keyring_operator_at(set->broker, i)) != NULL;
         i++)
        error =
            tell_client(set, operator_file(operator).text, "ddpubkey", &set->broker_key, problem);
    return error;
}

/* ---- the command ----------------------------------------------------------------------------- */

static const struct {
    const char *name;
    dd_error_t (*rotate)(keyset_t *set, dd_problem_t *problem);
    const char *warning; /* NULL: it concerns nobody else */
} SPECIAL[] = {
    {"operator", rotate_operator, NULL},
    {DD_PUBLIC, rotate_public,
        "new keys for \"public\" change every client's file, and clients with the old one no "
        "longer "
        "understand the public tenant; say --force if that is meant"},
    {"dd", rotate_broker,
        "new keys for \"dd\" change every broker's and client's file, and nobody with an old one "
        "gets in; say --force if that is meant"},
};

static dd_error_t rotate(keyset_t *set, const options_t *options, dd_problem_t *problem)
{
    for (size_t i = 0; i < sizeof SPECIAL / sizeof SPECIAL[0]; i++) {
        if (strcmp(SPECIAL[i].name, options->operand) != 0)
            continue;
        if (SPECIAL[i].warning != NULL && !options->force)
            return dd_problem(problem, DD_E_REFUSED, "%s", SPECIAL[i].warning);
        return SPECIAL[i].rotate(set, problem);
    }
    const char *operator= names_operator(options->operand);
    return operator!= NULL ? rotate_named_operator(set, operator, problem)
                           : rotate_tenant(set, options->operand, problem);
}

dd_error_t rotate_run(const options_t *options, dd_problem_t *problem)
{
    return keyset_change(options, rotate, problem);
}
