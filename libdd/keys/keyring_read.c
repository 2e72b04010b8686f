/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * keyring_read - key files -> keys in memory
 */
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>

#include <json-c/json.h>

#include "keyfile.h"
#include "keyring_state.h"
#include "libdd/base/problem.h"
#include "libdd/protocol/name.h"

/* Larger than a field's name with what stands before it. */
#define FIELD_ROOM 32

/* What the names of an owner's fields begin with. */
static const char *const AGES[DD_KEY_AGES] = {
    [DD_KEY_CURRENT] = "",
    [DD_KEY_NEXT] = "next",
    [DD_KEY_PREVIOUS] = "previous",
};

/* One JSON object of a file that is being read. */
typedef struct {
    const char *path;
    const char *prefix; /* where in the file, for messages: "dd." or "" */
    struct json_object *object;
    dd_problem_t *problem;
} section_t;

/* Public keys of others that stand with the own keys. Those that aren't current may be missing. */
static const struct {
    dd_keys_kind_t kind;
    slot_t slot;
    const char *name;
    bool optional;
} FIELDS[] = {
    {DD_KEYS_BROKER, OPERATOR, "operatorpubkey", true},
    {DD_KEYS_TENANT, BROKER, "ddpubkey", false},
    {DD_KEYS_TENANT, PUBLIC, "publicpubkey", false},
    {DD_KEYS_PUBLIC, BROKER, "ddpubkey", false},
    {DD_KEYS_PUBLIC, PUBLIC, "publicpubkey", false},
    {DD_KEYS_OPERATOR, BROKER, "ddpubkey", false},
};

/* ---- fields ---------------------------------------------------------------------------------- */

static bool bad(const section_t *self, const char *field, const char *what)
{
    dd_problem(self->problem, DD_E_KEYS, "%s: field \"%s%s\" %s; dd-keys(5) describes the file",
        self->path, self->prefix, field, what);
    return false;
}

static bool no_memory(const section_t *self)
{
    dd_problem(self->problem, DD_E_MEMORY, "%s: out of memory", self->path);
    return false;
}

static bool read_string(const section_t *self, const char *field, dd_bytes_t *string)
{
    struct json_object *value = NULL;
    if (!json_object_object_get_ex(self->object, field, &value))
        return bad(self, field, "is missing");
    if (!json_object_is_type(value, json_type_string))
        return bad(self, field, "is not a string");
    *string = dd_bytes(json_object_get_string(value), (size_t)json_object_get_string_len(value));
    return true;
}

/* Other tools write base64 with line ends in it, and with or without padding. */
static bool read_key(const section_t *self, const char *field, uint8_t key[DD_KEY_SIZE])
{
    dd_bytes_t string;
    size_t size = 0;
    if (!read_string(self, field, &string))
        return false;
    if (sodium_base642bin(key, DD_KEY_SIZE, (const char *)string.data, string.size,
            " \t\r\n=", &size, NULL, sodium_base64_VARIANT_ORIGINAL_NO_PADDING) != 0 ||
        size != DD_KEY_SIZE)
        return bad(self, field, "is not the base64 of 32 bytes");
    return true;
}

/* With a key of low order there are no secrets: everybody knows what it shares with any other key,
   so everybody could log in as its owner. */
static bool read_public_key(
    const section_t *self, const dd_keyring_t *keyring, const char *field, uint8_t *key)
{
    uint8_t shared[crypto_scalarmult_BYTES];
    if (!read_key(self, field, key))
        return false;
    int rc = crypto_scalarmult(shared, keyring->secret_keys[DD_KEY_CURRENT], key);
    sodium_memzero(shared, sizeof shared);
    return rc == 0 || bad(self, field, "is a key that protects nothing");
}

/* R is a decimal string, or, as early tools wrote it, a number. */
static bool read_cookie(const section_t *self, const char *field, uint64_t *cookie)
{
    struct json_object *value = NULL;
    if (!json_object_object_get_ex(self->object, field, &value))
        return bad(self, field, "is missing");
    bool is_text = json_object_is_type(value, json_type_string);
    if (!is_text && !json_object_is_type(value, json_type_int))
        return bad(self, field, "is neither a string nor a whole number");
    const char *text = json_object_get_string(value);
    size_t size = strlen(text);
    errno = 0;
    *cookie = strtoull(text, NULL, 10);
    if (size == 0 || size != strspn(text, "0123456789") || errno == ERANGE ||
        (is_text && size != (size_t)json_object_get_string_len(value)))
        return bad(self, field, "is not a decimal number of 64 bits");
    return true;
}

/* ---- the own keys ---------------------------------------------------------------------------- */

/* A field of an owner's whose key may be there in several ages. */
static const char *name_of(dd_key_age_t age, const char *field, char room[FIELD_ROOM])
{
    snprintf(room, FIELD_ROOM, "%s%s", AGES[age], field);
    return room;
}

static bool has_field(const section_t *self, const char *field)
{
    return json_object_object_get_ex(self->object, field, NULL);
}

static bool read_own_pair(const section_t *self, dd_keyring_t *keyring, dd_key_age_t age)
{
    uint8_t expected[DD_KEY_SIZE];
    char secret[FIELD_ROOM], public[FIELD_ROOM];
    name_of(age, "privkey", secret);
    name_of(age, "pubkey", public);
    if (age != DD_KEY_CURRENT && !has_field(self, secret) && !has_field(self, public))
        return true;
    if (!read_key(self, secret, keyring->secret_keys[age]) ||
        !read_key(self, public, keyring->keys[OWN][age]))
        return false;
    crypto_scalarmult_base(expected, keyring->secret_keys[age]);
    keyring->has[OWN][age] = memcmp(expected, keyring->keys[OWN][age], DD_KEY_SIZE) == 0;
    char complaint[FIELD_ROOM + 32];
    snprintf(complaint, sizeof complaint, "doesn't belong to \"%s\"", secret);
    return keyring->has[OWN][age] || bad(self, public, complaint);
}

static bool read_slot(const section_t *self, dd_keyring_t *keyring, slot_t slot, const char *name,
    dd_key_age_t age, bool optional)
{
    char field[FIELD_ROOM];
    name_of(age, name, field);
    if (optional && !has_field(self, field))
        return true;
    keyring->has[slot][age] = read_public_key(self, keyring, field, keyring->keys[slot][age]);
    return keyring->has[slot][age];
}

static bool read_own_keys(const section_t *self, dd_keyring_t *keyring)
{
    for (dd_key_age_t age = 0; age < DD_KEY_AGES; age++)
        if (!read_own_pair(self, keyring, age))
            return false;
    for (size_t i = 0; i < sizeof FIELDS / sizeof FIELDS[0]; i++)
        for (dd_key_age_t age = 0; FIELDS[i].kind == keyring->kind && age < DD_KEY_AGES; age++)
            if (!read_slot(self, keyring, FIELDS[i].slot, FIELDS[i].name, age,
                    FIELDS[i].optional || age != DD_KEY_CURRENT))
                return false;
    return true;
}

static bool is_key(const dd_keyring_t *self, slot_t slot, const uint8_t *key)
{
    for (dd_key_age_t age = 0; age < DD_KEY_AGES; age++)
        if (self->has[slot][age] && memcmp(key, self->keys[slot][age], DD_KEY_SIZE) == 0)
            return true;
    return false;
}

/* Whether two owners have a key in common, of whatever age. */
static bool same_key(const dd_keyring_t *self, slot_t a, slot_t b)
{
    for (dd_key_age_t age = 0; age < DD_KEY_AGES; age++)
        if (self->has[a][age] && is_key(self, b, self->keys[a][age]))
            return true;
    return false;
}

static void take_slot(dd_keyring_t *self, slot_t to, slot_t from)
{
    memcpy(self->keys[to], self->keys[from], sizeof self->keys[to]);
    memcpy(self->has[to], self->has[from], sizeof self->has[to]);
}

/* The public tenant's own file says its public key twice, but no other one. */
static bool check_public(const section_t *self, dd_keyring_t *keyring)
{
    if (memcmp(keyring->keys[OWN][DD_KEY_CURRENT], keyring->keys[PUBLIC][DD_KEY_CURRENT],
            DD_KEY_SIZE) != 0)
        return bad(self, "publicpubkey", "differs from \"pubkey\"");
    take_slot(keyring, PUBLIC, OWN);
    return true;
}

/* A key stands for one role: whoever holds two would be let in as the wrong one. */
static bool check_roles(const section_t *self, dd_keyring_t *keyring)
{
    switch (keyring->kind) {
    case DD_KEYS_BROKER:
        take_slot(keyring, BROKER, OWN);
        return !same_key(keyring, OWN, OPERATOR) ||
               bad(self, "operatorpubkey", "is the same as \"pubkey\"");
    case DD_KEYS_PUBLIC:
        if (!check_public(self, keyring))
            return false;
        break;
    case DD_KEYS_TENANT:
        /* The public tenant's file, written flat. */
        if (same_key(keyring, OWN, PUBLIC)) {
            keyring->kind = DD_KEYS_PUBLIC;
            if (!check_public(self, keyring))
                return false;
        }
        break;
    case DD_KEYS_OPERATOR:
        break;
    }
    return !same_key(keyring, OWN, BROKER) || bad(self, "ddpubkey", "is the same as \"pubkey\"");
}

/* ---- operators ------------------------------------------------------------------------------- */

static bool is_operator_of(const dd_keyring_t *self, const uint8_t *key)
{
    return dd_keyring_operator_by_key(self, key) != NULL;
}

/* Room for so many. */
static bool make_operators(const section_t *self, dd_keyring_t *keyring, size_t most)
{
    keyring->operators = calloc(most, sizeof *keyring->operators);
    return keyring->operators != NULL || no_memory(self);
}

/* The one without a name of its own. */
static void take_operator(dd_keyring_t *self, slot_t slot)
{
    dd_operator_t *known = &self->operators[self->operator_count];
    if (!self->has[slot][DD_KEY_CURRENT])
        return;
    dd_bytes_copy(dd_bytes_of(DD_OPERATOR), known->name, sizeof known->name);
    memcpy(known->public_key, self->keys[slot][DD_KEY_CURRENT], DD_KEY_SIZE);
    self->operator_count++;
}

static bool read_rights(const section_t *self, dd_operator_t *known)
{
    struct json_object *read_only = NULL;
    if (json_object_object_get_ex(self->object, "readonly", &read_only) &&
        !json_object_is_type(read_only, json_type_boolean))
        return bad(self, "readonly", "is neither true nor false");
    known->read_only = json_object_get_boolean(read_only);
    return true;
}

/* An operator's own file. */
static bool read_itself(const section_t *self, dd_keyring_t *keyring)
{
    dd_bytes_t name;
    if (!make_operators(self, keyring, 1))
        return false;
    take_operator(keyring, OWN);
    if (has_field(self, "name")) {
        if (!read_string(self, "name", &name))
            return false;
        if (!dd_tenant_valid(name))
            return bad(self, "name", "is not a valid operator name");
        dd_bytes_copy(name, keyring->operators->name, sizeof keyring->operators->name);
    }
    return read_rights(self, keyring->operators);
}

static bool read_operator(const section_t *self, const char *name, dd_keyring_t *keyring)
{
    dd_operator_t *known = &keyring->operators[keyring->operator_count];
    if (!read_public_key(self, keyring, "pubkey", known->public_key))
        return false;
    if (is_key(keyring, OWN, known->public_key) || is_operator_of(keyring, known->public_key))
        return bad(self, "pubkey", "is no operator's: the file has it for another role");
    if (!read_rights(self, known))
        return false;
    dd_bytes_copy(dd_bytes_of(name), known->name, sizeof known->name);
    keyring->operator_count++;
    return true;
}

/* Those of "dd.operators", by their names. */
static bool read_operators(const section_t *own, dd_keyring_t *keyring)
{
    struct json_object *named = NULL;
    bool any = json_object_object_get_ex(own->object, "operators", &named);
    if (any && !json_object_is_type(named, json_type_object))
        return bad(own, "operators", "is not an object");
    size_t most = 1 + (any ? (size_t)json_object_object_length(named) : 0);
    if (!make_operators(own, keyring, most))
        return false;
    take_operator(keyring, OPERATOR);
    if (!any)
        return true;
    json_object_object_foreach(named, name, value)
    {
        char prefix[sizeof "dd.operators." + DD_TENANT_MAX + 1];
        if (!dd_tenant_valid(dd_bytes_of(name)) || strcmp(name, DD_OPERATOR) == 0 ||
            !json_object_is_type(value, json_type_object))
            return bad(own, "operators", "has something that is no operator under its name");
        snprintf(prefix, sizeof prefix, "dd.operators.%s.", name);
        section_t section = {own->path, prefix, value, own->problem};
        if (!read_operator(&section, name, keyring))
            return false;
    }
    return true;
}

/* ---- tenants --------------------------------------------------------------------------------- */

static bool read_tenant_name(
    const section_t *self, const dd_keyring_t *keyring, dd_tenant_t *tenant)
{
    dd_bytes_t name;
    if (!read_string(self, "r", &name))
        return false;
    if (!dd_tenant_valid(name))
        return bad(self, "r", "is not a valid tenant name");
    if (dd_keyring_tenant_by_name(keyring, name) != NULL)
        return bad(self, "r", "names a tenant that the file has already");
    dd_bytes_copy(name, tenant->name, sizeof tenant->name);
    return true;
}

static bool read_tenant_key(
    const section_t *self, const dd_keyring_t *keyring, const char *field, dd_tenant_t *tenant)
{
    if (!read_public_key(self, keyring, field, tenant->public_key))
        return false;
    if (dd_keyring_tenant_by_key(keyring, tenant->public_key) != NULL)
        return bad(self, field, "is in the file for a tenant already");
    /* The public tenant's file may list the public tenant too. */
    bool itself = strcmp(tenant->name, DD_PUBLIC) == 0;
    bool clash = is_operator_of(keyring, tenant->public_key);
    for (slot_t slot = OWN; slot < SLOTS; slot++)
        if (!(itself && (slot == OWN || slot == PUBLIC)))
            clash |= is_key(keyring, slot, tenant->public_key);
    return !clash || bad(self, field, "is no tenant's: the file has it for another role");
}

static bool index_entry(dd_keyring_t *self, entry_t *entry)
{
    dd_tenant_t *tenant = &entry->tenant;
    bool named = tenant->age == DD_KEY_CURRENT;
    HASH_ADD(by_key, self->by_key, tenant.public_key, DD_KEY_SIZE, entry);
    if (named)
        HASH_ADD_KEYPTR(by_name, self->by_name, tenant->name, strlen(tenant->name), entry);
    HASH_ADD_KEYPTR(by_hash, self->by_hash, tenant->hash, strlen(tenant->hash), entry);
    return entry->by_key.tbl != NULL && (!named || entry->by_name.tbl != NULL) &&
           entry->by_hash.tbl != NULL;
}

static bool enter(const section_t *self, const char *field, dd_keyring_t *keyring, entry_t *entry)
{
    dd_tenant_t *tenant = &entry->tenant;
    if (dd_keyring_tenant_by_hash(keyring, dd_bytes_of(tenant->hash)) != NULL)
        return bad(self, field, "has the hash of another tenant");
    tenant->index = (size_t)(entry - keyring->entries);
    return index_entry(keyring, entry) || no_memory(self);
}

static bool read_tenant(const section_t *self, const char *hash, dd_keyring_t *keyring)
{
    entry_t *entry = &keyring->entries[keyring->count];
    dd_tenant_t *tenant = &entry->tenant;
    if (!read_tenant_name(self, keyring, tenant) ||
        !read_tenant_key(self, keyring, "pubkey", tenant))
        return false;
    if (keyring->kind == DD_KEYS_BROKER && !read_cookie(self, "R", &tenant->cookie))
        return false;
    dd_bytes_copy(dd_bytes_of(hash), tenant->hash, sizeof tenant->hash);
    keyring->used = ++keyring->count;
    return enter(self, "pubkey", keyring, entry);
}

/* Another key of a tenant that has been read. */
static bool read_other(
    const section_t *self, dd_key_age_t age, dd_tenant_t *current, dd_keyring_t *keyring)
{
    char field[FIELD_ROOM];
    entry_t *entry = &keyring->entries[keyring->used];
    dd_tenant_t *tenant = &entry->tenant;
    memcpy(tenant->name, current->name, sizeof tenant->name);
    tenant->age = age;
    if (!read_tenant_key(self, keyring, name_of(age, "pubkey", field), tenant))
        return false;
    if (keyring->kind == DD_KEYS_BROKER && !read_cookie(self, "nextR", &tenant->cookie))
        return false;
    sodium_bin2hex(tenant->hash, sizeof tenant->hash, tenant->public_key, DD_KEY_SIZE);
    tenant->other = current->other;
    current->other = tenant;
    keyring->used++;
    return enter(self, field, keyring, entry);
}

/* Whether a tenant has a key of that age, which its current one isn't, in this kind of file. Nobody
   gets in with a previous key. */
static bool has_other(dd_keys_kind_t kind, struct json_object *tenant, dd_key_age_t age)
{
    char field[FIELD_ROOM];
    return json_object_object_get_ex(tenant, name_of(age, "pubkey", field), NULL) &&
           (kind == DD_KEYS_PUBLIC || age == DD_KEY_NEXT);
}

static bool is_tenant(const char *hash, struct json_object *value, const char *own)
{
    return json_object_is_type(value, json_type_object) && strcmp(hash, own) != 0;
}

/* Room for all keys of all tenants. */
static bool make_room(const section_t *root, const char *own, dd_keyring_t *keyring)
{
    size_t most = (size_t)json_object_object_length(root->object);
    json_object_object_foreach(root->object, hash, value)
    {
        for (dd_key_age_t age = DD_KEY_NEXT; age < DD_KEY_AGES; age++)
            most += is_tenant(hash, value, own) && has_other(keyring->kind, value, age);
    }
    keyring->entries = calloc(most, sizeof *keyring->entries);
    return keyring->entries != NULL || no_memory(root);
}

/* Calls read for every tenant of the file: every object in it but the one of the own keys, its name
   in the file the hash. */
static bool read_each(const section_t *root, const char *own, dd_keyring_t *keyring,
    bool (*read)(const section_t *self, const char *hash, dd_keyring_t *keyring))
{
    json_object_object_foreach(root->object, hash, value)
    {
        char prefix[DD_HASH_SIZE + 2];
        if (!is_tenant(hash, value, own))
            continue;
        if (!dd_word_valid(dd_bytes_of(hash), DD_HASH_SIZE))
            return bad(root, hash, "is not named by a tenant's hash, 1 to 64 bytes");
        snprintf(prefix, sizeof prefix, "%s.", hash);
        section_t section = {root->path, prefix, value, root->problem};
        if (!read(&section, hash, keyring))
            return false;
    }
    return true;
}

static bool read_others(const section_t *self, const char *hash, dd_keyring_t *keyring)
{
    entry_t *entry;
    HASH_FIND(by_hash, keyring->by_hash, hash, strlen(hash), entry);
    for (dd_key_age_t age = DD_KEY_NEXT; age < DD_KEY_AGES; age++)
        if (has_other(keyring->kind, self->object, age) &&
            !read_other(self, age, &entry->tenant, keyring))
            return false;
    return true;
}

/* The tenants first, so that their places don't depend on whose keys are being replaced. */
static bool read_tenants(const section_t *root, const char *own, dd_keyring_t *keyring)
{
    return make_room(root, own, keyring) && read_each(root, own, keyring, read_tenant) &&
           read_each(root, own, keyring, read_others);
}

/* ---- the whole file -------------------------------------------------------------------------- */

/* The kind that a file's content shows, and in *own the field that holds the own keys, "" if they
   stand at the top; 0 if it isn't any. */
static dd_keys_kind_t recognise(const struct json_object *root, const char **own)
{
    struct json_object *value = NULL;
    *own = "";
    if (json_object_object_get_ex(root, "role", &value) &&
        json_object_is_type(value, json_type_string) &&
        strcmp(json_object_get_string(value), "operator") == 0)
        return DD_KEYS_OPERATOR;
    if (json_object_object_get_ex(root, *own = "dd", &value) &&
        json_object_is_type(value, json_type_object))
        return DD_KEYS_BROKER;
    if (json_object_object_get_ex(root, *own = "public", &value) &&
        json_object_is_type(value, json_type_object))
        return DD_KEYS_PUBLIC;
    *own = "";
    return json_object_object_get_ex(root, "privkey", NULL) ? DD_KEYS_TENANT : 0;
}

static bool read_file(const section_t *root, dd_keyring_t *keyring)
{
    const char *own;
    keyring->kind = recognise(root->object, &own);
    if (keyring->kind == 0)
        return bad(root, "privkey", "is missing, and so are \"dd\" and \"public\"");

    char prefix[16] = "";
    section_t section = *root;
    if (own[0] != '\0') {
        snprintf(prefix, sizeof prefix, "%s.", own);
        section.prefix = prefix;
        json_object_object_get_ex(root->object, own, &section.object);
    }
    if (!read_own_keys(&section, keyring) || !check_roles(&section, keyring))
        return false;
    if (keyring->kind == DD_KEYS_BROKER && !read_operators(&section, keyring))
        return false;
    if (keyring->kind == DD_KEYS_OPERATOR && !read_itself(&section, keyring))
        return false;
    bool lists_tenants = keyring->kind == DD_KEYS_BROKER || keyring->kind == DD_KEYS_PUBLIC;
    return !lists_tenants || read_tenants(root, own, keyring);
}

dd_keyring_t *dd_keyring_from_json(
    const char *path, struct json_object *object, dd_problem_t *problem)
{
    section_t root = {path, "", object, problem};
    dd_keyring_t *self = dd_keyring_new();
    if (self == NULL)
        no_memory(&root);
    else if (!read_file(&root, self))
        dd_keyring_destroy(&self);
    return self;
}

/* Takes the object over; NULL is what couldn't be read, of which *problem tells already. */
static dd_keyring_t *take_json(const char *path, struct json_object *object, dd_problem_t *problem)
{
    dd_keyring_t *self = object == NULL ? NULL : dd_keyring_from_json(path, object, problem);
    dd_keyfile_destroy(&object);
    return self;
}

dd_keyring_t *dd_keyring_load(const char *path, dd_problem_t *problem)
{
    return take_json(path, dd_keyfile_load(path, problem), problem);
}

dd_keyring_t *dd_keyring_parse(
    const char *path, const char *json, size_t size, dd_problem_t *problem)
{
    return take_json(path, dd_keyfile_parse(path, json, size, problem), problem);
}
