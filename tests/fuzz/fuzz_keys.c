/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz_keys - key files of any bytes; and what can be found in those that are good
 */
#include <sodium.h>

#include "libdd/keys/keyring.h"
#include "libdd/protocol/name.h"
#include "tests/fuzz/fuzz.h"

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
    }
}

/* Whoever could read one of the two keys has the other. */
static void compare(const dd_keyring_t *keyring)
{
    uint8_t public_key[DD_KEY_SIZE];
    check(crypto_scalarmult_base(public_key, dd_keyring_secret_key(keyring)) == 0);
    check(memcmp(public_key, dd_keyring_public_key(keyring), DD_KEY_SIZE) == 0);
    check(dd_keyring_broker_key(keyring) != NULL);
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
