/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_legacy_login - who proves what to a client of protocols 3 and 4, and it to the broker
 */
#include <sodium.h>

#include "ddbroker/legacy/legacy_login.h"
#include "tests/unit/ddbroker/legacy_frames.h"
#include "tests/unit/memory_limit.h"
#include "tests/unit/unit.h"

static dd_keyring_t *broker_keyring(void)
{
    dd_keyring_t *keyring = dd_keyring_parse("test.json", BROKER_FILE, strlen(BROKER_FILE), NULL);
    assert_non_null(keyring);
    return keyring;
}

static void test_challenge_is_opened_by_the_tenant_alone(void **state)
{
    (void)state;
    dd_keyring_t *keyring = broker_keyring();
    dd_keyring_t *a = dd_keyring_parse("a.json", A_FILE, strlen(A_FILE), NULL);
    dd_keyring_t *b = dd_keyring_parse("b.json", B_FILE, strlen(B_FILE), NULL);
    legacy_login_t *login = legacy_login_new(keyring);
    assert_non_null(login);
    uint8_t first[LEGACY_CHALLENGE_SIZE], second[LEGACY_CHALLENGE_SIZE], cookie[8];
    const dd_tenant_t *tenant = legacy_login_challenge(login, dd_bytes_of(A_HASH), first);
    assert_non_null(tenant);
    assert_string_equal(tenant->name, "a");
    const uint8_t *box = first + crypto_box_NONCEBYTES;
    size_t size = sizeof first - crypto_box_NONCEBYTES;
    assert_int_equal(crypto_box_open_easy(cookie, box, size, first, dd_keyring_broker_key(a),
                         dd_keyring_secret_key(a)),
        0);
    dd_reader_t reader = dd_reader(cookie, sizeof cookie);
    assert_true(dd_read_u64(&reader) == 16856119424031212349u);
    assert_int_not_equal(crypto_box_open_easy(cookie, box, size, first, dd_keyring_broker_key(b),
                             dd_keyring_secret_key(b)),
        0);
    legacy_login_challenge(login, dd_bytes_of(A_HASH), second);
    assert_int_not_equal(memcmp(first, second, sizeof first), 0);
    legacy_login_destroy(&login);
    assert_null(login);
    dd_keyring_destroy(&b);
    dd_keyring_destroy(&a);
    dd_keyring_destroy(&keyring);
}

/* Within a rotation a tenant is known by either of its hashes, and has a cookie for each. */
static void test_both_keys_of_a_rotation_log_in(void **state)
{
    (void)state;
    static const char BEGUN[] = "{" DD_OWN ", \"" A_HASH "\": {" STRING(
        "r", "a") ", \"R\": 7, " STRING("pubkey", A_KEY) ", \"nextR\": 9, " STRING("nextpubkey",
        B_KEY) "}, " TENANT(PUBLIC_HASH, "public", "5", PUBLIC_KEY) "}";
    static const struct {
        const char *hash, *file;
        uint64_t cookie;
    } KEYS[] = {{A_HASH, A_FILE, 7}, {B_HASH, B_FILE, 9}, {PUBLIC_HASH, PUBLIC_FILE, 5}};
    dd_keyring_t *keyring = dd_keyring_parse("test.json", BEGUN, strlen(BEGUN), NULL);
    legacy_login_t *login = legacy_login_new(keyring);
    for (size_t i = 0; i < COUNT(KEYS); i++) {
        uint8_t challenge[LEGACY_CHALLENGE_SIZE], cookie[8];
        dd_bytes_t hash = dd_bytes_of(KEYS[i].hash);
        dd_keyring_t *own = dd_keyring_parse("own.json", KEYS[i].file, strlen(KEYS[i].file), NULL);
        const dd_tenant_t *tenant = legacy_login_challenge(login, hash, challenge);
        assert_string_equal(tenant->name, i < 2 ? "a" : "public");
        assert_int_equal(crypto_box_open_easy(cookie, challenge + crypto_box_NONCEBYTES,
                             sizeof challenge - crypto_box_NONCEBYTES, challenge,
                             dd_keyring_broker_key(own), dd_keyring_secret_key(own)),
            0);
        dd_reader_t reader = dd_reader(cookie, sizeof cookie);
        assert_true(dd_read_u64(&reader) == KEYS[i].cookie);
        assert_ptr_equal(
            legacy_login_prove(login, tenant->public_key, hash, KEYS[i].cookie), tenant);
        assert_null(legacy_login_prove(login, tenant->public_key, hash, KEYS[i].cookie + 1));
        dd_keyring_destroy(&own);
    }
    legacy_login_destroy(&login);
    dd_keyring_destroy(&keyring);
}

static void test_nobody_logs_in_without_a_secret(void **state)
{
    (void)state;
    dd_keyring_t *keyring = broker_keyring();
    legacy_login_t *login = legacy_login_new(keyring);
    assert_non_null(login);
    uint8_t challenge[LEGACY_CHALLENGE_SIZE];
    assert_null(legacy_login_challenge(login, dd_bytes_of("nobody"), challenge));
    assert_null(legacy_login_challenge(login, dd_bytes_of("dd"), challenge));
    assert_null(legacy_login_challenge(login, dd_bytes("", 0), challenge));
    /* The cookie of this tenant is 0. */
    assert_null(legacy_login_challenge(login, dd_bytes_of(PUBLIC_HASH), challenge));
    legacy_login_destroy(&login);
    legacy_login_destroy(&login);
    dd_keyring_destroy(&keyring);
}

/* Answers are taken for the key that was challenged: who answers for another tenant, whose cookie
   it may have read on some wire, or without a challenge, proves nothing. */
static void test_a_proof_is_bound_to_the_challenged_key(void **state)
{
    static const uint64_t A_COOKIE = 16856119424031212349u, B_COOKIE = 15502338891588627066u;
    (void)state;
    dd_keyring_t *keyring = broker_keyring();
    legacy_login_t *login = legacy_login_new(keyring);
    assert_non_null(login);
    dd_bytes_t a = dd_bytes_of(A_HASH), b = dd_bytes_of(B_HASH);
    const uint8_t *a_key = dd_keyring_tenant_by_hash(keyring, a)->public_key;
    const uint8_t nothing[DD_KEY_SIZE] = {0};
    assert_string_equal(legacy_login_prove(login, a_key, a, A_COOKIE)->name, "a");
    assert_null(legacy_login_prove(login, a_key, b, B_COOKIE));
    assert_null(legacy_login_prove(login, a_key, b, A_COOKIE));
    assert_null(legacy_login_prove(login, a_key, a, B_COOKIE));
    assert_null(legacy_login_prove(login, a_key, a, 0));
    assert_null(legacy_login_prove(login, nothing, a, A_COOKIE));
    assert_null(legacy_login_prove(login, a_key, dd_bytes_of("nobody"), A_COOKIE));
    /* A cookie that anyone can guess proves nothing, as it is never challenged. */
    dd_bytes_t public = dd_bytes_of(PUBLIC_HASH);
    const uint8_t *public_key = dd_keyring_tenant_by_hash(keyring, public)->public_key;
    assert_null(legacy_login_prove(login, public_key, public, 0));
    legacy_login_destroy(&login);
    dd_keyring_destroy(&keyring);
}

static void test_cookies_are_compared(void **state)
{
    (void)state;
    assert_true(legacy_cookie_equal(COOKIE_NUMBER, COOKIE_NUMBER));
    for (unsigned bit = 0; bit < 64; bit++)
        assert_false(legacy_cookie_equal(COOKIE_NUMBER, COOKIE_NUMBER ^ 1ull << bit));
}

static void test_out_of_memory(void **state)
{
    (void)state;
    dd_keyring_t *keyring = broker_keyring();
    memory_limit_begin(0);
    const legacy_login_t *login = legacy_login_new(keyring);
    assert_true(memory_limit_end());
    assert_null(login);
    dd_keyring_destroy(&keyring);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_challenge_is_opened_by_the_tenant_alone),
        cmocka_unit_test(test_both_keys_of_a_rotation_log_in),
        cmocka_unit_test(test_nobody_logs_in_without_a_secret),
        cmocka_unit_test(test_a_proof_is_bound_to_the_challenged_key),
        cmocka_unit_test(test_cookies_are_compared),
        cmocka_unit_test(test_out_of_memory),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
