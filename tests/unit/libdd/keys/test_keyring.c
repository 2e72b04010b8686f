/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_keyring - key files of every kind, as other tools write them, and every way to be wrong
 */
#include <stdio.h>
#include <stdlib.h>

#include <sodium.h>
#include <unistd.h>

#include "libdd/keys/keyring.h"
#include "tests/unit/libdd/keys.h"
#include "tests/unit/memory_limit.h"
#include "tests/unit/unit.h"

static dd_keyring_t *parse(const char *json)
{
    dd_problem_t problem = {0};
    dd_keyring_t *keyring = dd_keyring_parse("test.json", json, strlen(json), &problem);
    if (keyring == NULL)
        print_error("%s\n", problem.text);
    assert_non_null(keyring);
    return keyring;
}

static void assert_key(const uint8_t *key, const char *base64)
{
    char text[sodium_base64_ENCODED_LEN(DD_KEY_SIZE, sodium_base64_VARIANT_ORIGINAL)];
    assert_non_null(key);
    sodium_bin2base64(text, sizeof text, key, DD_KEY_SIZE, sodium_base64_VARIANT_ORIGINAL);
    assert_string_equal(text, base64);
}

/* ---- good files ------------------------------------------------------------------------------ */

static void test_broker(void **state)
{
    (void)state;
    dd_keyring_t *keyring = parse(BROKER_FILE);
    assert_int_equal(dd_keyring_kind(keyring), DD_KEYS_BROKER);
    assert_key(dd_keyring_secret_key(keyring), DD_SECRET);
    assert_key(dd_keyring_public_key(keyring), DD_KEY);
    assert_key(dd_keyring_broker_key(keyring), DD_KEY);
    assert_key(dd_keyring_tenant_public(keyring), PUBLIC_KEY);
    assert_key(dd_keyring_operator_key(keyring), OPERATOR_KEY);
    dd_keyring_destroy(&keyring);
    assert_null(keyring);
    dd_keyring_destroy(&keyring);
    dd_keyring_destroy(NULL);
}

static void test_broker_without_extras(void **state)
{
    (void)state;
    dd_keyring_t *keyring = parse("{\"dd\": {" PAIR(DD_SECRET, DD_KEY) "}}");
    assert_null(dd_keyring_operator_key(keyring));
    assert_null(dd_keyring_tenant_public(keyring));
    assert_null(dd_keyring_tenant_at(keyring, 0));
    assert_null(dd_keyring_tenant_by_name(keyring, dd_bytes_of("a")));
    dd_keyring_destroy(&keyring);
}

static void test_tenant_lookups(void **state)
{
    (void)state;
    static const struct {
        const char *name, *hash, *key;
        uint64_t cookie;
    } TENANTS[] = {{"a", A_HASH, A_KEY, 16856119424031212349u},
        {"b", B_HASH, B_KEY, 15502338891588627066u}, {"public", PUBLIC_HASH, PUBLIC_KEY, 0}};
    dd_keyring_t *keyring = parse(BROKER_FILE);
    for (size_t i = 0; i < 3; i++) {
        const dd_tenant_t *tenant = dd_keyring_tenant_at(keyring, i);
        assert_string_equal(tenant->name, TENANTS[i].name);
        assert_string_equal(tenant->hash, TENANTS[i].hash);
        assert_key(tenant->public_key, TENANTS[i].key);
        assert_true(tenant->cookie == TENANTS[i].cookie);
        assert_int_equal(tenant->index, i);
        assert_ptr_equal(tenant, dd_keyring_tenant_by_key(keyring, tenant->public_key));
        assert_ptr_equal(tenant, dd_keyring_tenant_by_name(keyring, dd_bytes_of(TENANTS[i].name)));
        assert_ptr_equal(tenant, dd_keyring_tenant_by_hash(keyring, dd_bytes_of(TENANTS[i].hash)));
        assert_true(dd_keyring_has_tenant(keyring, dd_bytes_of(TENANTS[i].name)));
    }
    assert_int_equal(dd_keyring_tenant_count(keyring), 3);
    assert_null(dd_keyring_tenant_at(keyring, 3));

    const char *absent[] = {"", "A", "aa", "pub", "public.", "dd", A_HASH A_HASH};
    for (size_t i = 0; i < COUNT(absent); i++) {
        assert_null(dd_keyring_tenant_by_name(keyring, dd_bytes_of(absent[i])));
        assert_null(dd_keyring_tenant_by_hash(keyring, dd_bytes_of(absent[i])));
    }
    assert_null(dd_keyring_tenant_by_key(keyring, dd_keyring_public_key(keyring)));
    dd_keyring_destroy(&keyring);
}

static void expect_owner(const dd_keyring_t *keyring, const char *base64, dd_key_owner_t owner)
{
    uint8_t key[DD_KEY_SIZE];
    const dd_tenant_t *tenant;
    assert_int_equal(sodium_base642bin(key, sizeof key, base64, strlen(base64), NULL, NULL, NULL,
                         sodium_base64_VARIANT_ORIGINAL),
        0);
    assert_int_equal(dd_keyring_owner(keyring, key, &tenant), owner);
    assert_ptr_equal(tenant, dd_keyring_tenant_by_key(keyring, key));
    assert_int_equal(tenant != NULL, owner == DD_OWNER_TENANT);
}

static void test_owners_of_keys(void **state)
{
    (void)state;
    dd_keyring_t *keyring = parse(BROKER_FILE);
    expect_owner(keyring, A_KEY, DD_OWNER_TENANT);
    expect_owner(keyring, PUBLIC_KEY, DD_OWNER_TENANT);
    expect_owner(keyring, DD_KEY, DD_OWNER_BROKERS);
    expect_owner(keyring, OPERATOR_KEY, DD_OWNER_OPERATORS);
    expect_owner(keyring, A_SECRET, DD_OWNER_UNKNOWN);
    dd_keyring_destroy(&keyring);

    /* A file without operators has no key of all zeros for them. */
    keyring = parse("{\"dd\": {" PAIR(DD_SECRET, DD_KEY) "}}");
    expect_owner(keyring, DD_KEY, DD_OWNER_BROKERS);
    expect_owner(keyring, OPERATOR_KEY, DD_OWNER_UNKNOWN);
    expect_owner(keyring, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", DD_OWNER_UNKNOWN);
    dd_keyring_destroy(&keyring);
}

static void test_tenant(void **state)
{
    (void)state;
    dd_keyring_t *keyring = parse(A_FILE);
    assert_int_equal(dd_keyring_kind(keyring), DD_KEYS_TENANT);
    assert_key(dd_keyring_secret_key(keyring), A_SECRET);
    assert_key(dd_keyring_public_key(keyring), A_KEY);
    assert_key(dd_keyring_broker_key(keyring), DD_KEY);
    assert_key(dd_keyring_tenant_public(keyring), PUBLIC_KEY);
    assert_null(dd_keyring_operator_key(keyring));
    assert_null(dd_keyring_tenant_at(keyring, 0));
    dd_keyring_destroy(&keyring);
}

static void test_public_nested_and_flat(void **state)
{
    (void)state;
    const char *files[] = {PUBLIC_FILE, "{" PUBLIC_OWN ", " PUBLIC_TENANTS "}"};
    for (size_t i = 0; i < 2; i++) {
        dd_keyring_t *keyring = parse(files[i]);
        assert_int_equal(dd_keyring_kind(keyring), DD_KEYS_PUBLIC);
        assert_key(dd_keyring_secret_key(keyring), PUBLIC_SECRET);
        assert_key(dd_keyring_tenant_public(keyring), PUBLIC_KEY);
        assert_key(dd_keyring_tenant_by_name(keyring, dd_bytes_of("b"))->public_key, B_KEY);
        assert_null(dd_keyring_tenant_at(keyring, 2));
        dd_keyring_destroy(&keyring);
    }
}

/* ---- rotations ------------------------------------------------------------------------------- */

/* A sixth pair's public key. */
#define D_KEY "axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY="
#define D_HASH "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
#define NEXT(secret, key) STRING("nextprivkey", secret) ", " STRING("nextpubkey", key)
#define PREVIOUS(secret, key) STRING("previousprivkey", secret) ", " STRING("previouspubkey", key)

/* Of tenant a, whose next pair is b's and whose previous one was the operator's. */
#define ROTATED                                                                                    \
    "{" PAIR(A_SECRET, A_KEY) ", " NEXT(B_SECRET, B_KEY) ", " PREVIOUS(                            \
        OPERATOR_SECRET, OPERATOR_KEY) ", " STRING("ddpubkey", DD_KEY) ", " STRING("publicpubkey", \
        PUBLIC_KEY) ", " STRING("previouspublicpubkey", D_KEY) "}"

static void test_keys_of_a_rotation(void **state)
{
    (void)state;
    dd_keyring_t *keyring = parse(ROTATED);
    assert_int_equal(dd_keyring_kind(keyring), DD_KEYS_TENANT);
    assert_key(dd_keyring_secret_key(keyring), A_SECRET);
    assert_key(dd_keyring_secret_key_of(keyring, DD_KEY_CURRENT), A_SECRET);
    assert_key(dd_keyring_secret_key_of(keyring, DD_KEY_NEXT), B_SECRET);
    assert_key(dd_keyring_public_key_of(keyring, DD_KEY_NEXT), B_KEY);
    assert_key(dd_keyring_secret_key_of(keyring, DD_KEY_PREVIOUS), OPERATOR_SECRET);
    assert_key(dd_keyring_broker_key_of(keyring, DD_KEY_CURRENT), DD_KEY);
    assert_null(dd_keyring_broker_key_of(keyring, DD_KEY_NEXT));
    assert_null(dd_keyring_tenant_public_of(keyring, DD_KEY_NEXT));
    assert_key(dd_keyring_tenant_public_of(keyring, DD_KEY_PREVIOUS), D_KEY);
    dd_login_t login = {0};
    assert_true(dd_keyring_next_login(keyring, &login));
    assert_int_equal(login.own, DD_KEY_NEXT);
    assert_false(dd_keyring_next_login(keyring, &login));
    assert_int_equal(login.own, DD_KEY_CURRENT);
    dd_keyring_destroy(&keyring);

    keyring = parse(A_FILE);
    for (dd_key_age_t age = DD_KEY_NEXT; age < DD_KEY_AGES; age++) {
        assert_null(dd_keyring_secret_key_of(keyring, age));
        assert_null(dd_keyring_public_key_of(keyring, age));
    }
    assert_false(dd_keyring_next_login(keyring, &login));
    dd_keyring_destroy(&keyring);
}

static void test_every_login_is_tried(void **state)
{
    (void)state;
    dd_keyring_t *keyring =
        parse("{" PAIR(A_SECRET, A_KEY) ", " NEXT(B_SECRET, B_KEY) ", " OTHERS ", " STRING(
            "nextddpubkey", D_KEY) ", " STRING("previousddpubkey", OPERATOR_KEY) "}");
    unsigned tried = 0;
    dd_login_t login = {0};
    do
        do
            tried += dd_keyring_broker_key_of(keyring, login.brokers) != NULL;
        while (dd_keyring_next_broker(keyring, &login));
    while (dd_keyring_next_login(keyring, &login));
    assert_int_equal(tried, 2 * 3);
    assert_true(login.own == DD_KEY_CURRENT && login.brokers == DD_KEY_CURRENT);
    dd_keyring_destroy(&keyring);
}

#define A_WITH(more)                                                                               \
    "\"" A_HASH "\": {" STRING("r", "a") ", \"R\": 7, " STRING("pubkey", A_KEY) ", " more "}"
#define PUBLIC_ENTRY TENANT(PUBLIC_HASH, "public", "1", PUBLIC_KEY)

static void test_a_tenants_next_key_is_found(void **state)
{
    (void)state;
    dd_keyring_t *keyring = parse("{" DD_OWN ", " A_WITH(STRING("nextpubkey",
        B_KEY) ", \"nextR\": \"9\", " STRING("previouspubkey", D_KEY)) ", " PUBLIC_ENTRY "}");
    const dd_tenant_t *a = dd_keyring_tenant_by_name(keyring, dd_bytes_of("a"));
    assert_key(a->public_key, A_KEY);
    assert_true(a->age == DD_KEY_CURRENT && a->cookie == 7 && a->index == 0);
    const dd_tenant_t *next = a->other;
    assert_key(next->public_key, B_KEY);
    assert_string_equal(next->name, "a");
    assert_string_equal(next->hash, B_HASH);
    assert_true(next->age == DD_KEY_NEXT && next->cookie == 9 && next->index == 2);
    assert_null(next->other); /* with the previous key nobody gets in */
    assert_ptr_equal(dd_keyring_tenant_by_hash(keyring, dd_bytes_of(B_HASH)), next);
    expect_owner(keyring, B_KEY, DD_OWNER_TENANT);
    expect_owner(keyring, D_KEY, DD_OWNER_UNKNOWN);
    assert_int_equal(dd_keyring_tenant_count(keyring), 2);
    assert_int_equal(dd_keyring_tenant_keys(keyring), 3);
    assert_string_equal(dd_keyring_tenant_at(keyring, 1)->name, "public");
    assert_null(dd_keyring_tenant_at(keyring, 2));
    dd_keyring_destroy(&keyring);

    keyring = parse("{\"public\": {" PUBLIC_OWN "}, " A_WITH(
        STRING("nextpubkey", B_KEY) ", " STRING("previouspubkey", D_KEY)) "}");
    unsigned keys = 0;
    for (a = dd_keyring_tenant_by_name(keyring, dd_bytes_of("a")); a; a = a->other)
        keys |= 1u << a->age;
    assert_int_equal(keys, 7);
    dd_keyring_destroy(&keyring);
}

static void test_operators_by_name(void **state)
{
    (void)state;
    dd_keyring_t *keyring = parse("{\"dd\": {" PAIR(DD_SECRET, DD_KEY) ", " STRING(
        "operatorpubkey", OPERATOR_KEY) ", \"operators\": {\"alice\": {" STRING("pubkey",
        A_KEY) "}, \"bob\": {" STRING("pubkey", B_KEY) ", \"readonly\": true}}}}");
    static const struct {
        const char *name, *key;
        bool read_only;
    } OPERATORS[] = {
        {DD_OPERATOR, OPERATOR_KEY, false}, {"alice", A_KEY, false}, {"bob", B_KEY, true}};
    for (size_t i = 0; i < COUNT(OPERATORS); i++) {
        const dd_operator_t *known = dd_keyring_operator_at(keyring, i);
        assert_string_equal(known->name, OPERATORS[i].name);
        assert_key(known->public_key, OPERATORS[i].key);
        assert_int_equal(known->read_only, OPERATORS[i].read_only);
        assert_ptr_equal(dd_keyring_operator_by_key(keyring, known->public_key), known);
        assert_ptr_equal(
            dd_keyring_operator_by_name(keyring, dd_bytes_of(OPERATORS[i].name)), known);
        expect_owner(keyring, OPERATORS[i].key, DD_OWNER_OPERATORS);
    }
    assert_null(dd_keyring_operator_at(keyring, 3));
    assert_null(dd_keyring_operator_by_name(keyring, dd_bytes_of("carol")));
    dd_keyring_destroy(&keyring);
}

static void test_operator(void **state)
{
    (void)state;
    dd_keyring_t *keyring = parse(OPERATOR_FILE);
    assert_int_equal(dd_keyring_kind(keyring), DD_KEYS_OPERATOR);
    assert_key(dd_keyring_secret_key(keyring), OPERATOR_SECRET);
    assert_key(dd_keyring_broker_key(keyring), DD_KEY);
    assert_null(dd_keyring_tenant_public(keyring));
    assert_string_equal(dd_keyring_operator_at(keyring, 0)->name, DD_OPERATOR);
    assert_false(dd_keyring_operator_at(keyring, 0)->read_only);
    dd_keyring_destroy(&keyring);
}

static void test_an_operators_own_name_and_rights(void **state)
{
    (void)state;
    dd_keyring_t *keyring =
        parse("{" OPERATOR_OWN ", " STRING("name", "bob") ", \"readonly\": true}");
    const dd_operator_t *own = dd_keyring_operator_at(keyring, 0);
    assert_string_equal(own->name, "bob");
    assert_key(own->public_key, OPERATOR_KEY);
    assert_true(own->read_only);
    assert_null(dd_keyring_operator_at(keyring, 1));
    dd_keyring_destroy(&keyring);
}

static void test_base64_of_other_tools(void **state)
{
    (void)state;
    static const char *const SPELLINGS[] = {A_KEY "\\n", "\\r\\n" A_KEY, " " A_KEY " ",
        "YDRufJEaX2uhVBKRdMr+\\ndbKUrDu9VUljL0jOxiZvhBA=\\n",
        "YDRufJEaX2uhVBKRdMr+dbKUrDu9VUljL0jOxiZvhBA",
        "YDRufJEaX2uhVBKRdMr+dbKUrDu9VUljL0jOxiZvhBA\\n",
        "YDRufJEaX2uhVBKRdMr\\u002b"
        "dbKUrDu9VUljL0jOxiZvhBA="};
    for (size_t i = 0; i < COUNT(SPELLINGS); i++) {
        char json[1024];
        snprintf(json, sizeof json,
            "{" STRING("privkey", A_SECRET) ", " STRING("pubkey", "%s") ", " OTHERS "}",
            SPELLINGS[i]);
        dd_keyring_t *keyring = parse(json);
        assert_key(dd_keyring_public_key(keyring), A_KEY);
        dd_keyring_destroy(&keyring);
    }
}

static void test_unknown_fields_are_ignored(void **state)
{
    (void)state;
    const char *files[] = {
        "{\"x\": [1, {\"y\": null}], " PAIR(A_SECRET, A_KEY) ", " OTHERS ", \"z\": {}}",
        "{\"version\": 3, \"note\": \"by hand\", \"dd\": {\"x\": {\"r\": 1}, " PAIR(
            DD_SECRET, DD_KEY) "}, \"h\": {\"x\": 1, \"r\": \"a\", \"R\": 1, " STRING("pubkey",
            A_KEY) "}}\n\n",
    };
    for (size_t i = 0; i < 2; i++) {
        dd_keyring_t *keyring = parse(files[i]);
        dd_keyring_destroy(&keyring);
    }
}

/* ---- bad text -------------------------------------------------------------------------------- */

#define SHORT_KEY "YDRufJEaX2uhVBKRdMr+dbKUrDu9VUljL0jOxiZvhA=="
#define LONG_KEY "YDRufJEaX2uhVBKRdMr+dbKUrDu9VUljL0jOxiZvhBAA"
#define NULL_KEY "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define BROKER(tenant) "{" DD_OWN_WITH_OPERATOR ", " tenant "}"

static const struct {
    const char *json;
    const char *complaint;
} BAD[] = {
    /* no JSON object */
    {" ", "cut off"},
    {"{", "cut off"},
    {"{\"dd\":", "cut off"},
    {"{\n\n}}", "line 3 is not valid JSON"},
    {"\n{\"dd\": nonsense}", "line 2 is not valid JSON"},
    {"[]", "no JSON object"},
    {"\"privkey\"", "no JSON object"},
    {"{\"a\": \"\xff\"}", "line 1 is not valid JSON"},
    {A_FILE " trailing", "line 1 is not valid JSON"},
    /* no key file */
    {"{}", "field \"privkey\" is missing"},
    {"{\"dd\": 1, \"public\": []}", "field \"privkey\" is missing"},
    {"{\"role\": \"admin\"}", "field \"privkey\" is missing"},
    /* a tenant's */
    {"{" STRING("privkey", A_SECRET) ", " OTHERS "}", "field \"pubkey\" is missing"},
    {"{" PAIR(A_SECRET, A_KEY) ", " STRING("ddpubkey", DD_KEY) "}",
        "field \"publicpubkey\" is missing"},
    {"{" PAIR(A_SECRET, A_KEY) ", " STRING("publicpubkey", PUBLIC_KEY) "}",
        "field \"ddpubkey\" is missing"},
    {"{\"privkey\": 1, " STRING("pubkey", A_KEY) ", " OTHERS "}",
        "field \"privkey\" is not a string"},
    {"{\"privkey\": null, " STRING("pubkey", A_KEY) ", " OTHERS "}",
        "field \"privkey\" is not a string"},
    {"{" PAIR(A_SECRET, "") ", " OTHERS "}", "field \"pubkey\" is not the base64 of 32 bytes"},
    {"{" PAIR(A_SECRET, SHORT_KEY) ", " OTHERS "}", "field \"pubkey\" is not the base64"},
    {"{" PAIR(A_SECRET, LONG_KEY) ", " OTHERS "}", "field \"pubkey\" is not the base64"},
    {"{" PAIR(LONG_KEY, A_KEY) ", " OTHERS "}", "field \"privkey\" is not the base64"},
    {"{" PAIR(A_SECRET, "%%%%") ", " OTHERS "}", "field \"pubkey\" is not the base64"},
    {"{" PAIR(A_SECRET, B_KEY) ", " OTHERS "}", "\"pubkey\" doesn't belong to \"privkey\""},
    {"{" PAIR(A_SECRET, A_KEY) ", " STRING("ddpubkey", NULL_KEY) ", " STRING(
         "publicpubkey", PUBLIC_KEY) "}",
        "field \"ddpubkey\" is a key that protects nothing"},
    {"{" PAIR(A_SECRET, A_KEY) ", " STRING("ddpubkey", A_KEY) ", " STRING(
         "publicpubkey", PUBLIC_KEY) "}",
        "field \"ddpubkey\" is the same"},
    /* the public tenant's */
    {"{\"public\": {" PAIR(PUBLIC_SECRET, PUBLIC_KEY) ", " STRING("ddpubkey", DD_KEY) "}}",
        "field \"public.publicpubkey\" is missing"},
    {"{\"public\": {" PAIR(PUBLIC_SECRET, PUBLIC_KEY) ", " STRING("ddpubkey", DD_KEY) ", " STRING(
         "publicpubkey", A_KEY) "}}",
        "field \"public.publicpubkey\" differs"},
    {"{\"public\": {" PUBLIC_OWN "}, " TENANT("h", "a", "1", PUBLIC_KEY) "}",
        "field \"h.pubkey\" is no tenant's"},
    {"{\"public\": {" PUBLIC_OWN "}, " TENANT("h", "public", "1", DD_KEY) "}",
        "field \"h.pubkey\" is no tenant's"},
    /* an operator's */
    {"{" OPERATOR_OWN ", " STRING("name", "two words") "}",
        "field \"name\" is not a valid operator"},
    {"{" OPERATOR_OWN ", \"readonly\": 1}", "field \"readonly\" is neither true nor false"},
    {"{\"role\": \"operator\", " PAIR(OPERATOR_SECRET, OPERATOR_KEY) "}",
        "field \"ddpubkey\" is missing"},
    /* a broker's */
    {"{\"dd\": {}}", "field \"dd.privkey\" is missing"},
    {"{\"dd\": {" PAIR(DD_SECRET, A_KEY) "}}", "field \"dd.pubkey\" doesn't belong"},
    {"{\"dd\": {" PAIR(DD_SECRET, DD_KEY) ", " STRING("operatorpubkey", "x") "}}",
        "field \"dd.operatorpubkey\" is not the base64"},
    {"{\"dd\": {" PAIR(DD_SECRET, DD_KEY) ", " STRING("operatorpubkey", DD_KEY) "}}",
        "field \"dd.operatorpubkey\" is the same"},
    {"{\"dd\": {" PAIR(DD_SECRET, DD_KEY) ", \"operators\": {\"x\": {" STRING(
         "pubkey", DD_KEY) "}}}}",
        "field \"dd.operators.x.pubkey\" is no operator's"},
    {"{\"dd\": {" PAIR(DD_SECRET, DD_KEY) ", \"operators\": {\"operator\": {}}}}",
        "field \"dd.operators\" has something that is no operator"},
    {"{\"dd\": {" PAIR(DD_SECRET, DD_KEY) ", \"operators\": []}}",
        "field \"dd.operators\" is not an object"},
    /* of a rotation */
    {"{" PAIR(A_SECRET, A_KEY) ", " STRING("nextpubkey", B_KEY) ", " OTHERS "}",
        "field \"nextprivkey\" is missing"},
    {"{" PAIR(A_SECRET, A_KEY) ", " NEXT(B_SECRET, A_KEY) ", " OTHERS "}",
        "field \"nextpubkey\" doesn't belong to \"nextprivkey\""},
    {"{" PAIR(A_SECRET, A_KEY) ", " NEXT(DD_SECRET, DD_KEY) ", " OTHERS "}",
        "field \"ddpubkey\" is the same"},
    {"{" PAIR(A_SECRET, A_KEY) ", " OTHERS ", " STRING("nextddpubkey", NULL_KEY) "}",
        "field \"nextddpubkey\" is a key that protects nothing"},
    {BROKER(A_WITH(STRING("nextpubkey", B_KEY))), "nextR\" is missing"},
    {BROKER(A_WITH(STRING("nextpubkey", A_KEY) ", \"nextR\": 1")),
        "nextpubkey\" is in the file for a tenant already"},
    {BROKER(A_WITH(STRING("nextpubkey", DD_KEY) ", \"nextR\": 1")), "nextpubkey\" is no tenant's"},
    {BROKER(A_WITH(STRING("nextpubkey", OPERATOR_KEY) ", \"nextR\": 1")),
        "nextpubkey\" is no tenant's"},
    {BROKER(
         A_WITH(STRING("nextpubkey", D_KEY) ", \"nextR\": 1") ", " TENANT(D_HASH, "b", "1", B_KEY)),
        "nextpubkey\" has the hash of another tenant"},
    {BROKER("\"h\": {}"), "field \"h.r\" is missing"},
    {BROKER("\"h\": {\"r\": 1}"), "field \"h.r\" is not a string"},
    {BROKER("\"h\": {\"r\": \"a\"}"), "field \"h.pubkey\" is missing"},
    {BROKER("\"h\": {\"r\": \"a\", " STRING("pubkey", A_KEY) "}"), "field \"h.R\" is missing"},
    {BROKER(TENANT("h", "", "1", A_KEY)), "field \"h.r\" is not a valid tenant name"},
    {BROKER(TENANT("h", "a.b", "1", A_KEY)), "field \"h.r\" is not a valid tenant name"},
    {BROKER(TENANT("h", "a b", "1", A_KEY)), "field \"h.r\" is not a valid tenant name"},
    {BROKER(TENANT("h", "a\\u0000", "1", A_KEY)), "field \"h.r\" is not a valid tenant name"},
    {BROKER(TENANT("h", A_HASH, "1", A_KEY)), "field \"h.r\" is not a valid tenant name"},
    {BROKER(TENANT("h", "a", "1", NULL_KEY)), "field \"h.pubkey\" is a key that protects"},
    {BROKER(TENANT("h", "a", "1", DD_KEY)), "field \"h.pubkey\" is no tenant's"},
    {BROKER(TENANT("h", "a", "1", OPERATOR_KEY)), "field \"h.pubkey\" is no tenant's"},
    {BROKER(TENANT("h", "public", "1", DD_KEY)), "field \"h.pubkey\" is no tenant's"},
    {BROKER(TENANT("a\\u001b[2J", "a", "1", A_KEY)), "\"a?[2J\" is not named by a tenant's hash"},
    {BROKER(TENANT("h", "a", "true", A_KEY)), "field \"h.R\" is neither"},
    {BROKER(TENANT("h", "a", "1.5", A_KEY)), "field \"h.R\" is neither"},
    {BROKER(TENANT("h", "a", "-1", A_KEY)), "field \"h.R\" is not a decimal"},
    {BROKER(TENANT("h", "a", "\"\"", A_KEY)), "field \"h.R\" is not a decimal"},
    {BROKER(TENANT("h", "a", "\"-1\"", A_KEY)), "field \"h.R\" is not a decimal"},
    {BROKER(TENANT("h", "a", "\" 1\"", A_KEY)), "field \"h.R\" is not a decimal"},
    {BROKER(TENANT("h", "a", "\"1x\"", A_KEY)), "field \"h.R\" is not a decimal"},
    {BROKER(TENANT("h", "a", "\"1\\u0000\"", A_KEY)), "field \"h.R\" is not a decimal"},
    {BROKER(TENANT("h", "a", "\"18446744073709551616\"", A_KEY)), "field \"h.R\" is not a decimal"},
    {BROKER(TENANT("", "a", "1", A_KEY)), "is not named by a tenant's hash"},
    {BROKER(TENANT(A_HASH "0", "a", "1", A_KEY)), "is not named by a tenant's hash"},
    {BROKER(TENANT("h", "a", "1", A_KEY) ", " TENANT("i", "a", "1", B_KEY)),
        "field \"i.r\" names a tenant that the file has already"},
    {BROKER(TENANT("h", "a", "1", A_KEY) ", " TENANT("i", "b", "1", A_KEY)),
        "field \"i.pubkey\" is in the file for a tenant already"},
};

static void test_bad_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(BAD); i++) {
        dd_problem_t problem = {0};
        dd_keyring_t *keyring =
            dd_keyring_parse("bad.json", BAD[i].json, strlen(BAD[i].json), &problem);
        if (keyring != NULL || strstr(problem.text, BAD[i].complaint) == NULL)
            print_error("%s\ngave: %s\nnot: %s\n", BAD[i].json, problem.text, BAD[i].complaint);
        assert_null(keyring);
        assert_non_null(strstr(problem.text, BAD[i].complaint));
        assert_int_equal(strncmp(problem.text, "bad.json: ", 10), 0);
        assert_int_equal(problem.error, DD_E_KEYS);
        assert_null(dd_keyring_parse("bad.json", BAD[i].json, strlen(BAD[i].json), NULL));
    }
}

/* No prefix of a file is a key file, and none does any harm. */
static void test_cut_at_every_byte(void **state)
{
    (void)state;
    const char *files[] = {BROKER_FILE, A_FILE, PUBLIC_FILE, OPERATOR_FILE};
    for (size_t i = 0; i < 4; i++)
        for (size_t size = 0; size < strlen(files[i]); size++)
            assert_null(dd_keyring_parse("cut.json", files[i], size, NULL));
}

/* A NUL ends C strings, but no file. */
static void test_text_after_a_nul(void **state)
{
    (void)state;
    static const char TEXT[] = A_FILE "\0 and more";
    dd_problem_t problem = {0};
    assert_null(dd_keyring_parse("nul.json", TEXT, sizeof TEXT - 1, &problem));
    assert_non_null(strstr(problem.text, "something follows the end"));
}

/* Secrets don't get into messages. */
static void test_messages_hold_no_secret(void **state)
{
    (void)state;
    const char *json = "{" PAIR(A_SECRET, B_KEY) ", " OTHERS "}";
    dd_problem_t problem = {0};
    assert_null(dd_keyring_parse("a.json", json, strlen(json), &problem));
    assert_null(strstr(problem.text, A_SECRET));
}

/* ---- files ----------------------------------------------------------------------------------- */

static void test_load(void **state)
{
    (void)state;
    char path[] = "/tmp/test_keyring.XXXXXX";
    int fd = mkstemp(path);
    assert_int_not_equal(fd, -1);
    assert_int_equal(write(fd, A_FILE, strlen(A_FILE)), strlen(A_FILE));
    assert_int_equal(close(fd), 0);
    dd_keyring_t *keyring = dd_keyring_load(path, NULL);
    assert_int_equal(unlink(path), 0);
    assert_non_null(keyring);
    assert_key(dd_keyring_public_key(keyring), A_KEY);
    dd_keyring_destroy(&keyring);
    dd_problem_t problem = {0};
    assert_null(dd_keyring_load(path, &problem));
    assert_int_equal(problem.error, DD_E_FILE);
}

/* Every allocation fails once: the file isn't read, and nothing is left of it. */
static void test_out_of_memory(void **state)
{
    (void)state;
    for (size_t allowed = 0;; allowed++) {
        dd_problem_t problem = {0};
        memory_limit_begin(allowed);
        dd_keyring_t *keyring =
            dd_keyring_parse("test.json", BROKER_FILE, strlen(BROKER_FILE), &problem);
        if (!memory_limit_end()) {
            assert_true(allowed > 5);
            dd_keyring_destroy(&keyring);
            return;
        }
        assert_null(keyring);
        assert_int_equal(problem.error, DD_E_MEMORY);
        assert_string_equal(problem.text, "test.json: out of memory");
    }
}

/* ---- equal ones ------------------------------------------------------------------------------ */

static void test_equal_is_what_holds_the_same(void **state)
{
    (void)state;
    static const char *const FILES[] = {
        BROKER_FILE, A_FILE, A_BEGUN_FILE, A_FINISHED_FILE, B_FILE, PUBLIC_FILE, OPERATOR_FILE};
    for (size_t i = 0; i < COUNT(FILES); i++)
        for (size_t j = 0; j < COUNT(FILES); j++) {
            dd_keyring_t *a = parse(FILES[i]), *b = parse(FILES[j]);
            assert_int_equal(dd_keyring_equal(a, b), i == j);
            dd_keyring_destroy(&a);
            dd_keyring_destroy(&b);
        }
}

/* ---- many tenants ---------------------------------------------------------------------------- */

#define MANY 300

static void test_many_tenants(void **state)
{
    (void)state;
    size_t room = MANY * 256, size = 0;
    char *json = calloc(1, room);
    size += (size_t)snprintf(json, room, "{" DD_OWN);
    for (unsigned i = 0; i < MANY; i++) {
        uint8_t scalar[DD_KEY_SIZE] = {0, (uint8_t)i, (uint8_t)(i >> 8)}, key[DD_KEY_SIZE];
        char hash[DD_HASH_SIZE + 1], base64[64];
        crypto_scalarmult_base(key, scalar);
        sodium_bin2hex(hash, sizeof hash, key, sizeof key);
        sodium_bin2base64(base64, sizeof base64, key, sizeof key, sodium_base64_VARIANT_ORIGINAL);
        size += (size_t)snprintf(json + size, room - size,
            ", " TENANT("%s", "tenant-%u", "\"%u\"", "%s"), hash, i, i, base64);
    }
    size += (size_t)snprintf(json + size, room - size, "}");
    dd_keyring_t *keyring = parse(json);
    for (unsigned i = 0; i < MANY; i++) {
        char name[32];
        snprintf(name, sizeof name, "tenant-%u", i);
        const dd_tenant_t *tenant = dd_keyring_tenant_by_name(keyring, dd_bytes_of(name));
        assert_non_null(tenant);
        assert_true(tenant->cookie == i);
        assert_ptr_equal(tenant, dd_keyring_tenant_by_hash(keyring, dd_bytes_of(tenant->hash)));
        assert_ptr_equal(tenant, dd_keyring_tenant_by_key(keyring, tenant->public_key));
    }
    dd_keyring_destroy(&keyring);
    free(json);
}

int main(void)
{
    if (sodium_init() == -1)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_broker),
        cmocka_unit_test(test_broker_without_extras),
        cmocka_unit_test(test_tenant_lookups),
        cmocka_unit_test(test_owners_of_keys),
        cmocka_unit_test(test_tenant),
        cmocka_unit_test(test_public_nested_and_flat),
        cmocka_unit_test(test_keys_of_a_rotation),
        cmocka_unit_test(test_every_login_is_tried),
        cmocka_unit_test(test_a_tenants_next_key_is_found),
        cmocka_unit_test(test_operators_by_name),
        cmocka_unit_test(test_operator),
        cmocka_unit_test(test_an_operators_own_name_and_rights),
        cmocka_unit_test(test_base64_of_other_tools),
        cmocka_unit_test(test_unknown_fields_are_ignored),
        cmocka_unit_test(test_bad_text),
        cmocka_unit_test(test_cut_at_every_byte),
        cmocka_unit_test(test_text_after_a_nul),
        cmocka_unit_test(test_messages_hold_no_secret),
        cmocka_unit_test(test_equal_is_what_holds_the_same),
        cmocka_unit_test(test_many_tenants),
        cmocka_unit_test(test_load),
        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
