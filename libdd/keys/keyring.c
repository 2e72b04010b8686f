/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * keyring - keys in memory, and whose they are
 */
#include <sodium.h>
#include <stdlib.h>

#include "keyring_state.h"
#include "libdd/base/foreign_locks.h"
#include "libdd/protocol/name.h"

dd_keyring_t *dd_keyring_new(void)
{
    dd_keyring_t *self = calloc(1, sizeof *self);
    if (self == NULL)
        return NULL;
    self->secret_keys = dd_foreign_locks_sodium()
                            ? sodium_allocarray(DD_KEY_AGES, sizeof *self->secret_keys)
                            : NULL;
    if (self->secret_keys == NULL)
        dd_keyring_destroy(&self);
    return self;
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
    free(self->operators);
    sodium_free(self->secret_keys);
    free(self);
    *self_p = NULL;
}

/* ---- comparing ------------------------------------------------------------------------------- */

static bool have_equal_own_keys(const dd_keyring_t *self, const dd_keyring_t *other)
{
    for (dd_key_age_t age = 0; age < DD_KEY_AGES; age++) {
        const uint8_t *a = dd_keyring_secret_key_of(self, age);
        const uint8_t *b = dd_keyring_secret_key_of(other, age);
        if ((a == NULL) != (b == NULL) || (a != NULL && sodium_memcmp(a, b, DD_KEY_SIZE) != 0))
            return false;
    }
    return memcmp(self->has, other->has, sizeof self->has) == 0 &&
           memcmp(self->keys, other->keys, sizeof self->keys) == 0;
}

static bool have_equal_operators(const dd_keyring_t *self, const dd_keyring_t *other)
{
    if (self->operator_count != other->operator_count)
        return false;
    for (size_t i = 0; i < self->operator_count; i++) {
        const dd_operator_t *a = &self->operators[i], *b = &other->operators[i];
        if (strcmp(a->name, b->name) != 0 || a->read_only != b->read_only ||
            memcmp(a->public_key, b->public_key, DD_KEY_SIZE) != 0)
            return false;
    }
    return true;
}

static bool are_equal_tenants(const dd_tenant_t *a, const dd_tenant_t *b)
{
    return strcmp(a->name, b->name) == 0 && strcmp(a->hash, b->hash) == 0 && a->age == b->age &&
           a->cookie == b->cookie && memcmp(a->public_key, b->public_key, DD_KEY_SIZE) == 0;
}

bool dd_keyring_equal(const dd_keyring_t *self, const dd_keyring_t *other)
{
    if (self->kind != other->kind || self->count != other->count || self->used != other->used ||
        !have_equal_own_keys(self, other) || !have_equal_operators(self, other))
        return false;
    for (size_t i = 0; i < self->used; i++)
        if (!are_equal_tenants(&self->entries[i].tenant, &other->entries[i].tenant))
            return false;
    return true;
}

/* ---- asking ---------------------------------------------------------------------------------- */

dd_keys_kind_t dd_keyring_kind(const dd_keyring_t *self)
{
    return self->kind;
}

const uint8_t *dd_keyring_secret_key(const dd_keyring_t *self)
{
    return self->secret_keys[DD_KEY_CURRENT];
}

const uint8_t *dd_keyring_public_key(const dd_keyring_t *self)
{
    return self->keys[OWN][DD_KEY_CURRENT];
}

const uint8_t *dd_keyring_broker_key(const dd_keyring_t *self)
{
    return self->keys[BROKER][DD_KEY_CURRENT];
}

const uint8_t *dd_keyring_secret_key_of(const dd_keyring_t *self, dd_key_age_t age)
{
    return self->has[OWN][age] ? self->secret_keys[age] : NULL;
}

static const uint8_t *key_of(const dd_keyring_t *self, slot_t slot, dd_key_age_t age)
{
    return self->has[slot][age] ? self->keys[slot][age] : NULL;
}

const uint8_t *dd_keyring_public_key_of(const dd_keyring_t *self, dd_key_age_t age)
{
    return key_of(self, OWN, age);
}

const uint8_t *dd_keyring_broker_key_of(const dd_keyring_t *self, dd_key_age_t age)
{
    return key_of(self, BROKER, age);
}

const uint8_t *dd_keyring_tenant_public_of(const dd_keyring_t *self, dd_key_age_t age)
{
    return key_of(self, PUBLIC, age);
}

bool dd_keyring_next_login(const dd_keyring_t *self, dd_login_t *login)
{
    bool more = login->own == DD_KEY_CURRENT && self->has[OWN][DD_KEY_NEXT];
    login->own = more ? DD_KEY_NEXT : DD_KEY_CURRENT;
    return more;
}

bool dd_keyring_next_broker(const dd_keyring_t *self, dd_login_t *login)
{
    do
        login->brokers = (login->brokers + 1) % DD_KEY_AGES;
    while (!self->has[BROKER][login->brokers]);
    return login->brokers != DD_KEY_CURRENT;
}

const uint8_t *dd_keyring_tenant_public(const dd_keyring_t *self)
{
    if (self->kind == DD_KEYS_BROKER) {
        const dd_tenant_t *tenant = dd_keyring_tenant_by_name(self, dd_bytes_of(DD_PUBLIC));
        return tenant == NULL ? NULL : tenant->public_key;
    }
    return key_of(self, PUBLIC, DD_KEY_CURRENT);
}

const uint8_t *dd_keyring_operator_key(const dd_keyring_t *self)
{
    return key_of(self, OPERATOR, DD_KEY_CURRENT);
}

const dd_operator_t *dd_keyring_operator_at(const dd_keyring_t *self, size_t index)
{
    return index < self->operator_count ? &self->operators[index] : NULL;
}

const dd_operator_t *dd_keyring_operator_by_key(
    const dd_keyring_t *self, const uint8_t key[DD_KEY_SIZE])
{
    for (size_t i = 0; i < self->operator_count; i++)
        if (memcmp(self->operators[i].public_key, key, DD_KEY_SIZE) == 0)
            return &self->operators[i];
    return NULL;
}

const dd_operator_t *dd_keyring_operator_by_name(const dd_keyring_t *self, dd_bytes_t name)
{
    for (size_t i = 0; i < self->operator_count; i++)
        if (dd_bytes_equal(dd_bytes_of(self->operators[i].name), name))
            return &self->operators[i];
    return NULL;
}

const dd_tenant_t *dd_keyring_tenant_by_key(
    const dd_keyring_t *self, const uint8_t key[DD_KEY_SIZE])
{
    entry_t *entry;
    HASH_FIND(by_key, self->by_key, key, DD_KEY_SIZE, entry);
    return entry == NULL ? NULL : &entry->tenant;
}

/* Nobody gets in with the brokers' previous key, unless the file still has its pair. */
static bool is_brokers(const dd_keyring_t *self, const uint8_t *key)
{
    for (dd_key_age_t age = 0; age < DD_KEY_AGES; age++)
        if (self->has[BROKER][age] && memcmp(key, self->keys[BROKER][age], DD_KEY_SIZE) == 0)
            return true;
    return false;
}

dd_key_owner_t dd_keyring_owner(
    const dd_keyring_t *self, const uint8_t key[DD_KEY_SIZE], const dd_tenant_t **tenant)
{
    *tenant = dd_keyring_tenant_by_key(self, key);
    return *tenant                                         ? DD_OWNER_TENANT
           : is_brokers(self, key)                         ? DD_OWNER_BROKERS
           : dd_keyring_operator_by_key(self, key) != NULL ? DD_OWNER_OPERATORS
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

size_t dd_keyring_tenant_keys(const dd_keyring_t *self)
{
    return self->used;
}
