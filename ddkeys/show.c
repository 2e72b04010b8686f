/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * show - what a key file holds
 */
#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#include "commands.h"
#include "libdd/keys/keyring.h"
#include "pair.h"

static const char *const KINDS[] = {
    [DD_KEYS_BROKER] = "broker",
    [DD_KEYS_TENANT] = "tenant",
    [DD_KEYS_PUBLIC] = "public",
    [DD_KEYS_OPERATOR] = "operator",
};

static void print_key(const char *field, const uint8_t *key)
{
    if (key != NULL)
        printf("%s\t%s\n", field, key_text(key).text);
}

/* Keys of a rotation. */
static void print_others(const dd_keyring_t *keyring, dd_key_age_t age, const char *prefix)
{
    static const struct {
        const uint8_t *(*key_of)(const dd_keyring_t *keyring, dd_key_age_t age);
        const char *field;
    } KEYS[] = {{dd_keyring_public_key_of, "pubkey"}, {dd_keyring_broker_key_of, "ddpubkey"},
        {dd_keyring_tenant_public_of, "publicpubkey"}};
    char field[32];
    dd_keys_kind_t kind = dd_keyring_kind(keyring);
    for (size_t i = 0; i < (kind == DD_KEYS_BROKER ? 1 : sizeof KEYS / sizeof KEYS[0]); i++) {
        snprintf(field, sizeof field, "%s%s", prefix, KEYS[i].field);
        print_key(field, KEYS[i].key_of(keyring, age));
    }
}

static void print_own(const dd_keyring_t *keyring, bool secret)
{
    dd_keys_kind_t kind = dd_keyring_kind(keyring);
    printf("kind\t%s\n", KINDS[kind]);
    print_key("pubkey", dd_keyring_public_key(keyring));
    if (secret)
        print_key("privkey", dd_keyring_secret_key(keyring));
    if (kind != DD_KEYS_BROKER) {
        print_key("ddpubkey", dd_keyring_broker_key(keyring));
        print_key("publicpubkey", dd_keyring_tenant_public(keyring));
    }
    print_key("operatorpubkey", dd_keyring_operator_key(keyring));
    print_others(keyring, DD_KEY_NEXT, "next");
    print_others(keyring, DD_KEY_PREVIOUS, "previous");
    if (secret)
        print_key("nextprivkey", dd_keyring_secret_key_of(keyring, DD_KEY_NEXT));
    if (secret)
        print_key("previousprivkey", dd_keyring_secret_key_of(keyring, DD_KEY_PREVIOUS));
}

/* The one without a name is a field of its own. */
static void print_operators(const dd_keyring_t *keyring)
{
    const dd_operator_t *known;
    for (size_t i = 0; (known = dd_keyring_operator_at(keyring, i)) != NULL; i++)
        if (strcmp(known->name, DD_OPERATOR) != 0)
            printf("operator\t%s\t%s\t%s\n", known->name, key_text(known->public_key).text,
                known->read_only ? "read-only" : "acts");
}

static void print_tenants(const dd_keyring_t *keyring, bool secret)
{
    const dd_tenant_t *tenant;
    for (size_t i = 0; (tenant = dd_keyring_tenant_at(keyring, i)) != NULL; i++) {
        printf("tenant\t%s\t%s\t%s", tenant->name, key_text(tenant->public_key).text, tenant->hash);
        /* With the cookie alone one can stay logged in as a client of protocol 3 or 4. */
        if (secret && dd_keyring_kind(keyring) == DD_KEYS_BROKER)
            printf("\t%" PRIu64, tenant->cookie);
        putchar('\n');
        if (key_next(tenant) != NULL)
            printf("next\t%s\t%s\n", tenant->name, key_text(key_next(tenant)).text);
    }
}

dd_error_t show_run(const options_t *options, dd_problem_t *problem)
{
    dd_keyring_t *keyring = dd_keyring_load(options->operand, problem);
    if (keyring == NULL)
        return problem->error;
    print_own(keyring, options->secret);
    print_operators(keyring);
    print_tenants(keyring, options->secret);
    dd_keyring_destroy(&keyring);
    return DD_OK;
}
