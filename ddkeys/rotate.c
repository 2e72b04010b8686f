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
#include "rotation.h"

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

/* At once, whether or not a rotation is under way: for when the old keys are in wrong hands. */
static dd_error_t renew_tenant(keyset_t *set, const char *name, dd_problem_t *problem)
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
    char next[32], previous[32];
    snprintf(next, sizeof next, "next%s", field);
    snprintf(previous, sizeof previous, "previous%s", field);
    struct json_object *file = keyset_load_told(set, name, problem);
    if (file == NULL)
        return problem->error;
    json_object_object_del(file, next);
    json_object_object_del(file, previous);
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

static dd_error_t renew_public(keyset_t *set, dd_problem_t *problem)
{
    dd_error_t error = keyset_renew_public(set, problem);
    return error == DD_OK ? tell_tenants(set, "publicpubkey", &set->public_key, problem) : error;
}

static dd_error_t renew_brokers(keyset_t *set, dd_problem_t *problem)
{
    rotation_forget_brokers(set);
    dd_error_t error = keyset_renew_broker(set, problem);
    if (error == DD_OK)
        error = tell_tenants(set, "ddpubkey", &set->broker_key, problem);
    const dd_operator_t *known;
    for (size_t i = 0; error == DD_OK && (known = dd_keyring_operator_at(set->broker, i)); i++)
        error = tell_client(
            set, names_operator_file(known->name).text, "ddpubkey", &set->broker_key, problem);
    return error;
}

/* ---- the command ----------------------------------------------------------------------------- */

static dd_error_t rotate(keyset_t *set, const options_t *options, dd_problem_t *problem)
{
    const char *name = options->operand;
    if (strcmp(name, DD_OPERATOR) == 0)
        return rotate_operator(set, problem);
    if (names_operator(name) != NULL)
        return rotate_named_operator(set, names_operator(name), problem);
    if (strcmp(name, "dd") == 0)
        return options->force ? renew_brokers(set, problem) : rotation_begin_brokers(set, problem);
    if (strcmp(name, DD_PUBLIC) == 0)
        return options->force ? renew_public(set, problem) : rotation_begin_public(set, problem);
    return options->force ? renew_tenant(set, name, problem)
                          : rotation_begin_tenant(set, name, problem);
}

dd_error_t rotate_run(const options_t *options, dd_problem_t *problem)
{
    return keyset_change(options, rotate, problem);
}
