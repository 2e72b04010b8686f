/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * remove - takes a tenant or the operator out of a key set
 */
#include <string.h>

#include <json-c/json.h>

#include "commands.h"
#include "keyset.h"
#include "libdd/base/problem.h"
#include "libdd/protocol/name.h"
#include "names.h"

static dd_error_t remove_operator(keyset_t *set, dd_problem_t *problem)
{
    if (dd_keyring_operator_key(set->broker) == NULL)
        return dd_problem(
            problem, DD_E_KEYS, "%s: there is no operator", store_path(set->store, BROKER_FILE));
    json_object_object_del(keyset_section(set->broker_json, "dd"), "operatorpubkey");
    return store_remove(set->store, OPERATOR_FILE, problem);
}

static dd_error_t remove_named_operator(keyset_t *set, const char *name, dd_problem_t *problem)
{
    struct json_object *all = NULL;
    if (dd_keyring_operator_by_name(set->broker, dd_bytes_of(name)) == NULL)
        return dd_problem(problem, DD_E_KEYS, "%s: there is no operator \"%s\"",
            store_path(set->store, BROKER_FILE), name);
    json_object_object_get_ex(keyset_section(set->broker_json, "dd"), "operators", &all);
    json_object_object_del(all, name);
    return store_remove(set->store, names_operator_file(name).text, problem);
}

static void remove_entry(
    struct json_object *file, const dd_keyring_t *keyring, const char *tenant_name)
{
    const dd_tenant_t *tenant = dd_keyring_tenant_by_name(keyring, dd_bytes_of(tenant_name));
    if (tenant != NULL)
        json_object_object_del(file, tenant->hash);
}

static dd_error_t remove_tenant(keyset_t *set, const char *name, dd_problem_t *problem)
{
    if (!dd_keyring_has_tenant(set->broker, dd_bytes_of(name)))
        return dd_problem(problem, DD_E_KEYS, "%s: there is no tenant \"%s\"",
            store_path(set->store, BROKER_FILE), name);
    remove_entry(set->broker_json, set->broker, name);
    remove_entry(set->public_json, set->public_tenant, name);
    return store_remove(set->store, names_file(name).text, problem);
}

static dd_error_t remove_from(keyset_t *set, const options_t *options, dd_problem_t *problem)
{
    const char *name = names_operator(options->operand);
    if (name != NULL)
        return remove_named_operator(set, name, problem);
    return strcmp(options->operand, DD_OPERATOR) == 0
               ? remove_operator(set, problem)
               : remove_tenant(set, options->operand, problem);
}

dd_error_t remove_run(const options_t *options, dd_problem_t *problem)
{
    if (strcmp(options->operand, DD_OPERATOR) != 0 && names_operator(options->operand) == NULL &&
        names_check(dd_bytes_of(options->operand), problem) != DD_OK)
        return problem->error;
    return keyset_change(options, remove_from, problem);
}
