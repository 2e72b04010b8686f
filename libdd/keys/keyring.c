/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * keyring - key files <-> keys in memory
 */
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>

#include <json-c/json.h>

#include "keyfile.h"
#include "keyring.h"
#include "libdd/base/hash.h"
#include "libdd/base/problem.h"
#include "libdd/protocol/name.h"

/* The public keys that a file has besides its tenants'. */
typedef enum { OWN, BROKER, PUBLIC, OPERATOR, SLOTS } slot_t;

typedef struct {
    dd_tenant_t tenant;
    UT_hash_handle by_key;
    UT_hash_handle by_name;
    UT_hash_handle by_hash;
} entry_t;

struct dd_keyring {
    dd_keys_kind_t kind;
    uint8_t *secret_key; /* sodium_malloc */
    uint8_t keys[SLOTS][DD_KEY_SIZE];
    bool has[SLOTS];
    entry_t *entries; /* one array, in the file's order */
    size_t count;
    entry_t *by_key; /* the same entries in uthash tables */
    entry_t *by_name;
    entry_t *by_hash;
};

/* One JSON object of a file that is being read. */
typedef struct {
    const char *path;
    const char *prefix; /* where in the file, for messages: "dd." or "" */
    struct json_object *object;
    dd_problem_t *problem;
} section_t;

static const struct {
    dd_keys_kind_t kind;
    slot_t slot;
    const char *name;
    bool optional;
} FIELDS[] = {
    {DD_KEYS_BROKER, OWN, "pubkey", false},
    {DD_KEYS_BROKER, OPERATOR, "operatorpubkey", true},
    {DD_KEYS_TENANT, OWN, "pubkey", false},
    {DD_KEYS_TENANT, BROKER, "ddpubkey", false},
    {DD_KEYS_TENANT, PUBLIC, "publicpubkey", false},
    {DD_KEYS_PUBLIC, OWN, "pubkey", false},
    {DD_KEYS_PUBLIC, BROKER, "ddpubkey", false},
    {DD_KEYS_PUBLIC, PUBLIC, "publicpubkey", false},
    {DD_KEYS_OPERATOR, OWN, "pubkey", false},
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
    int rc = crypto_scalarmult(shared, keyring->secret_key, key);
    sodium_memzero(shared, sizeof shared);
    return rc == 0 || bad(self, field, "is a key that protects nothing");
}

/* R is a decimal string, or, as early tools wrote it, a number. */
static bool read_cookie(const section_t *self, uint64_t *cookie)
{
    struct json_object *value = NULL;
    if (!json_object_object_get_ex(self->object, "R", &value))
        return bad(self, "R", "is missing");
    bool is_text = json_object_is_type(value, json_type_string);
    if (!is_text && !json_object_is_type(value, json_type_int))
        return bad(self, "R", "is neither a string nor a whole number");
    const char *text = json_object_get_string(value);
    size_t size = strlen(text);
    errno = 0;
    *cookie = strtoull(text, NULL, 10);
    if (size == 0 || size != strspn(text, "0123456789") || errno == ERANGE ||
        (is_text && size != (size_t)json_object_get_string_len(value)))
        return bad(self, "R", "is not a decimal number of 64 bits");
    return true;
}

/* ---- the own keys ---------------------------------------------------------------------------- */

static bool read_own_pair(const section_t *self, dd_keyring_t *keyring)
{
    uint8_t expected[DD_KEY_SIZE];
    if (!read_key(self, "privkey", keyring->secret_key) ||
        !read_key(self, "pubkey", keyring->keys[OWN]))
        return false;
    crypto_scalarmult_base(expected, keyring->secret_key);
    if (memcmp(expected, keyring->keys[OWN], DD_KEY_SIZE) != 0)
        return bad(self, "pubkey", "doesn't belong to \"privkey\"");
    return true;
}

static bool read_own_keys(const section_t *self, dd_keyring_t *keyring)
{
    if (!read_own_pair(self, keyring))
        return false;
    for (size_t i = 0; i < sizeof FIELDS / sizeof FIELDS[0]; i++) {
        if (FIELDS[i].kind != keyring->kind)
            continue;
        if (FIELDS[i].optional && !json_object_object_get_ex(self->object, FIELDS[i].name, NULL))
            continue;
        slot_t slot = FIELDS[i].slot;
        if (!read_public_key(self, keyring, FIELDS[i].name, keyring->keys[slot]))
            return false;
        keyring->has[slot] = true;
    }
    return true;
}

static bool same_key(const dd_keyring_t *self, slot_t a, slot_t b)
{
    return self->has[a] && self->has[b] && memcmp(self->keys[a], self->keys[b], DD_KEY_SIZE) == 0;
}

/* A key stands for one role: whoever holds two would be let in as the wrong one. */
static bool check_roles(const section_t *self, dd_keyring_t *keyring)
{
    switch (keyring->kind) {
    case DD_KEYS_BROKER:
        memcpy(keyring->keys[BROKER], keyring->keys[OWN], DD_KEY_SIZE);
        keyring->has[BROKER] = true;
        return !same_key(keyring, OWN, OPERATOR) ||
               bad(self, "operatorpubkey", "is the same as \"pubkey\"");
    case DD_KEYS_PUBLIC:
        if (!same_key(keyring, OWN, PUBLIC))
            return bad(self, "publicpubkey", "differs from \"pubkey\"");
        break;
    case DD_KEYS_TENANT:
        /* The public tenant's file, written flat. */
        if (same_key(keyring, OWN, PUBLIC))
            keyring->kind = DD_KEYS_PUBLIC;
        break;
    case DD_KEYS_OPERATOR:
        break;
    }
    return !same_key(keyring, OWN, BROKER) || bad(self, "ddpubkey", "is the same as \"pubkey\"");
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

static bool read_tenant_key(const section_t *self, const dd_keyring_t *keyring, dd_tenant_t *tenant)
{
    if (!read_public_key(self, keyring, "pubkey", tenant->public_key))
        return false;
    if (dd_keyring_tenant_by_key(keyring, tenant->public_key) != NULL)
        return bad(self, "pubkey", "is another tenant's as well");
    /* The public tenant's file may list the public tenant too. */
    bool itself = strcmp(tenant->name, DD_PUBLIC) == 0;
    for (slot_t slot = OWN; slot < SLOTS; slot++)
        if (keyring->has[slot] && !(itself && (slot == OWN || slot == PUBLIC)) &&
            memcmp(tenant->public_key, keyring->keys[slot], DD_KEY_SIZE) == 0)
            return bad(self, "pubkey", "is no tenant's: the file has it for another role");
    return true;
}

static bool index_entry(dd_keyring_t *self, entry_t *entry)
{
    dd_tenant_t *tenant = &entry->tenant;
    HASH_ADD(by_key, self->by_key, tenant.public_key, DD_KEY_SIZE, entry);
    HASH_ADD_KEYPTR(by_name, self->by_name, tenant->name, strlen(tenant->name), entry);
    HASH_ADD_KEYPTR(by_hash, self->by_hash, tenant->hash, strlen(tenant->hash), entry);
    return entry->by_key.tbl != NULL && entry->by_name.tbl != NULL && entry->by_hash.tbl != NULL;
}

static bool read_tenant(const section_t *self, const char *hash, dd_keyring_t *keyring)
{
    entry_t *entry = &keyring->entries[keyring->count];
    dd_tenant_t *tenant = &entry->tenant;
    if (!read_tenant_name(self, keyring, tenant) || !read_tenant_key(self, keyring, tenant))
        return false;
    if (keyring->kind == DD_KEYS_BROKER && !read_cookie(self, &tenant->cookie))
        return false;
    dd_bytes_copy(dd_bytes_of(hash), tenant->hash, sizeof tenant->hash);
    tenant->index = keyring->count++;
    return index_entry(keyring, entry) || no_memory(self);
}

/* Every object in the file but the one of the own keys is a tenant, its name in the file the hash.
 */
static bool read_tenants(const section_t *root, const char *own, dd_keyring_t *keyring)
{
    size_t most = (size_t)json_object_object_length(root->object);
    keyring->entries = calloc(most, sizeof *keyring->entries);
    if (keyring->entries == NULL)
        return no_memory(root);
    json_object_object_foreach(root->object, hash, value)
    {
        if (!json_object_is_type(value, json_type_object) || strcmp(hash, own) == 0)
            continue;
        char prefix[DD_HASH_SIZE + 2];
        if (!dd_word_valid(dd_bytes_of(hash), DD_HASH_SIZE))
            return bad(root, hash, "is not named by a tenant's hash, 1 to 64 bytes");
        snprintf(prefix, sizeof prefix, "%s.", hash);
        section_t section = {root->path, prefix, value, root->problem};
        if (!read_tenant(&section, hash, keyring))
            return false;
    }
    return true;
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
    bool lists_tenants = keyring->kind == DD_KEYS_BROKER || keyring->kind == DD_KEYS_PUBLIC;
    return !lists_tenants || read_tenants(root, own, keyring);
}

dd_keyring_t *dd_keyring_from_json(
    const char *path, struct json_object *object, dd_problem_t *problem)
{
    section_t root = {path, "", object, problem};
    dd_keyring_t *self = calloc(1, sizeof *self);
    uint8_t *secret_key = sodium_init() == -1 ? NULL : sodium_malloc(DD_KEY_SIZE);
    if (self == NULL || secret_key == NULL) {
        no_memory(&root);
        sodium_free(secret_key);
        free(self);
        return NULL;
    }
    self->secret_key = secret_key;
    if (!read_file(&root, self))
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

void dd_keyring_destroy(dd_keyring_t **self_p)
{
    if (self_p == NULL || *self_p == NULL)
        return;
    dd_keyring_t *self = *self_p;
    HASH_CLEAR(by_key, self->by_key);
    HASH_CLEAR(by_name, self->by_name);
    HASH_CLEAR(by_hash, self->by_hash);
    free(self->entries);
    sodium_free(self->secret_key);
    free(self);
    *self_p = NULL;
}

/* ---- asking ---------------------------------------------------------------------------------- */

dd_keys_kind_t dd_keyring_kind(const dd_keyring_t *self)
{
    return self->kind;
}

const uint8_t *dd_keyring_secret_key(const dd_keyring_t *self)
{
    return self->secret_key;
}

const uint8_t *dd_keyring_public_key(const dd_keyring_t *self)
{
    return self->keys[OWN];
}

const uint8_t *dd_keyring_broker_key(const dd_keyring_t *self)
{
    return self->keys[BROKER];
}

const uint8_t *dd_keyring_tenant_public(const dd_keyring_t *self)
{
    if (self->kind == DD_KEYS_BROKER) {
        const dd_tenant_t *tenant = dd_keyring_tenant_by_name(self, dd_bytes_of(DD_PUBLIC));
        return tenant == NULL ? NULL : tenant->public_key;
    }
    return self->has[PUBLIC] ? self->keys[PUBLIC] : NULL;
}

const uint8_t *dd_keyring_operator_key(const dd_keyring_t *self)
{
    return self->has[OPERATOR] ? self->keys[OPERATOR] : NULL;
}

const dd_tenant_t *dd_keyring_tenant_by_key(
    const dd_keyring_t *self, const uint8_t key[DD_KEY_SIZE])
{
    entry_t *entry;
    HASH_FIND(by_key, self->by_key, key, DD_KEY_SIZE, entry);
    return entry == NULL ? NULL : &entry->tenant;
}

static bool is_key(const dd_keyring_t *self, slot_t slot, const uint8_t *key)
{
    return self->has[slot] && memcmp(key, self->keys[slot], DD_KEY_SIZE) == 0;
}

dd_key_owner_t dd_keyring_owner(
    const dd_keyring_t *self, const uint8_t key[DD_KEY_SIZE], const dd_tenant_t **tenant)
{
    *tenant = dd_keyring_tenant_by_key(self, key);
    return *tenant                       ? DD_OWNER_TENANT
           : is_key(self, BROKER, key)   ? DD_OWNER_BROKERS
           : is_key(self, OPERATOR, key) ? DD_OWNER_OPERATORS
                                         : DD_OWNER_UNKNOWN;
}

const dd_tenant_t *dd_keyring_tenant_by_name(const dd_keyring_t *self, dd_bytes_t name)
{
    entry_t *entry = NULL;
    if (name.size <= DD_TENANT_MAX)
        HASH_FIND(by_name, self->by_name, name.data, name.size, entry);
    return entry == NULL ? NULL : &entry->tenant;
}

const dd_tenant_t *dd_keyring_tenant_by_hash(const dd_keyring_t *self, dd_bytes_t hash)
{
    entry_t *entry = NULL;
    if (hash.size <= DD_HASH_SIZE)
        HASH_FIND(by_hash, self->by_hash, hash.data, hash.size, entry);
    return entry == NULL ? NULL : &entry->tenant;
}

bool dd_keyring_has_tenant(const void *keyring, dd_bytes_t tenant)
{
    return dd_keyring_tenant_by_name(keyring, tenant) != NULL;
}

size_t dd_keyring_tenant_count(const dd_keyring_t *self)
{
    return self->count;
}

const dd_tenant_t *dd_keyring_tenant_at(const dd_keyring_t *self, size_t index)
{
    return index < self->count ? &self->entries[index].tenant : NULL;
}
