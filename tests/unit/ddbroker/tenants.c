/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tenants - keys to test a broker with
 */
#include "tenants.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BASE64_SIZE (DD_KEY_SIZE * 2)

static void make_pair(const char *name, uint8_t *public_key, uint8_t *secret_key)
{
    uint8_t seed[crypto_box_SEEDBYTES];
    crypto_generichash(seed, sizeof seed, (const uint8_t *)name, strlen(name), NULL, 0);
    crypto_box_seed_keypair(public_key, secret_key, seed);
}

void tenants_key(const char *name, uint8_t key[DD_KEY_SIZE])
{
    uint8_t secret_key[DD_KEY_SIZE];
    make_pair(name, key, secret_key);
}

static const char *base64(char *text, const uint8_t *key)
{
    return sodium_bin2base64(text, BASE64_SIZE, key, DD_KEY_SIZE, sodium_base64_VARIANT_ORIGINAL);
}

static void write_brokers(FILE *file)
{
    uint8_t public_key[DD_KEY_SIZE], secret_key[DD_KEY_SIZE], operator_key[DD_KEY_SIZE];
    char text[3][BASE64_SIZE];
    make_pair(KEY_OF_BROKERS, public_key, secret_key);
    tenants_key(KEY_OF_OPERATORS, operator_key);
    fprintf(file,
        "{\"dd\": {\"privkey\": \"%s\", \"pubkey\": \"%s\", \"operatorpubkey\": \"%s\", \"R\": "
        "\"1\"}",
        base64(text[0], secret_key), base64(text[1], public_key), base64(text[2], operator_key));
}

/* "name", or "name=other" for one that has the other's key. */
static void write_tenant(FILE *file, const char *name)
{
    uint8_t key[DD_KEY_SIZE];
    char text[BASE64_SIZE], hash[DD_HASH_SIZE + 1];
    size_t size = strcspn(name, "=");
    tenants_key(name[size] == '=' ? name + size + 1 : name, key);
    sodium_bin2hex(hash, sizeof hash, key, DD_KEY_SIZE);
    fprintf(file, ", \"%s\": {\"r\": \"%.*s\", \"R\": \"1\", \"pubkey\": \"%s\"}", hash, (int)size,
        name, base64(text, key));
}

dd_keyring_t *tenants_keyring(const char *names)
{
    char *json = NULL, *list = strdup(names);
    size_t size = 0;
    FILE *file = open_memstream(&json, &size);
    write_brokers(file);
    for (char *name = strtok(list, ","); name; name = strtok(NULL, ","))
        write_tenant(file, name);
    fputc('}', file);
    fclose(file);
    dd_problem_t problem;
    dd_keyring_t *keyring = dd_keyring_parse("keys", json, size, &problem);
    if (!keyring)
        fprintf(stderr, "%s\n", problem.text);
    free(json);
    free(list);
    return keyring;
}
