/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * check - whether a directory's key files are sound and belong together
 */
#include <dirent.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <json-c/json.h>

#include "commands.h"
#include "libdd/base/problem.h"
#include "libdd/keys/access.h"
#include "libdd/keys/keyfile.h"
#include "libdd/keys/keyring.h"
#include "libdd/protocol/name.h"
#include "names.h"
#include "pair.h"
#include "store.h"

typedef struct {
    store_t *store;
    dd_keyring_t *broker; /* what all others are held against; NULL if it is no good */
    unsigned files;
    unsigned findings;
} check_t;

static void report(check_t *self, const dd_problem_t *finding)
{
    puts(finding->text);
    self->findings++;
}

static void found(check_t *self, const char *file, const char *what)
{
    dd_problem_t finding;
    dd_problem(&finding, DD_E_KEYS, "%s: %s", store_path(self->store, file), what);
    report(self, &finding);
}

static void found_tenant(check_t *self, const char *file, const char *tenant, const char *what)
{
    dd_problem_t finding;
    dd_problem(
        &finding, DD_E_KEYS, "%s: tenant \"%s\" %s", store_path(self->store, file), tenant, what);
    report(self, &finding);
}

/* ---- access ---------------------------------------------------------------------------------- */

/* The directory's, with file NULL. */
static void check_access(check_t *self, const char *file)
{
    struct stat status;
    char fault[DD_ACCESS_FAULT_ROOM];
    const char *path = file == NULL ? store_directory(self->store) : store_path(self->store, file);
    if (stat(path, &status) == -1 || !(file == NULL ? dd_access_directory_fault(&status, fault)
                                                    : dd_access_file_fault(&status, fault)))
        return;
    dd_problem_t finding;
    dd_problem(&finding, DD_E_KEYS, "%s: %s", path, fault);
    report(self, &finding);
}

/* ---- what every client's file shares with the broker's --------------------------------------- */

/* The field "hash" of a client's file, which its keyring doesn't keep: only clients of protocol 3
   and 4 need it, to log in. */
static void check_hash(
    check_t *self, const char *file, struct json_object *json, const char *expected)
{
    struct json_object *own = NULL, *hash = NULL;
    if (!json_object_object_get_ex(json, DD_PUBLIC, &own))
        own = json;
    if (!json_object_object_get_ex(own, "hash", &hash) ||
        !json_object_is_type(hash, json_type_string) ||
        strcmp(json_object_get_string(hash), expected) != 0)
        found(self, file, "field \"hash\" is not what " BROKER_FILE " has for the tenant");
}

/* Whoever doesn't know the next key when brokers change to it is cut off from them. */
static void check_broker_keys(check_t *self, const char *file, const dd_keyring_t *keyring)
{
    const uint8_t *next = dd_keyring_public_key_of(self->broker, DD_KEY_NEXT);
    if (!key_same(dd_keyring_broker_key(keyring), dd_keyring_public_key(self->broker)))
        found(self, file, "field \"ddpubkey\" is not the key in " BROKER_FILE);
    if (next != NULL && !key_same(dd_keyring_broker_key_of(keyring, DD_KEY_NEXT), next))
        found(self, file, "field \"nextddpubkey\" is not the key in " BROKER_FILE);
}

/* Whether there is no key of a rotation, or the same one. */
static bool is_same_next(const uint8_t *a, const uint8_t *b)
{
    return (a == NULL && b == NULL) || key_same(a, b);
}

static void check_nexts(
    check_t *self, const char *file, const dd_tenant_t *tenant, const dd_keyring_t *keyring)
{
    const dd_tenant_t *public = dd_keyring_tenant_by_name(self->broker, dd_bytes_of(DD_PUBLIC));
    if (!is_same_next(dd_keyring_public_key_of(keyring, DD_KEY_NEXT), key_next(tenant)))
        found(self, file, "field \"nextpubkey\" is not what " BROKER_FILE " has for the tenant");
    if (!is_same_next(dd_keyring_tenant_public_of(keyring, DD_KEY_NEXT), key_next(public)) &&
        tenant != public)
        found(self, file, "field \"nextpublicpubkey\" is not the key in " BROKER_FILE);
}

static void check_client(check_t *self, const char *file, struct json_object *json,
    const char *tenant_name, const dd_keyring_t *keyring)
{
    const dd_tenant_t *tenant = dd_keyring_tenant_by_name(self->broker, dd_bytes_of(tenant_name));
    check_broker_keys(self, file, keyring);
    if (!key_same(dd_keyring_tenant_public(keyring), dd_keyring_tenant_public(self->broker)))
        found(self, file, "field \"publicpubkey\" is not the key in " BROKER_FILE);
    if (tenant == NULL)
        found_tenant(self, file, tenant_name, "is not in " BROKER_FILE);
    else if (!key_same(dd_keyring_public_key(keyring), tenant->public_key))
        found(self, file, "field \"pubkey\" is not what " BROKER_FILE " has for the tenant");
    else
        check_hash(self, file, json, tenant->hash);
    if (tenant != NULL)
        check_nexts(self, file, tenant, keyring);
}

/* What its own file says of it, and the brokers'. name: as the file is called. */
static void check_operator(
    check_t *self, const char *file, const char *name, const dd_keyring_t *keyring)
{
    const dd_operator_t *own = dd_keyring_operator_at(keyring, 0);
    const dd_operator_t *known = dd_keyring_operator_by_name(self->broker, dd_bytes_of(name));
    if (strcmp(own->name, name) != 0)
        found(self, file, "field \"name\" is not the one in the file's name");
    check_broker_keys(self, file, keyring);
    if (!key_same(own->public_key, known == NULL ? NULL : known->public_key))
        found(self, file, "field \"pubkey\" is not the operator's key in " BROKER_FILE);
    else if (own->read_only != known->read_only)
        found(self, file, "field \"readonly\" is not what " BROKER_FILE " has");
}

/* ---- the tenants that two files list --------------------------------------------------------- */

static void check_tenants(check_t *self, const char *file, const dd_keyring_t *keyring)
{
    const dd_tenant_t *tenant;
    for (size_t i = 0; (tenant = dd_keyring_tenant_at(self->broker, i)) != NULL; i++) {
        const dd_tenant_t *listed = dd_keyring_tenant_by_name(keyring, dd_bytes_of(tenant->name));
        if (listed == NULL && strcmp(tenant->name, DD_PUBLIC) != 0)
            found_tenant(self, file, tenant->name, "is missing");
        else if (listed != NULL && !key_same(listed->public_key, tenant->public_key))
            found_tenant(self, file, tenant->name, "has another key in " BROKER_FILE);
        else if (listed != NULL && !is_same_next(key_next(listed), key_next(tenant)))
            found_tenant(self, file, tenant->name, "has another next key in " BROKER_FILE);
    }
    for (size_t i = 0; (tenant = dd_keyring_tenant_at(keyring, i)) != NULL; i++)
        if (!dd_keyring_has_tenant(self->broker, dd_bytes_of(tenant->name)))
            found_tenant(self, file, tenant->name, "is not in " BROKER_FILE);
}

/* ---- one file -------------------------------------------------------------------------------- */

static dd_keys_kind_t expected_kind(const char *file)
{
    static const struct {
        const char *file;
        dd_keys_kind_t kind;
    } FILES[] = {{BROKER_FILE, DD_KEYS_BROKER}, {PUBLIC_FILE, DD_KEYS_PUBLIC},
        {OPERATOR_FILE, DD_KEYS_OPERATOR}};
    for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++)
        if (strcmp(FILES[i].file, file) == 0)
            return FILES[i].kind;
    return names_operator(file) != NULL ? DD_KEYS_OPERATOR : DD_KEYS_TENANT;
}

static void compare(
    check_t *self, const char *file, struct json_object *json, const dd_keyring_t *keyring)
{
    int size = (int)(strlen(file) - strlen(KEYS_SUFFIX));
    char tenant[NAME_MAX + 1];
    snprintf(tenant, sizeof tenant, "%.*s", size, file);
    switch (dd_keyring_kind(keyring)) {
    case DD_KEYS_PUBLIC:
        check_tenants(self, file, keyring);
        check_client(self, file, json, tenant, keyring);
        break;
    case DD_KEYS_TENANT:
        check_client(self, file, json, tenant, keyring);
        break;
    case DD_KEYS_OPERATOR:
        check_operator(
            self, file, names_operator(tenant) != NULL ? names_operator(tenant) : tenant, keyring);
        break;
    case DD_KEYS_BROKER:
        break;
    }
}

static void check_keys(check_t *self, const char *file, struct json_object *json)
{
    dd_problem_t problem = {0};
    dd_keyring_t *keyring = dd_keyring_from_json(store_path(self->store, file), json, &problem);
    if (keyring == NULL)
        report(self, &problem);
    else if (dd_keyring_kind(keyring) != expected_kind(file))
        found(self, file, "holds keys of another kind than its name says");
    else if (self->broker != NULL)
        compare(self, file, json, keyring);
    dd_keyring_destroy(&keyring);
}

static void check_file(check_t *self, const char *file)
{
    check_access(self, file);
    if (names_is_aside(file)) {
        found(self, file, "is left over from an interrupted ddkeys; remove it");
        return;
    }
    self->files++;
    dd_problem_t problem;
    struct json_object *json = dd_keyfile_load(store_path(self->store, file), &problem);
    if (json == NULL)
        report(self, &problem);
    else
        check_keys(self, file, json);
    dd_keyfile_destroy(&json);
}

/* ---- the directory --------------------------------------------------------------------------- */

static int is_ours(const struct dirent *entry)
{
    return names_is_file(entry->d_name) || names_is_aside(entry->d_name);
}

static dd_error_t check_files(check_t *self, dd_problem_t *problem)
{
    struct dirent **entries;
    const char *directory = store_directory(self->store);
    int count = scandir(directory, &entries, is_ours, alphasort);
    if (count == -1)
        return dd_problem(problem, DD_E_FILE, "%s: can't be read: %m", directory);
    for (int i = 0; i < count; i++) {
        check_file(self, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return DD_OK;
}

static dd_error_t check(check_t *self, dd_problem_t *problem)
{
    const char *needed[] = {BROKER_FILE, PUBLIC_FILE};
    for (size_t i = 0; i < 2; i++)
        if (!store_has(self->store, needed[i]))
            found(self, needed[i], "is missing");
    check_access(self, NULL);
    self->broker = dd_keyring_load(store_path(self->store, BROKER_FILE), NULL);
    if (self->broker != NULL && dd_keyring_kind(self->broker) != DD_KEYS_BROKER)
        dd_keyring_destroy(&self->broker);

    dd_error_t error = check_files(self, problem);
    if (error != DD_OK)
        return error;
    if (self->findings > 0)
        return dd_problem(
            problem, DD_E_KEYS, "%s: %u wrong", store_directory(self->store), self->findings);
    printf("%s: %u key files, nothing wrong\n", store_directory(self->store), self->files);
    return DD_OK;
}

dd_error_t check_run(const options_t *options, dd_problem_t *problem)
{
    check_t self = {.store = store_open(options->directory, STORE_READ, problem)};
    if (self.store == NULL)
        return problem->error;
    dd_error_t error = check(&self, problem);
    dd_keyring_destroy(&self.broker);
    store_close(&self.store);
    return error;
}
