/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_proof - who has a key can prove it, once and to one
 */
#include <sodium.h>

#include "libdd/keys/proof.h"
#include "tests/unit/libdd/keys.h"
#include "tests/unit/unit.h"

#define INSTANCE 0x123456789abc0001u

static dd_keyring_t *parse(const char *json)
{
    dd_keyring_t *keyring = dd_keyring_parse("test.json", json, strlen(json), NULL);
    assert_non_null(keyring);
    return keyring;
}

static void make(dd_key_age_t age, uint8_t proof[DD_PROOF_SIZE])
{
    dd_keyring_t *client = parse(A_BEGUN_FILE);
    assert_true(dd_proof_make(client, age, INSTANCE, proof));
    dd_keyring_destroy(&client);
}

static void test_a_proof_shows_its_key(void **state)
{
    (void)state;
    static const char *const KEYS[] = {[DD_KEY_CURRENT] = A_SECRET, [DD_KEY_NEXT] = B_SECRET};
    dd_keyring_t *broker = parse(BROKER_FILE), *client = parse(A_BEGUN_FILE);
    for (dd_key_age_t age = DD_KEY_CURRENT; age < COUNT(KEYS); age++) {
        uint8_t proof[DD_PROOF_SIZE];
        make(age, proof);
        const uint8_t *key = dd_proof_check(broker, INSTANCE, dd_bytes(proof, sizeof proof));
        assert_ptr_equal(key, proof);
        assert_memory_equal(key, dd_keyring_public_key_of(client, age), DD_KEY_SIZE);
    }
    dd_keyring_destroy(&client);
    dd_keyring_destroy(&broker);
}

/* While the brokers' own pair is being replaced, a proof for either is good. */
static void test_a_proof_for_the_brokers_next_key(void **state)
{
    (void)state;
    dd_keyring_t *broker = parse("{\"dd\": {" PAIR(OPERATOR_SECRET, OPERATOR_KEY) ", " STRING(
        "nextprivkey", DD_SECRET) ", " STRING("nextpubkey", DD_KEY) "}}");
    uint8_t proof[DD_PROOF_SIZE];
    make(DD_KEY_NEXT, proof);
    assert_non_null(dd_proof_check(broker, INSTANCE, dd_bytes(proof, sizeof proof)));
    dd_keyring_destroy(&broker);
    broker = parse("{\"dd\": {" PAIR(OPERATOR_SECRET, OPERATOR_KEY) "}}");
    assert_null(dd_proof_check(broker, INSTANCE, dd_bytes(proof, sizeof proof)));
    dd_keyring_destroy(&broker);
}

static void test_nothing_else_proves_anything(void **state)
{
    (void)state;
    dd_keyring_t *broker = parse(BROKER_FILE);
    uint8_t proof[DD_PROOF_SIZE + 1] = {0};
    make(DD_KEY_NEXT, proof);
    assert_null(dd_proof_check(broker, INSTANCE + 1, dd_bytes(proof, DD_PROOF_SIZE)));
    for (size_t size = 0; size <= DD_PROOF_SIZE + 1; size++)
        assert_int_equal(
            dd_proof_check(broker, INSTANCE, dd_bytes(proof, size)) != NULL, size == DD_PROOF_SIZE);
    /* The highest bit of a public key means nothing: it is the same one, but not the one that
       anybody's file has. */
    for (size_t bit = 0; bit < DD_PROOF_SIZE * 8; bit++) {
        proof[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (bit != DD_KEY_SIZE * 8 - 1)
            assert_null(dd_proof_check(broker, INSTANCE, dd_bytes(proof, DD_PROOF_SIZE)));
        proof[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    memset(proof, 0, DD_KEY_SIZE); /* a key of low order */
    assert_null(dd_proof_check(broker, INSTANCE, dd_bytes(proof, DD_PROOF_SIZE)));
    dd_keyring_destroy(&broker);
}

int main(void)
{
    if (sodium_init() == -1)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_proof_shows_its_key),
        cmocka_unit_test(test_a_proof_for_the_brokers_next_key),
        cmocka_unit_test(test_nothing_else_proves_anything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
