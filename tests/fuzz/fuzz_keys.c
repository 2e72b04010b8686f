/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz_keys - key files of any bytes; and what can be found in those that are good
 */
#include <sodium.h>

#include "libdd/keys/keyring.h"
#include "libdd/protocol/name.h"
#include "tests/fuzz/fuzz.h"

/* So is every other key of a tenant, but by the name. */
static void find_others(const dd_keyring_t *keyring, const dd_tenant_t *tenant)
{
    for (const dd_tenant_t *other = tenant->other; other; other = other->other) {
        check(other->index >= dd_keyring_tenant_count(keyring));
        check(other->index < dd_keyring_tenant_keys(keyring));
        check(other->age != DD_KEY_CURRENT && strcmp(other->name, tenant->name) == 0);
        check(dd_keyring_tenant_by_hash(keyring, dd_bytes_of(other->hash)) == other);
        check(dd_keyring_tenant_by_key(keyring, other->public_key) == other);
    }
}

/* Every tenant is found by all that it is known by, and has a name that can be one. */
static void find(const dd_keyring_t *keyring)
{
    const dd_tenant_t *tenant, *owner;
    for (size_t i = 0; (tenant = dd_keyring_tenant_at(keyring, i)); i++) {
        check(tenant->index == i && dd_tenant_valid(dd_bytes_of(tenant->name)));
        check(dd_keyring_tenant_by_name(keyring, dd_bytes_of(tenant->name)) == tenant);
        check(dd_keyring_tenant_by_hash(keyring, dd_bytes_of(tenant->hash)) == tenant);
        check(dd_keyring_tenant_by_key(keyring, tenant->public_key) == tenant);
        check(dd_keyring_owner(keyring, tenant->public_key, &owner) == DD_OWNER_TENANT);
        check(owner == tenant);
        find_others(keyring, tenant);
    }
}

/* Whoever could read one of the two keys has the other. */
static void compare(const dd_keyring_t *keyring)
{
    check(dd_keyring_public_key(keyring) != NULL && dd_keyring_broker_key(keyring) != NULL);
    for (dd_key_age_t age = 0; age < DD_KEY_AGES; age++) {
        uint8_t public_key[DD_KEY_SIZE];
        const uint8_t *secret_key = dd_keyring_secret_key_of(keyring, age);
        const uint8_t *expected = dd_keyring_public_key_of(keyring, age);
        check((secret_key != NULL) == (expected != NULL));
        check(!secret_key || (crypto_scalarmult_base(public_key, secret_key) == 0 &&
                                 memcmp(public_key, expected, DD_KEY_SIZE) == 0));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    dd_problem_t problem = {0};
    dd_keyring_t *keyring = dd_keyring_parse("keys", (const char *)data, size, &problem);
    check((keyring != NULL) == (problem.text[0] == '\0'));
    if (!keyring)
        return 0;
    check(
        dd_keyring_kind(keyring) >= DD_KEYS_BROKER && dd_keyring_kind(keyring) <= DD_KEYS_OPERATOR);
    compare(keyring);
    find(keyring);
    dd_keyring_destroy(&keyring);
    return 0;
}
