/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rotation - one pair of keys after another, with both of them good in between
 */
#include "rotation.h"

#include <string.h>

#include <json-c/json.h>

#include "libdd/base/problem.h"
#include "libdd/keys/keyfile.h"
#include "libdd/protocol/name.h"
#include "names.h"

#define FIELD_ROOM 32

/* ---- fields ---------------------------------------------------------------------------------- */

static const char *next_of(const char *field, char room[FIELD_ROOM])
{
    snprintf(room, FIELD_ROOM, "next%s", field);
    return room;
}

static const char *previous_of(const char *field, char room[FIELD_ROOM])
{
    snprintf(room, FIELD_ROOM, "previous%s", field);
    return room;
}

/* Enters the key that will follow. The one before the current one has had its time. */
static void set_next(struct json_object *object, const char *field, const char *text)
{
    char room[FIELD_ROOM];
    json_object_object_del(object, previous_of(field, room));
    keyset_set(object, next_of(field, room), text);
}

/* The next one takes the current one's place, and that, where it is still wanted, is the previous
   one. The texts themselves are moved, so that no copy of a secret is left behind. */
static void follow(struct json_object *object, const char *field, bool keeps)
{
    char next[FIELD_ROOM], previous[FIELD_ROOM];
    struct json_object *now = NULL, *then = NULL;
    json_object_object_get_ex(object, field, &now);
    json_object_object_get_ex(object, next_of(field, next), &then);
    if (keeps)
        json_object_object_add(object, previous_of(field, previous), json_object_get(now));
    json_object_object_add(object, field, json_object_get(then));
    json_object_object_del(object, next);
}

static void set_next_pair(struct json_object *object, const pair_t *pair)
{
    set_next(object, "privkey", pair->secret_key.text);
    set_next(object, "pubkey", pair->public_key.text);
}

static void follow_pair(struct json_object *object, const char *hash)
{
    follow(object, "privkey", true);
    follow(object, "pubkey", true);
    keyset_set(object, "hash", hash);
}

/* ---- a tenant's entries ---------------------------------------------------------------------- */

/* What is known of a tenant in one of the two files. */
typedef struct {
    const dd_tenant_t *tenant;
    const dd_tenant_t *next; /* the same with its next key, or NULL */
    struct json_object *entry;
} listed_t;

static dd_error_t look_up(
    listed_t *self, keyset_t *set, const char *name, bool in_broker, dd_problem_t *problem)
{
    const dd_keyring_t *keyring = in_broker ? set->broker : set->public_tenant;
    const char *file = in_broker ? BROKER_FILE : PUBLIC_FILE;
    *self = (listed_t){.tenant = dd_keyring_tenant_by_name(keyring, dd_bytes_of(name))};
    if (self->tenant == NULL)
        return dd_problem(problem, DD_E_KEYS, "%s: there is no tenant \"%s\"",
            store_path(set->store, file), name);
    for (const dd_tenant_t *key = self->tenant; key != NULL; key = key->other)
        if (key->age == DD_KEY_NEXT)
            self->next = key;
    json_object_object_get_ex(
        in_broker ? set->broker_json : set->public_json, self->tenant->hash, &self->entry);
    return DD_OK;
}

/* Of a tenant in the broker's file: whether it has a next key must be as wanted. */
static dd_error_t look_up_to(
    listed_t *self, keyset_t *set, const char *name, bool to_begin, dd_problem_t *problem)
{
    dd_error_t error = look_up(self, set, name, true, problem);
    if (error != DD_OK || (self->next == NULL) == to_begin)
        return error;
    const char *path = store_path(set->store, BROKER_FILE);
    return to_begin
               ? dd_problem(problem, DD_E_KEYS,
                     "%s: \"%s\" has a next key already: 'ddkeys finish %s' makes it the "
                     "current one, and 'ddkeys rotate --force %s' makes another at once",
                     path, name, name, name)
               : dd_problem(problem, DD_E_KEYS,
                     "%s: \"%s\" has no next key: 'ddkeys rotate %s' makes one", path, name, name);
}

/* Moves an entry to the hash of the next key, which becomes the current one. */
static void finish_entry(
    struct json_object *file, const listed_t *listed, const char *hash, bool in_broker)
{
    struct json_object *entry = json_object_get(listed->entry);
    json_object_object_del(file, listed->tenant->hash);
    follow(entry, "pubkey", !in_broker);
    if (in_broker)
        follow(entry, "R", false);
    json_object_object_add(file, hash, entry);
}

static void begin_in_broker(const listed_t *listed, const pair_t *pair)
{
    set_next(listed->entry, "pubkey", pair->public_key.text);
    set_next(listed->entry, "R", pair->cookie);
}

/* ---- clients' files -------------------------------------------------------------------------- */

/* The file of a client whose keys are being replaced; NULL with *problem filled if it isn't there,
   or isn't what the broker's file is about. */
static struct json_object *load_client(
    keyset_t *set, const char *name, const listed_t *listed, dd_problem_t *problem)
{
    const char *path = store_path(set->store, name);
    if (!store_has(set->store, name)) {
        dd_problem(problem, DD_E_FILE,
            "%s is not there, but holds the pair that stays good until the next one follows; put "
            "it there, or say 'ddkeys rotate --force', which makes a new pair at once",
            path);
        return NULL;
    }
    struct json_object *file = dd_keyfile_load(path, problem);
    dd_keyring_t *keyring = file == NULL ? NULL : dd_keyring_from_json(path, file, problem);
    const uint8_t *next = listed->next == NULL ? NULL : listed->next->public_key;
    bool same = keyring != NULL &&
                key_same(dd_keyring_public_key(keyring), listed->tenant->public_key) &&
                (next == NULL || key_same(dd_keyring_public_key_of(keyring, DD_KEY_NEXT), next));
    if (keyring != NULL && !same)
        dd_problem(problem, DD_E_KEYS,
            "%s: its keys are not those that " BROKER_FILE " has for the tenant; see 'ddkeys "
            "check'",
            path);
    dd_keyring_destroy(&keyring);
    if (!same)
        dd_keyfile_destroy(&file);
    return file;
}

/* What a tenant's rotation changes: its entries, and its clients' file, which is the caller's. */
typedef struct {
    listed_t in_broker, in_public;
    file_name_t file_name;
    struct json_object *file;
} tenant_t;

static dd_error_t open_tenant(
    tenant_t *self, keyset_t *set, const char *name, bool begins, dd_problem_t *problem)
{
    if (look_up_to(&self->in_broker, set, name, begins, problem) != DD_OK ||
        look_up(&self->in_public, set, name, false, problem) != DD_OK)
        return problem->error;
    self->file_name = names_file(name);
    self->file = load_client(set, self->file_name.text, &self->in_broker, problem);
    return self->file ? DD_OK : problem->error;
}

dd_error_t rotation_begin_tenant(keyset_t *set, const char *name, dd_problem_t *problem)
{
    tenant_t tenant;
    if (open_tenant(&tenant, set, name, true, problem) != DD_OK)
        return problem->error;
    pair_t *pair = pair_new();
    if (pair == NULL) {
        dd_keyfile_destroy(&tenant.file);
        return dd_problem(problem, DD_E_MEMORY, "out of memory");
    }
    set_next_pair(tenant.file, pair);
    begin_in_broker(&tenant.in_broker, pair);
    set_next(tenant.in_public.entry, "pubkey", pair->public_key.text);
    pair_destroy(&pair);
    return store_put(set->store, tenant.file_name.text, &tenant.file, STORE_REPLACE, problem);
}

dd_error_t rotation_finish_tenant(keyset_t *set, const char *name, dd_problem_t *problem)
{
    tenant_t tenant;
    if (open_tenant(&tenant, set, name, false, problem) != DD_OK)
        return problem->error;
    follow_pair(tenant.file, tenant.in_broker.next->hash);
    finish_entry(set->broker_json, &tenant.in_broker, tenant.in_broker.next->hash, true);
    finish_entry(set->public_json, &tenant.in_public, tenant.in_broker.next->hash, false);
    return store_put(set->store, tenant.file_name.text, &tenant.file, STORE_REPLACE, problem);
}

/* ---- public, whose key is in everybody's file ------------------------------------------------ */

/* Enters the public tenant's next key into all tenants' files, and at the end of the rotation has
   it follow. An older ddkeys may have made a file without it meanwhile. */
static dd_error_t tell_tenants(keyset_t *set, const char *next, bool follows, dd_problem_t *problem)
{
    const dd_tenant_t *tenant;
    for (size_t i = 0; (tenant = dd_keyring_tenant_at(set->broker, i)) != NULL; i++) {
        if (strcmp(tenant->name, DD_PUBLIC) == 0)
            continue;
        file_name_t name = names_file(tenant->name);
        struct json_object *file = keyset_load_told(set, name.text, problem);
        if (file == NULL)
            return problem->error;
        set_next(file, "publicpubkey", next);
        if (follows)
            follow(file, "publicpubkey", true);
        dd_error_t error = store_put(set->store, name.text, &file, STORE_REPLACE, problem);
        if (error != DD_OK)
            return error;
    }
    return DD_OK;
}

dd_error_t rotation_begin_public(keyset_t *set, dd_problem_t *problem)
{
    listed_t in_broker;
    if (look_up_to(&in_broker, set, DD_PUBLIC, true, problem) != DD_OK)
        return problem->error;
    pair_t *pair = pair_new();
    if (pair == NULL)
        return dd_problem(problem, DD_E_MEMORY, "out of memory");
    set_next_pair(keyset_section(set->public_json, DD_PUBLIC), pair);
    begin_in_broker(&in_broker, pair);
    key_text_t next = pair->public_key;
    pair_destroy(&pair);
    return tell_tenants(set, next.text, false, problem);
}

dd_error_t rotation_finish_public(keyset_t *set, dd_problem_t *problem)
{
    listed_t in_broker;
    if (look_up_to(&in_broker, set, DD_PUBLIC, false, problem) != DD_OK)
        return problem->error;
    if (!key_same(
            in_broker.next->public_key, dd_keyring_public_key_of(set->public_tenant, DD_KEY_NEXT)))
        return dd_problem(problem, DD_E_KEYS,
            "%s: its next key is not that of " BROKER_FILE "; see 'ddkeys check'",
            store_path(set->store, PUBLIC_FILE));
    struct json_object *own = keyset_section(set->public_json, DD_PUBLIC);
    follow_pair(own, in_broker.next->hash);
    key_text_t next = key_text(in_broker.next->public_key);
    keyset_set(own, "publicpubkey", next.text);
    finish_entry(set->broker_json, &in_broker, in_broker.next->hash, true);
    return tell_tenants(set, next.text, true, problem);
}

/* ---- the brokers, whose key is in everybody's file, too -------------------------------------- */

/* A step of the rotation, and with the first the next public key. */
typedef struct {
    enum { STEP_BEGIN, STEP_SWITCH, STEP_FINISH } step;
    const char *next;
} step_t;

static void take_step(const step_t *self, struct json_object *object)
{
    char previous[FIELD_ROOM];
    switch (self->step) {
    case STEP_BEGIN:
        set_next(object, "ddpubkey", self->next);
        break;
    case STEP_SWITCH:
        follow(object, "ddpubkey", true);
        break;
    case STEP_FINISH:
        json_object_object_del(object, previous_of("ddpubkey", previous));
        break;
    }
}

/* Who has an old key besides the new one for longer does no harm. */
static dd_error_t step_in_file(
    keyset_t *set, const step_t *step, const char *name, dd_problem_t *problem)
{
    if (step->step == STEP_FINISH && !store_has(set->store, name))
        return DD_OK;
    struct json_object *file = keyset_load_told(set, name, problem);
    if (file == NULL)
        return problem->error;
    take_step(step, file);
    return store_put(set->store, name, &file, STORE_REPLACE, problem);
}

static dd_error_t step_everywhere(keyset_t *set, const step_t *step, dd_problem_t *problem)
{
    const dd_tenant_t *tenant;
    const dd_operator_t *known;
    dd_error_t error = DD_OK;
    take_step(step, keyset_section(set->public_json, DD_PUBLIC));
    for (size_t i = 0; error == DD_OK && (tenant = dd_keyring_tenant_at(set->broker, i)); i++)
        if (strcmp(tenant->name, DD_PUBLIC) != 0)
            error = step_in_file(set, step, names_file(tenant->name).text, problem);
    for (size_t i = 0; error == DD_OK && (known = dd_keyring_operator_at(set->broker, i)); i++)
        error = step_in_file(set, step, names_operator_file(known->name).text, problem);
    return error;
}

void rotation_forget_brokers(keyset_t *set)
{
    char room[FIELD_ROOM];
    struct json_object *public = keyset_section(set->public_json, DD_PUBLIC);
    keyset_forget(keyset_section(set->broker_json, "dd"));
    json_object_object_del(public, next_of("ddpubkey", room));
    json_object_object_del(public, previous_of("ddpubkey", room));
}

static dd_error_t not_now(keyset_t *set, const char *why, dd_problem_t *problem)
{
    return dd_problem(problem, DD_E_KEYS, "%s: %s", store_path(set->store, BROKER_FILE), why);
}

static bool has_pair(const keyset_t *set, dd_key_age_t age)
{
    return dd_keyring_public_key_of(set->broker, age) != NULL;
}

dd_error_t rotation_begin_brokers(keyset_t *set, dd_problem_t *problem)
{
    if (has_pair(set, DD_KEY_NEXT))
        return not_now(
            set, "the brokers have a next pair already: go on with 'ddkeys switch dd'", problem);
    if (has_pair(set, DD_KEY_PREVIOUS))
        return not_now(set,
            "the brokers' previous pair is still good: 'ddkeys finish dd' ends the rotation before",
            problem);
    pair_t *pair = pair_new();
    if (pair == NULL)
        return dd_problem(problem, DD_E_MEMORY, "out of memory");
    key_text_t next = pair->public_key;
    set_next_pair(keyset_section(set->broker_json, "dd"), pair);
    pair_destroy(&pair);
    return step_everywhere(set, &(step_t){STEP_BEGIN, next.text}, problem);
}

dd_error_t rotation_switch_brokers(keyset_t *set, dd_problem_t *problem)
{
    struct json_object *own = keyset_section(set->broker_json, "dd");
    if (!has_pair(set, DD_KEY_NEXT))
        return not_now(set, "the brokers have no next pair: 'ddkeys rotate dd' makes one", problem);
    follow(own, "privkey", true);
    follow(own, "pubkey", true);
    return step_everywhere(set, &(step_t){.step = STEP_SWITCH}, problem);
}

dd_error_t rotation_finish_brokers(keyset_t *set, dd_problem_t *problem)
{
    if (has_pair(set, DD_KEY_NEXT))
        return not_now(
            set, "the brokers have their old pair still: 'ddkeys switch dd' comes first", problem);
    if (!has_pair(set, DD_KEY_PREVIOUS))
        return not_now(set, "the brokers' pair isn't being changed", problem);
    keyset_forget(keyset_section(set->broker_json, "dd"));
    return step_everywhere(set, &(step_t){.step = STEP_FINISH}, problem);
}
