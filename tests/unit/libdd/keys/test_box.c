/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_box - payloads between tenants, against libsodium's own functions
 */
#include <stdio.h>

#include <sodium.h>

#include "libdd/keys/box.h"
#include "tests/unit/libdd/keys.h"
#include "tests/unit/memory_limit.h"
#include "tests/unit/unit.h"

#define TEXT "attack at dawn"
#define TEXT_SIZE (sizeof TEXT - 1)
#define SEALED_SIZE (TEXT_SIZE + DD_BOX_OVERHEAD)

/* One side of a conversation: a key file and the box made from it. */
typedef struct {
    dd_keyring_t *keyring;
    dd_box_t *box;
} side_t;

static side_t side(const char *file)
{
    side_t self;
    self.keyring = dd_keyring_parse("test.json", file, strlen(file), NULL);
    assert_non_null(self.keyring);
    self.box = dd_box_new(self.keyring);
    assert_non_null(self.box);
    return self;
}

static void side_end(side_t *self)
{
    dd_box_destroy(&self->box);
    assert_null(self->box);
    dd_keyring_destroy(&self->keyring);
}

static dd_error_t open_as(
    const side_t *self, const char *source, const uint8_t *sealed, size_t size, uint8_t *text)
{
    const dd_box_key_t *key = dd_box_peer(self->box, dd_bytes_of(source));
    assert_non_null(key);
    return dd_box_open(self->box, key, dd_bytes(sealed, size), text);
}

/* ---- the four directions --------------------------------------------------------------------- */

static const struct {
    const char *from, *to;         /* key files */
    const char *destination;       /* as the sender names it */
    const char *source;            /* as the receiver is shown it */
    const char *from_key, *to_key; /* public keys, base64 */
} DIRECTIONS[] = {
    {A_FILE, A_FILE, "x", "y", A_KEY, A_KEY},
    {A_FILE, A_FILE, "x.y.z", "b.y", A_KEY, A_KEY},
    {A_FILE, PUBLIC_FILE, "public.x", "a.y", A_KEY, PUBLIC_KEY},
    {PUBLIC_FILE, A_FILE, "a.y", "public.x", PUBLIC_KEY, A_KEY},
    {PUBLIC_FILE, B_FILE, "b.y", "public.x", PUBLIC_KEY, B_KEY},
    {PUBLIC_FILE, PUBLIC_FILE, "x", "y", PUBLIC_KEY, PUBLIC_KEY},
    {PUBLIC_FILE, PUBLIC_FILE, "nobody.x", "public.y", PUBLIC_KEY, PUBLIC_KEY},
};

static void decode(const char *base64, uint8_t key[DD_KEY_SIZE])
{
    assert_int_equal(sodium_base642bin(key, DD_KEY_SIZE, base64, strlen(base64), NULL, NULL, NULL,
                         sodium_base64_VARIANT_ORIGINAL),
        0);
}

static void test_sealed_is_opened(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(DIRECTIONS); i++) {
        side_t from = side(DIRECTIONS[i].from), to = side(DIRECTIONS[i].to);
        const dd_box_key_t *key = dd_box_peer(from.box, dd_bytes_of(DIRECTIONS[i].destination));
        uint8_t sealed[SEALED_SIZE], text[TEXT_SIZE];
        dd_box_seal(from.box, key, TEXT, TEXT_SIZE, sealed);
        assert_int_equal(open_as(&to, DIRECTIONS[i].source, sealed, sizeof sealed, text), DD_OK);
        assert_memory_equal(text, TEXT, TEXT_SIZE);
        side_end(&from);
        side_end(&to);
    }
}

/* nonce || crypto_box_easy, with the pair of keys that the direction wants, both ways. */
static void test_is_what_libsodium_makes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(DIRECTIONS); i++) {
        side_t from = side(DIRECTIONS[i].from), to = side(DIRECTIONS[i].to);
        uint8_t from_key[DD_KEY_SIZE], to_key[DD_KEY_SIZE], sealed[SEALED_SIZE], text[TEXT_SIZE];
        const uint8_t *from_secret = dd_keyring_secret_key(from.keyring);
        const uint8_t *to_secret = dd_keyring_secret_key(to.keyring);
        decode(DIRECTIONS[i].from_key, from_key);
        decode(DIRECTIONS[i].to_key, to_key);

        dd_box_seal(from.box, dd_box_peer(from.box, dd_bytes_of(DIRECTIONS[i].destination)), TEXT,
            TEXT_SIZE, sealed);
        assert_int_equal(crypto_box_open_easy(text, sealed + crypto_box_NONCEBYTES,
                             sizeof sealed - crypto_box_NONCEBYTES, sealed, from_key, to_secret),
            0);
        assert_memory_equal(text, TEXT, TEXT_SIZE);

        memset(sealed, 7, crypto_box_NONCEBYTES);
        assert_int_equal(crypto_box_easy(sealed + crypto_box_NONCEBYTES, (const uint8_t *)TEXT,
                             TEXT_SIZE, sealed, to_key, from_secret),
            0);
        memset(text, 0, sizeof text);
        assert_int_equal(open_as(&to, DIRECTIONS[i].source, sealed, sizeof sealed, text), DD_OK);
        assert_memory_equal(text, TEXT, TEXT_SIZE);
        side_end(&from);
        side_end(&to);
    }
}

/* Those who share keys would betray them with one nonce for two messages. */
static void test_those_who_share_keys_have_different_nonces(void **state)
{
    (void)state;
    enum { BOXES = 3, MESSAGES = 300 };
    uint8_t sealed[SEALED_SIZE], text[TEXT_SIZE];
    static uint8_t nonces[MESSAGES][crypto_box_NONCEBYTES];
    side_t a = side(A_FILE);
    dd_box_t *boxes[BOXES] = {a.box, dd_box_share(a.box), dd_box_share(a.box)};
    for (size_t i = 0; i < MESSAGES; i++) {
        dd_box_t *box = boxes[i % BOXES], *other = boxes[(i + 1) % BOXES];
        dd_box_seal(box, dd_box_peer(box, B("x")), TEXT, TEXT_SIZE, sealed);
        memcpy(nonces[i], sealed, sizeof nonces[i]);
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(nonces[i], nonces[j], sizeof nonces[i]);
        assert_int_equal(
            dd_box_open(other, dd_box_peer(other, B("x")), dd_bytes(sealed, sizeof sealed), text),
            DD_OK);
    }
    dd_box_destroy(&boxes[1]);
    dd_box_destroy(&boxes[2]);
    side_end(&a);
}

/* Short payloads are sealed and opened in another way than long ones; libsodium must not notice. */
static void test_all_sizes_are_libsodiums(void **state)
{
    (void)state;
    enum { LARGEST = 5000 };
    static uint8_t data[LARGEST], sealed[LARGEST + DD_BOX_OVERHEAD], text[LARGEST];
    side_t a = side(A_FILE);
    uint8_t public_key[DD_KEY_SIZE], shared[crypto_box_BEFORENMBYTES];
    decode(A_KEY, public_key);
    assert_int_equal(crypto_box_beforenm(shared, public_key, dd_keyring_secret_key(a.keyring)), 0);
    const dd_box_key_t *key = dd_box_peer(a.box, dd_bytes_of("x"));
    randombytes_buf(data, sizeof data);
    for (size_t size = 0; size <= LARGEST; size++) {
        uint8_t *box = sealed + crypto_box_NONCEBYTES;
        size_t box_size = size + crypto_box_MACBYTES;
        dd_box_seal(a.box, key, data, size, sealed);
        assert_int_equal(crypto_box_open_easy_afternm(text, box, box_size, sealed, shared), 0);
        assert_memory_equal(text, data, size);

        crypto_box_easy_afternm(box, data, size, sealed, shared);
        memset(text, 0, size);
        assert_int_equal(
            dd_box_open(a.box, key, dd_bytes(sealed, size + DD_BOX_OVERHEAD), text), DD_OK);
        assert_memory_equal(text, data, size);
    }
    sodium_memzero(shared, sizeof shared);
    side_end(&a);
}

/* ---- who is meant by a shown name
 * ---------------------------------------------------------------- */

static void test_shown_names(void **state)
{
    (void)state;
    /* Two names mean the same tenant when they have the same key. */
    static const struct {
        const char *file, *shown, *same_as;
    } NAMES[] = {
        {A_FILE, "", "x"},
        {A_FILE, "a.x", "x"},
        {A_FILE, "b.x", "x"},
        {A_FILE, "publicity.x", "x"},
        {A_FILE, "pub.x", "x"},
        {A_FILE, "public", "x"},
        {A_FILE, ".public", "x"},
        {A_FILE, "x.public.y", "x"},
        {A_FILE, "public.a.x", "public.x"},
        {A_FILE, "public.", "public.x"},
        {PUBLIC_FILE, "public.x", "x"},
        {PUBLIC_FILE, "c.x", "x"},
        {PUBLIC_FILE, "aa.x", "x"},
        {PUBLIC_FILE, "a", "x"},
        {PUBLIC_FILE, ".a.x", "x"},
        {PUBLIC_FILE, "a.b.c", "a.x"},
        {PUBLIC_FILE, "b.", "b.x"},
    };
    for (size_t i = 0; i < COUNT(NAMES); i++) {
        side_t self = side(NAMES[i].file);
        assert_ptr_equal(dd_box_peer(self.box, dd_bytes_of(NAMES[i].shown)),
            dd_box_peer(self.box, dd_bytes_of(NAMES[i].same_as)));
        side_end(&self);
    }
    side_t a = side(A_FILE), public = side(PUBLIC_FILE);
    assert_ptr_not_equal(
        dd_box_peer(a.box, dd_bytes_of("x")), dd_box_peer(a.box, dd_bytes_of("public.x")));
    assert_ptr_not_equal(
        dd_box_peer(public.box, dd_bytes_of("a.x")), dd_box_peer(public.box, dd_bytes_of("b.x")));
    assert_ptr_not_equal(
        dd_box_peer(public.box, dd_bytes_of("a.x")), dd_box_peer(public.box, dd_bytes_of("x")));
    side_end(&a);
    side_end(&public);
}

/* ---- while keys are being replaced --------------------------------------------------------------
 */

#define NEXT(secret, key) STRING("nextprivkey", secret) ", " STRING("nextpubkey", key)
#define PREVIOUS(secret, key) STRING("previousprivkey", secret) ", " STRING("previouspubkey", key)
#define BROKERS STRING("ddpubkey", DD_KEY)
#define OF_PUBLIC(pair, key) "\"public\": {" pair ", " BROKERS ", " STRING("publicpubkey", key) "}"
#define ENTRY_OF_A(hash, keys) "\"" hash "\": {\"r\": \"a\", " keys "}"

/* Tenant a comes from its own pair to b's, and public from its own to the operator's, both at once:
   their files before, in between, and after. */
#define PUBLIC_BEGUN PAIR(PUBLIC_SECRET, PUBLIC_KEY) ", " NEXT(OPERATOR_SECRET, OPERATOR_KEY)
#define PUBLIC_FINISHED PAIR(OPERATOR_SECRET, OPERATOR_KEY) ", " PREVIOUS(PUBLIC_SECRET, PUBLIC_KEY)
enum { BEFORE, BEGUN, FINISHED };
static const char *const A_FILES[] = {
    [BEFORE] = A_FILE,
    [BEGUN] = "{" PAIR(A_SECRET, A_KEY) ", " NEXT(B_SECRET, B_KEY) ", " OTHERS ", " STRING(
        "nextpublicpubkey", OPERATOR_KEY) "}",
    [FINISHED] = "{" PAIR(B_SECRET, B_KEY) ", " PREVIOUS(A_SECRET, A_KEY) ", " BROKERS ", " STRING(
        "publicpubkey", OPERATOR_KEY) ", " STRING("previouspublicpubkey", PUBLIC_KEY) "}",
};
static const char *const PUBLIC_FILES[] = {
    [BEFORE] = "{" OF_PUBLIC(PAIR(PUBLIC_SECRET, PUBLIC_KEY), PUBLIC_KEY) ", " ENTRY_OF_A(
        A_HASH, STRING("pubkey", A_KEY)) "}",
    [BEGUN] = "{" OF_PUBLIC(PUBLIC_BEGUN, PUBLIC_KEY) ", " ENTRY_OF_A(
        A_HASH, STRING("pubkey", A_KEY) ", " STRING("nextpubkey", B_KEY)) "}",
    [FINISHED] = "{" OF_PUBLIC(PUBLIC_FINISHED, OPERATOR_KEY) ", " ENTRY_OF_A(
        B_HASH, STRING("pubkey", B_KEY) ", " STRING("previouspubkey", A_KEY)) "}",
};

static void expect_opened(const char *from, const char *to, const char *destination,
    const char *source, dd_error_t expected)
{
    side_t sender = side(from), receiver = side(to);
    for (size_t size = TEXT_SIZE; size <= 3000; size += 2900) { /* short and long */
        uint8_t data[3000] = TEXT, text[3000], sealed[3000 + DD_BOX_OVERHEAD];
        dd_box_seal(
            sender.box, dd_box_peer(sender.box, dd_bytes_of(destination)), data, size, sealed);
        assert_int_equal(
            open_as(&receiver, source, sealed, size + DD_BOX_OVERHEAD, text), expected);
        if (expected == DD_OK)
            assert_memory_equal(text, data, size);
    }
    side_end(&sender);
    side_end(&receiver);
}

/* Who is one step further, or one step back, is understood. Who is two steps back isn't. */
static void test_a_rotation_never_comes_between_two(void **state)
{
    (void)state;
    for (int from = BEFORE; from <= FINISHED; from++)
        for (int to = BEFORE; to <= FINISHED; to++) {
            dd_error_t expected = from == FINISHED && to == BEFORE ? DD_E_DECRYPT : DD_OK;
            expect_opened(A_FILES[from], A_FILES[to], "x", "y", expected);
            expect_opened(PUBLIC_FILES[from], PUBLIC_FILES[to], "x", "y", expected);
            expect_opened(A_FILES[from], PUBLIC_FILES[to], "public.x", "a.y", expected);
            expect_opened(PUBLIC_FILES[from], A_FILES[to], "a.x", "public.y", expected);
        }
}

/* ---- what must not open
 * -------------------------------------------------------------------------- */

static void test_every_forged_bit_is_noticed(void **state)
{
    (void)state;
    side_t a = side(A_FILE);
    uint8_t sealed[SEALED_SIZE], text[TEXT_SIZE];
    dd_box_seal(a.box, dd_box_peer(a.box, dd_bytes_of("x")), TEXT, TEXT_SIZE, sealed);
    for (size_t bit = 0; bit < sizeof sealed * 8; bit++) {
        sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_equal(open_as(&a, "x", sealed, sizeof sealed, text), DD_E_DECRYPT);
        sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_int_equal(open_as(&a, "x", sealed, sizeof sealed, text), DD_OK);
    side_end(&a);
}

static void test_every_cut_is_noticed(void **state)
{
    (void)state;
    side_t a = side(A_FILE);
    uint8_t sealed[SEALED_SIZE], text[TEXT_SIZE];
    dd_box_seal(a.box, dd_box_peer(a.box, dd_bytes_of("x")), TEXT, TEXT_SIZE, sealed);
    for (size_t size = 0; size < sizeof sealed; size++)
        assert_int_equal(open_as(&a, "x", sealed, size, text), DD_E_DECRYPT);
    const dd_box_key_t *key = dd_box_peer(a.box, (dd_bytes_t){0});
    assert_int_equal(dd_box_open(a.box, key, (dd_bytes_t){0}, text), DD_E_DECRYPT);
    side_end(&a);
}

static void test_foreign_keys_dont_open(void **state)
{
    (void)state;
    side_t a = side(A_FILE), b = side(B_FILE), public = side(PUBLIC_FILE);
    uint8_t inside[SEALED_SIZE], to_public[SEALED_SIZE], text[TEXT_SIZE];
    dd_box_seal(a.box, dd_box_peer(a.box, dd_bytes_of("x")), TEXT, TEXT_SIZE, inside);
    dd_box_seal(a.box, dd_box_peer(a.box, dd_bytes_of("public.x")), TEXT, TEXT_SIZE, to_public);

    assert_int_equal(open_as(&b, "a.x", inside, sizeof inside, text), DD_E_DECRYPT);
    assert_int_equal(open_as(&b, "public.x", to_public, sizeof to_public, text), DD_E_DECRYPT);
    assert_int_equal(open_as(&public, "a.x", inside, sizeof inside, text), DD_E_DECRYPT);
    assert_int_equal(open_as(&public, "b.x", to_public, sizeof to_public, text), DD_E_DECRYPT);
    assert_int_equal(open_as(&public, "x", to_public, sizeof to_public, text), DD_E_DECRYPT);
    side_end(&a);
    side_end(&b);
    side_end(&public);
}

/* ---- the rest
 * ------------------------------------------------------------------------------------ */

static void test_empty_payload(void **state)
{
    (void)state;
    side_t a = side(A_FILE);
    uint8_t sealed[DD_BOX_OVERHEAD], nothing[1];
    dd_box_seal(a.box, dd_box_peer(a.box, dd_bytes_of("x")), NULL, 0, sealed);
    assert_int_equal(open_as(&a, "x", sealed, sizeof sealed, nothing), DD_OK);
    side_end(&a);
}

/* What is kept of each sender is never used for another, nor for another's key. */
static void test_senders_take_turns(void **state)
{
    (void)state;
    enum { SENDERS = 40, ROUNDS = 3 };
    side_t to = side(A_FILE), from[SENDERS];
    uint8_t sealed[SEALED_SIZE], text[TEXT_SIZE];
    for (int i = 0; i < SENDERS; i++)
        from[i] = side(i % 2 ? PUBLIC_FILE : A_FILE);
    for (int i = 0; i < ROUNDS * SENDERS; i++) {
        side_t *sender = &from[i % SENDERS];
        bool public = i % 2;
        const dd_box_key_t *key = dd_box_peer(sender->box, dd_bytes_of(public ? "a.x" : "x"));
        dd_box_seal(sender->box, key, TEXT, TEXT_SIZE, sealed);
        assert_int_equal(
            open_as(&to, public ? "x" : "public.x", sealed, sizeof sealed, text), DD_E_DECRYPT);
        assert_int_equal(
            open_as(&to, public ? "public.x" : "x", sealed, sizeof sealed, text), DD_OK);
        assert_memory_equal(text, TEXT, TEXT_SIZE);
    }
    for (int i = 0; i < SENDERS; i++)
        side_end(&from[i]);
    side_end(&to);
}

static void test_no_nonce_twice(void **state)
{
    (void)state;
    enum { MESSAGES = 600 };
    side_t a = side(A_FILE), again = side(A_FILE);
    static uint8_t nonces[2 * MESSAGES][crypto_box_NONCEBYTES];
    for (size_t i = 0; i < 2 * MESSAGES; i++) {
        side_t *self = i < MESSAGES ? &a : &again;
        uint8_t sealed[SEALED_SIZE];
        dd_box_seal(self->box, dd_box_peer(self->box, dd_bytes_of("x")), TEXT, TEXT_SIZE, sealed);
        memcpy(nonces[i], sealed, sizeof nonces[i]);
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(nonces[i], nonces[j], sizeof nonces[i]);
    }
    side_end(&a);
    side_end(&again);
}

static void test_only_for_clients(void **state)
{
    (void)state;
    const char *files[] = {BROKER_FILE, OPERATOR_FILE};
    for (size_t i = 0; i < 2; i++) {
        dd_keyring_t *keyring = dd_keyring_parse("test.json", files[i], strlen(files[i]), NULL);
        assert_non_null(keyring);
        assert_null(dd_box_new(keyring));
        dd_keyring_destroy(&keyring);
    }
    dd_box_t *none = NULL;
    dd_box_destroy(&none);
    dd_box_destroy(NULL);
}

static void test_out_of_memory(void **state)
{
    (void)state;
    side_t a = side(A_FILE);
    memory_limit_begin(0);
    dd_box_t *box = dd_box_new(a.keyring);
    assert_true(memory_limit_end());
    assert_null(box);
    side_end(&a);
}

int main(void)
{
    if (sodium_init() == -1)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sealed_is_opened),
        cmocka_unit_test(test_is_what_libsodium_makes),
        cmocka_unit_test(test_those_who_share_keys_have_different_nonces),
        cmocka_unit_test(test_all_sizes_are_libsodiums),
        cmocka_unit_test(test_shown_names),
        cmocka_unit_test(test_a_rotation_never_comes_between_two),
        cmocka_unit_test(test_every_forged_bit_is_noticed),
        cmocka_unit_test(test_every_cut_is_noticed),
        cmocka_unit_test(test_foreign_keys_dont_open),
        cmocka_unit_test(test_empty_payload),
        cmocka_unit_test(test_senders_take_turns),
        cmocka_unit_test(test_no_nonce_twice),
        cmocka_unit_test(test_only_for_clients),
        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
