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

static void write_pair(FILE *file, const char *age, const char *name)
{
    uint8_t public_key[DD_KEY_SIZE], secret_key[DD_KEY_SIZE];
    char text[2][BASE64_SIZE];
    make_pair(name, public_key, secret_key);
    fprintf(file, "\"%sprivkey\": \"%s\", \"%spubkey\": \"%s\", ", age, base64(text[0], secret_key),
        age, base64(text[1], public_key));
}

/* "dd2", "dd+dd2" for a pair with a next one, or "dd2-dd" for one with a previous one. */
static void write_pairs(FILE *file, const char *names)
{
    char current[64];
    size_t size = strcspn(names, "+-");
    snprintf(current, sizeof current, "%.*s", (int)size, names);
    write_pair(file, "", current);
    if (names[size] != '\0')
        write_pair(file, names[size] == '+' ? "next" : "previous", names + size + 1);
}

/* "alice", or "alice=r" for one who may look only. */
static void write_operator(FILE *file, const char *name, bool first)
{
    uint8_t key[DD_KEY_SIZE];
    char text[BASE64_SIZE], own[64];
    size_t size = strcspn(name, "=");
    snprintf(own, sizeof own, "%.*s", (int)size, name);
    tenants_key(own, key);
    fprintf(file, "%s\"%s\": {\"pubkey\": \"%s\", \"readonly\": %s}", first ? "" : ", ", own,
        base64(text, key), name[size] ? "true" : "false");
}

static void write_brokers(FILE *file, const char *names)
{
    uint8_t operator_key[DD_KEY_SIZE];
    char text[BASE64_SIZE], list[256], pairs[64] = KEY_OF_BROKERS;
    bool first = true;
    tenants_key(KEY_OF_OPERATORS, operator_key);
    fprintf(file, "{\"dd\": {\"operators\": {");
    snprintf(list, sizeof list, "%s", names);
    for (char *name = strtok(list, ","); name; name = strtok(NULL, ",")) {
        if (strncmp(name, KEY_OF_BROKERS, strlen(KEY_OF_BROKERS)) == 0)
            snprintf(pairs, sizeof pairs, "%s", name);
        if (name[0] != '@')
            continue;
        write_operator(file, name + 1, first);
        first = false;
    }
    fputs("}, ", file);
    write_pairs(file, pairs);
    fprintf(file, "\"operatorpubkey\": \"%s\", \"R\": \"1\"}", base64(text, operator_key));
}

void tenants_pair(const char *name, uint8_t key[DD_KEY_SIZE], uint8_t secret_key[DD_KEY_SIZE])
{
    make_pair(name, key, secret_key);
}

/* "name", "name=other" for one that has the other's key, or "name+next" for one whose next key is
   that. */
static void write_tenant(FILE *file, const char *name)
{
    uint8_t key[DD_KEY_SIZE], next_key[DD_KEY_SIZE];
    char text[BASE64_SIZE], hash[DD_HASH_SIZE + 1], current[64];
    size_t size = strcspn(name, "=+");
    snprintf(current, sizeof current, "%.*s", (int)size, name);
    tenants_key(name[size] == '=' ? name + size + 1 : current, key);
    sodium_bin2hex(hash, sizeof hash, key, DD_KEY_SIZE);
    fprintf(file, ", \"%s\": {\"r\": \"%.*s\", \"R\": \"1\", \"pubkey\": \"%s\"", hash, (int)size,
        name, base64(text, key));
    if (name[size] == '+') {
        tenants_key(name + size + 1, next_key);
        fprintf(file, ", \"nextR\": \"2\", \"nextpubkey\": \"%s\"", base64(text, next_key));
    }
    fputc('}', file);
}

dd_keyring_t *tenants_keyring(const char *names)
{
    char *json = NULL, *list = strdup(names);
    size_t size = 0;
    FILE *file = open_memstream(&json, &size);
    write_brokers(file, names);
    for (char *name = strtok(list, ","); name; name = strtok(NULL, ","))
        if (name[0] != '@' && strncmp(name, KEY_OF_BROKERS, strlen(KEY_OF_BROKERS)) != 0)
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
