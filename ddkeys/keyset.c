/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * keyset - the key files of one set of brokers, as JSON to be changed
 */
#include <json-c/json.h>
#include <stdlib.h>

#include "keyset.h"
#include "libdd/base/problem.h"
#include "libdd/keys/keyfile.h"
#include "libdd/protocol/name.h"
#include "names.h"

/* ---- fields ---------------------------------------------------------------------------------- */

void keyset_set(struct json_object *object, const char *field, const char *text)
{
    if (object != NULL)
        json_object_object_add(object, field, json_object_new_string(text));
}

void keyset_forget(struct json_object *object)
{
    static const char *const FIELDS[] = {
        "nextprivkey", "nextpubkey", "nextR", "previousprivkey", "previouspubkey"};
    for (size_t i = 0; object != NULL && i < sizeof FIELDS / sizeof FIELDS[0]; i++)
        json_object_object_del(object, FIELDS[i]);
}

/* At once: no other pair is good from now on. */
static void set_pair(struct json_object *object, const pair_t *pair)
{
    keyset_forget(object);
    keyset_set(object, "privkey", pair->secret_key.text);
    keyset_set(object, "pubkey", pair->public_key.text);
}

struct json_object *keyset_section(struct json_object *file, const char *name)
{
    struct json_object *object = NULL;
    json_object_object_get_ex(file, name, &object);
    return json_object_is_type(object, json_type_object) ? object : file;
}

/* Gives a file's entry for a tenant the new key, and with it another place, the hash; without an
   old entry it makes one. Only brokers know the cookie. */
static void renew_entry(struct json_object *file, const dd_tenant_t *old, const char *name,
    const pair_t *pair, bool with_cookie)
{
    struct json_object *entry = NULL;
    if (old != NULL && json_object_object_get_ex(file, old->hash, &entry)) {
        json_object_get(entry);
        json_object_object_del(file, old->hash);
    } else {
        entry = json_object_new_object();
    }
    keyset_forget(entry);
    keyset_set(entry, "r", name);
    if (with_cookie)
        keyset_set(entry, "R", pair->cookie);
    keyset_set(entry, "pubkey", pair->public_key.text);
    json_object_object_add(file, pair->hash, entry);
}

static const dd_tenant_t *find(const dd_keyring_t *keyring, const char *name)
{
    return keyring == NULL ? NULL : dd_keyring_tenant_by_name(keyring, dd_bytes_of(name));
}

/* ---- a set ----------------------------------------------------------------------------------- */

static dd_error_t no_memory(dd_problem_t *problem)
{
    return dd_problem(problem, DD_E_MEMORY, "out of memory");
}

/* A file with one empty object in it; NULL when out of memory. */
static struct json_object *new_file(const char *section_name)
{
    struct json_object *file = json_object_new_object();
    if (file != NULL)
        json_object_object_add(file, section_name, json_object_new_object());
    return file;
}

keyset_t *keyset_new(store_t *store, dd_problem_t *problem)
{
    keyset_t *self = calloc(1, sizeof *self);
    if (self == NULL) {
        no_memory(problem);
        return NULL;
    }
    self->store = store;
    self->broker_json = new_file("dd");
    self->public_json = new_file(DD_PUBLIC);
    keyset_set(keyset_section(self->public_json, DD_PUBLIC), "name", DD_PUBLIC);
    if (keyset_renew_broker(self, problem) != DD_OK || keyset_renew_public(self, problem) != DD_OK)
        keyset_destroy(&self);
    return self;
}

/* Reads a file as JSON, which is the caller's whatever comes of it, and the keys in it. */
static dd_keyring_t *load_kind(store_t *store, const char *name, dd_keys_kind_t kind,
    const char *what, struct json_object **json, dd_problem_t *problem)
{
    const char *path = store_path(store, name);
    *json = dd_keyfile_load(path, problem);
    dd_keyring_t *keyring = *json == NULL ? NULL : dd_keyring_from_json(path, *json, problem);
    if (keyring != NULL && dd_keyring_kind(keyring) != kind) {
        dd_problem(
            problem, DD_E_KEYS, "%s: is not the key file of %s; see 'ddkeys check'", path, what);
        dd_keyring_destroy(&keyring);
    }
    return keyring;
}

static bool load(keyset_t *self, dd_problem_t *problem)
{
    store_t *store = self->store;
    self->broker =
        load_kind(store, BROKER_FILE, DD_KEYS_BROKER, "the brokers", &self->broker_json, problem);
    if (self->broker == NULL)
        return false;
    self->public_tenant = load_kind(
        store, PUBLIC_FILE, DD_KEYS_PUBLIC, "the public tenant", &self->public_json, problem);
    if (self->public_tenant == NULL)
        return false;
    if (key_same(dd_keyring_broker_key(self->broker), dd_keyring_broker_key(self->public_tenant)) &&
        key_same(
            dd_keyring_tenant_public(self->broker), dd_keyring_public_key(self->public_tenant)))
        return true;
    dd_problem(problem, DD_E_KEYS,
        "%s: " BROKER_FILE " and " PUBLIC_FILE " are of two sets; see 'ddkeys check'",
        store_directory(store));
    return false;
}

static keyset_t *load_set(store_t *store, dd_problem_t *problem)
{
    keyset_t *self = calloc(1, sizeof *self);
    if (self == NULL) {
        no_memory(problem);
        return NULL;
    }
    self->store = store;
    if (!load(self, problem)) {
        keyset_destroy(&self);
        return NULL;
    }
    if (json_object_deep_copy(self->public_json, &self->public_before, NULL) != 0) {
        no_memory(problem);
        keyset_destroy(&self);
        return NULL;
    }
    self->broker_key = key_text(dd_keyring_public_key(self->broker));
    self->public_key = key_text(dd_keyring_public_key(self->public_tenant));
    return self;
}

void keyset_destroy(keyset_t **self_p)
{
    if (self_p == NULL || *self_p == NULL)
        return;
    keyset_t *self = *self_p;
    dd_keyring_destroy(&self->broker);
    dd_keyring_destroy(&self->public_tenant);
    dd_keyfile_destroy(&self->broker_json);
    dd_keyfile_destroy(&self->public_json);
    dd_keyfile_destroy(&self->public_before);
    free(self);
    *self_p = NULL;
}

dd_error_t keyset_put(keyset_t *self, store_put_t how, dd_problem_t *problem)
{
    bool same = self->public_before && json_object_equal(self->public_json, self->public_before);
    dd_error_t error =
        same ? DD_OK : store_put(self->store, PUBLIC_FILE, &self->public_json, how, problem);
    if (error != DD_OK)
        return error;
    return store_put(self->store, BROKER_FILE, &self->broker_json, how, problem);
}

struct json_object *keyset_load_told(keyset_t *self, const char *name, dd_problem_t *problem)
{
    const char *path = store_path(self->store, name);
    if (store_has(self->store, name))
        return dd_keyfile_load(path, problem);
    dd_problem(problem, DD_E_FILE,
        "%s is not there, but needs the new key as all clients' files do; put it there for this",
        path);
    return NULL;
}

static dd_error_t change_in(
    store_t *store, const options_t *options, keyset_change_t *change, dd_problem_t *problem)
{
    keyset_t *self = load_set(store, problem);
    if (self == NULL)
        return problem->error;
    dd_error_t error = change(self, options, problem);
    if (error == DD_OK)
        error = keyset_put(self, STORE_REPLACE, problem);
    keyset_destroy(&self);
    return error == DD_OK ? store_commit(store, problem) : error;
}

dd_error_t keyset_change(const options_t *options, keyset_change_t *change, dd_problem_t *problem)
{
    store_t *store = store_open(options->directory, STORE_CHANGE, problem);
    if (store == NULL)
        return problem->error;
    dd_error_t error = change_in(store, options, change, problem);
    store_print(store, stdout);
    store_close(&store);
    return error;
}

/* ---- new pairs ------------------------------------------------------------------------------- */

/* A pair for the client whose file is *file_p, which is made if it is NULL. Without memory NULL,
   and the file is gone. */
static pair_t *pair_for(struct json_object **file_p, dd_problem_t *problem)
{
    if (*file_p == NULL)
        *file_p = json_object_new_object();
    pair_t *pair = *file_p == NULL ? NULL : pair_new();
    if (pair == NULL) {
        dd_keyfile_destroy(file_p);
        no_memory(problem);
    }
    return pair;
}

/* A client's file that is made while the brokers have another key than the current one, too. */
static void set_ages_of_brokers(const keyset_t *self, struct json_object *file)
{
    static const char *const FIELDS[DD_KEY_AGES] = {
        [DD_KEY_NEXT] = "nextddpubkey", [DD_KEY_PREVIOUS] = "previousddpubkey"};
    keyset_set(file, "ddpubkey", self->broker_key.text);
    for (dd_key_age_t age = DD_KEY_NEXT; self->broker != NULL && age < DD_KEY_AGES; age++) {
        const uint8_t *key = dd_keyring_broker_key_of(self->broker, age);
        if (key != NULL)
            keyset_set(file, FIELDS[age], key_text(key).text);
    }
}

/* The same of the public tenant. */
static void set_ages_of_public(const keyset_t *self, struct json_object *file)
{
    static const char *const FIELDS[DD_KEY_AGES] = {
        [DD_KEY_NEXT] = "nextpublicpubkey", [DD_KEY_PREVIOUS] = "previouspublicpubkey"};
    for (dd_key_age_t age = DD_KEY_NEXT; self->public_tenant != NULL && age < DD_KEY_AGES; age++) {
        const uint8_t *key = dd_keyring_public_key_of(self->public_tenant, age);
        if (key != NULL)
            keyset_set(file, FIELDS[age], key_text(key).text);
    }
}

dd_error_t keyset_renew_tenant(keyset_t *self, const char *name, struct json_object *file,
    store_put_t how, dd_problem_t *problem)
{
    pair_t *pair = pair_for(&file, problem);
    if (pair == NULL)
        return DD_E_MEMORY;
    keyset_set(file, "hash", pair->hash);
    set_pair(file, pair);
    set_ages_of_brokers(self, file);
    keyset_set(file, "publicpubkey", self->public_key.text);
    set_ages_of_public(self, file);
    renew_entry(self->broker_json, find(self->broker, name), name, pair, true);
    renew_entry(self->public_json, find(self->public_tenant, name), name, pair, false);
    pair_destroy(&pair);
    return store_put(self->store, names_file(name).text, &file, how, problem);
}

dd_error_t keyset_renew_operator(
    keyset_t *self, struct json_object *file, store_put_t how, dd_problem_t *problem)
{
    pair_t *pair = pair_for(&file, problem);
    if (pair == NULL)
        return DD_E_MEMORY;
    keyset_set(file, "role", "operator");
    set_pair(file, pair);
    set_ages_of_brokers(self, file);
    keyset_set(keyset_section(self->broker_json, "dd"), "operatorpubkey", pair->public_key.text);
    pair_destroy(&pair);
    return store_put(self->store, OPERATOR_FILE, &file, how, problem);
}

/* The object in an object, which is made if it isn't there; NULL when out of memory. */
static struct json_object *member(struct json_object *object, const char *name)
{
    struct json_object *found = NULL;
    if (json_object_object_get_ex(object, name, &found) &&
        json_object_is_type(found, json_type_object))
        return found;
    found = json_object_new_object();
    if (found != NULL)
        json_object_object_add(object, name, found);
    return found;
}

/* What isn't said is no. */
static void set_rights(struct json_object *object, bool read_only)
{
    if (read_only)
        json_object_object_add(object, "readonly", json_object_new_boolean(true));
    else
        json_object_object_del(object, "readonly");
}

dd_error_t keyset_renew_named_operator(keyset_t *self, const dd_operator_t *rights,
    struct json_object *file, store_put_t how, dd_problem_t *problem)
{
    pair_t *pair = pair_for(&file, problem);
    struct json_object *all = member(keyset_section(self->broker_json, "dd"), "operators");
    struct json_object *entry = all == NULL ? NULL : member(all, rights->name);
    if (pair == NULL || entry == NULL) {
        pair_destroy(&pair);
        dd_keyfile_destroy(&file);
        return no_memory(problem);
    }
    keyset_set(file, "role", "operator");
    keyset_set(file, "name", rights->name);
    set_rights(file, rights->read_only);
    set_pair(file, pair);
    set_ages_of_brokers(self, file);
    keyset_set(entry, "pubkey", pair->public_key.text);
    set_rights(entry, rights->read_only);
    pair_destroy(&pair);
    return store_put(self->store, names_operator_file(rights->name).text, &file, how, problem);
}

dd_error_t keyset_renew_public(keyset_t *self, dd_problem_t *problem)
{
    pair_t *pair = pair_new();
    if (pair == NULL)
        return no_memory(problem);
    struct json_object *own = keyset_section(self->public_json, DD_PUBLIC);
    keyset_set(own, "hash", pair->hash);
    set_pair(own, pair);
    keyset_set(own, "ddpubkey", self->broker_key.text);
    keyset_set(own, "publicpubkey", pair->public_key.text);
    renew_entry(self->broker_json, find(self->broker, DD_PUBLIC), DD_PUBLIC, pair, true);
    self->public_key = pair->public_key;
    pair_destroy(&pair);
    return DD_OK;
}

dd_error_t keyset_renew_broker(keyset_t *self, dd_problem_t *problem)
{
    pair_t *pair = pair_new();
    if (pair == NULL)
        return no_memory(problem);
    struct json_object *own = keyset_section(self->broker_json, "dd");
    set_pair(own, pair);
    keyset_set(own, "R", pair->cookie);
    keyset_set(keyset_section(self->public_json, DD_PUBLIC), "ddpubkey", pair->public_key.text);
    self->broker_key = pair->public_key;
    pair_destroy(&pair);
    return DD_OK;
}
