/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_name - names, and the walls between tenants
 */
#include <stdlib.h>

#include "libdd/protocol/name.h"
#include "tests/unit/unit.h"

/* ---- What is a name -------------------------------------------------------------------------- */

/* A word of any kind; what else it may be. */
static const struct {
    const char *text;
    bool word, tenant, client;
} WORDS[] = {
    {"a", true, true, true},
    {"cli1", true, true, true},
    {"A-b_c!#$%&'()", true, true, true},
    {"\xC3\xA5\xE2\x9C\x93\xE6\xBC\xA2", true, true, true}, /* å ✓ 漢 */
    {"\xF0\x9F\x98\x80", true, true, true},                 /* beyond 16 bits */
    {"public", true, true, true},
    {"publicx", true, true, true},
    {"dd", true, false, true},
    {"*", true, false, true},
    {"**", true, true, true},
    {"ddx", true, true, true},
    {"a.b", true, false, true},
    {"a:b", true, false, true},
    {"a/b", true, false, true},
    {".", true, false, true},
    {"public.x", true, false, false},
    {"public.", true, false, false},
    {"x.public.y", true, false, true},
    {"", false, false, false},
    {" ", false, false, false},
    {"a b", false, false, false},
    {"a\tb", false, false, false},
    {"a\nb", false, false, false},
    {"a\x1b[2J", false, false, false},
    {"a\x7f", false, false, false},
    {"a\xC2\x80", false, false, false},         /* a C1 control character */
    {"a\xC2\xA0", false, false, false},         /* no-break space */
    {"a\xC2\xAD", false, false, false},         /* soft hyphen */
    {"a\xE2\x80\x8B", false, false, false},     /* zero width space */
    {"a\xE2\x80\xAE", false, false, false},     /* right-to-left override */
    {"a\xE2\x81\xA6", false, false, false},     /* left-to-right isolate */
    {"a\xE2\x80\xA8", false, false, false},     /* line separator */
    {"a\xD8\x9C", false, false, false},         /* Arabic letter mark */
    {"a\xE1\xA0\x8E", false, false, false},     /* Mongolian vowel separator */
    {"a\xE3\x85\xA4", false, false, false},     /* a letter that isn't seen */
    {"a\xE3\x80\x80", false, false, false},     /* ideographic space */
    {"a\xEF\xBB\xBF", false, false, false},     /* byte order mark */
    {"a\xEF\xBF\xBD", false, false, false},     /* replacement character */
    {"a\xF3\xA0\x80\x81", false, false, false}, /* a tag */
    {"\x80", false, false, false},              /* nothing begun */
    {"\xC3", false, false, false},              /* cut */
    {"\xE2\x9C", false, false, false},          /* cut */
    {"\xC0\xAF", false, false, false},          /* overlong */
    {"\xE0\x80\xAF", false, false, false},      /* overlong */
    {"\xED\xA0\x80", false, false, false},      /* a surrogate */
    {"\xF4\x90\x80\x80", false, false, false},  /* beyond U+10FFFF */
    {"\xFF", false, false, false},
    {"a\xC3(", false, false, false},
};

static void test_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(WORDS); i++) {
        dd_bytes_t word = dd_bytes_of(WORDS[i].text);
        assert_int_equal(dd_word_valid(word, 100), WORDS[i].word);
        assert_int_equal(dd_broker_valid(word), WORDS[i].word);
        assert_int_equal(dd_tenant_valid(word), WORDS[i].tenant);
        assert_int_equal(dd_client_valid(word), WORDS[i].client);
    }
    assert_false(dd_word_valid(dd_bytes("a\0b", 3), 100));
    assert_false(dd_word_valid((dd_bytes_t){0}, 100));
}

/* Words are looked at several bytes at a time: none is missed, wherever it stands. */
static void test_every_byte_of_a_word_is_looked_at(void **state)
{
    (void)state;
    char word[25];
    for (size_t size = 1; size < sizeof word; size++)
        for (size_t at = 0; at < size; at++)
            for (int byte = 0; byte < 256; byte++) {
                memset(word, at % 2 ? '!' : '~', size);
                word[at] = (char)byte;
                assert_int_equal(
                    dd_word_valid(dd_bytes(word, size), sizeof word), byte > ' ' && byte < 0x7F);
            }
}

static void test_lengths(void **state)
{
    (void)state;
    static const struct {
        bool (*valid)(dd_bytes_t name);
        size_t most;
    } LIMITS[] = {{dd_tenant_valid, 63}, {dd_client_valid, 190}, {dd_broker_valid, 63}};
    char text[256];
    memset(text, 'x', sizeof text);
    for (size_t i = 0; i < COUNT(LIMITS); i++)
        for (size_t size = 0; size <= sizeof text; size++)
            assert_int_equal(
                LIMITS[i].valid(dd_bytes(text, size)), size > 0 && size <= LIMITS[i].most);
}

/* ---- Full names ------------------------------------------------------------------------------ */

static void test_join_and_split(void **state)
{
    (void)state;
    static const struct {
        const char *full, *tenant, *client; /* NULL: no full name */
    } CASES[] = {{"a.cli1", "a", "cli1"}, {"a.b.c", "a", "b.c"}, {"a..", "a", "."},
        {"cli1", NULL, NULL}, {".cli1", NULL, NULL}, {"a.", NULL, NULL}, {"", NULL, NULL},
        {".", NULL, NULL}};
    for (size_t i = 0; i < COUNT(CASES); i++) {
        dd_bytes_t tenant, client;
        bool valid = dd_name_split(dd_bytes_of(CASES[i].full), &tenant, &client);
        assert_int_equal(valid, CASES[i].tenant != NULL);
        if (!valid)
            continue;
        assert_true(dd_bytes_equal(tenant, dd_bytes_of(CASES[i].tenant)));
        assert_true(dd_bytes_equal(client, dd_bytes_of(CASES[i].client)));
        dd_name_t name;
        assert_true(dd_name_join(&name, tenant, client));
        assert_string_equal(name.text, CASES[i].full);
        assert_int_equal(name.size, strlen(CASES[i].full));
    }
}

static void test_longest_full_name(void **state)
{
    (void)state;
    char text[DD_CLIENT_MAX + 1];
    memset(text, 'x', sizeof text);
    dd_bytes_t tenant = dd_bytes(text, DD_TENANT_MAX), client = dd_bytes(text, DD_CLIENT_MAX);
    dd_name_t name;
    assert_true(dd_name_join(&name, tenant, client));
    assert_int_equal(name.size, DD_NAME_MAX);
    assert_int_equal(strlen(name.text), DD_NAME_MAX);
    dd_bytes_t first, rest;
    assert_true(dd_name_split(dd_name_bytes(&name), &first, &rest));
    assert_true(dd_bytes_equal(first, tenant));

    assert_false(dd_name_join(&name, dd_bytes(text, DD_TENANT_MAX + 1), client));
    assert_false(dd_name_join(&name, tenant, dd_bytes(text, DD_CLIENT_MAX + 1)));
    assert_false(dd_name_join(&name, (dd_bytes_t){0}, client));
    assert_false(dd_name_join(&name, tenant, (dd_bytes_t){0}));
}

/* ---- Walls ----------------------------------------------------------------------------------- */

/* Tenants a, ab and public exist. */
static bool exists(const void *tenants, dd_bytes_t tenant)
{
    for (const char *const *name = tenants; *name; name++)
        if (dd_bytes_equal(tenant, dd_bytes_of(*name)))
            return true;
    return false;
}

static const char *const TENANTS[] = {"a", "ab", "public", NULL};

static void test_whom_a_destination_means(void **state)
{
    (void)state;
    static const struct {
        const char *tenant, *destination, *full;
    } CASES[] = {
        /* inside a tenant, whatever the name looks like */
        {"a", "x", "a.x"},
        {"a", "a.x", "a.a.x"},
        {"a", "ab.x", "a.ab.x"},
        {"a", "b.x", "a.b.x"},
        {"a", "x.y.z", "a.x.y.z"},
        {"a", ".x", "a..x"},
        {"a", "publicx", "a.publicx"},
        {"a", "publicx.y", "a.publicx.y"},
        {"a", "public", "a.public"},
        {"a", "Public.x", "a.Public.x"},
        /* from a tenant to the public one */
        {"a", "public.x", "public.x"},
        {"a", "public.a.x", "public.a.x"},
        {"ab", "public.x", "public.x"},
        /* from public into tenants that exist, by their exact names */
        {"public", "a.x", "a.x"},
        {"public", "ab.x", "ab.x"},
        {"public", "a.b.c", "a.b.c"},
        {"public", "abc.x", "public.abc.x"},
        {"public", "A.x", "public.A.x"},
        {"public", "c.x", "public.c.x"},
        {"public", "x", "public.x"},
        {"public", "a", "public.a"},
        {"public", "public.x", "public.x"},
        {"public", "public.a.x", "public.a.x"},
        {"public", "a.", "public.a."},
        /* nobody */
        {"a", "", NULL},
        {"public", "", NULL},
        {"a", "x y", NULL},
        {"a", "public.\x1b[2J", NULL},
        {"public", "a.\xff", NULL},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        dd_name_t name = {.text = "unchanged"};
        bool valid = dd_name_resolve(&name, dd_bytes_of(CASES[i].tenant),
            dd_bytes_of(CASES[i].destination), exists, TENANTS);
        assert_int_equal(valid, CASES[i].full != NULL);
        if (valid)
            assert_string_equal(name.text, CASES[i].full);
    }
    char text[DD_NAME_MAX];
    memset(text, 'x', sizeof text);
    dd_name_t name;
    assert_true(
        dd_name_resolve(&name, dd_bytes_of("a"), dd_bytes(text, DD_CLIENT_MAX), exists, TENANTS));
    assert_false(dd_name_resolve(
        &name, dd_bytes_of("a"), dd_bytes(text, DD_CLIENT_MAX + 1), exists, TENANTS));
}

/* No destination that a tenant can write leads into another one but public: tried with all short
   texts over an alphabet that matters. */
static void test_walls_hold(void **state)
{
    (void)state;
    static const char LETTERS[] = "ab.:";
    char text[6] = "";
    for (unsigned number = 0; number < 4096; number++) {
        size_t size = 0;
        for (unsigned rest = number; rest > 0 || size == 0; rest /= 4)
            text[size++] = LETTERS[rest % 4];
        dd_name_t name;
        dd_bytes_t tenant, client;
        if (!dd_name_resolve(&name, dd_bytes_of("a"), dd_bytes(text, size), exists, TENANTS))
            continue;
        assert_true(dd_name_split(dd_name_bytes(&name), &tenant, &client));
        assert_true(dd_bytes_equal(tenant, dd_bytes_of("a")));
    }
}

static void test_how_a_name_is_shown(void **state)
{
    (void)state;
    static const struct {
        const char *full, *tenant, *shown;
    } CASES[] = {{"a.x", "a", "x"}, {"a.x.y", "a", "x.y"}, {"a.x", "public", "a.x"},
        {"public.x", "a", "public.x"}, {"public.x", "public", "x"}, {"ab.x", "a", "ab.x"},
        {"a.x", "ab", "a.x"}, {"x", "a", "x"}};
    for (size_t i = 0; i < COUNT(CASES); i++) {
        dd_bytes_t shown = dd_name_shown(dd_bytes_of(CASES[i].full), dd_bytes_of(CASES[i].tenant));
        assert_true(dd_bytes_equal(shown, dd_bytes_of(CASES[i].shown)));
    }
}

/* Whoever answers the name he was shown reaches the one who wrote. */
static void test_answers_reach_the_sender(void **state)
{
    (void)state;
    static const struct {
        const char *full, *reader;
    } CASES[] = {{"a.x", "a"}, {"a.b.c", "a"}, {"a.x", "public"}, {"public.x", "a"},
        {"public.x", "public"}, {"ab.x", "public"}, {"a.ab.x", "a"}};
    for (size_t i = 0; i < COUNT(CASES); i++) {
        dd_bytes_t tenant = dd_bytes_of(CASES[i].reader);
        dd_name_t name;
        assert_true(dd_name_resolve(
            &name, tenant, dd_name_shown(dd_bytes_of(CASES[i].full), tenant), exists, TENANTS));
        assert_string_equal(name.text, CASES[i].full);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_every_byte_of_a_word_is_looked_at),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_join_and_split),
        cmocka_unit_test(test_longest_full_name),
        cmocka_unit_test(test_whom_a_destination_means),
        cmocka_unit_test(test_walls_hold),
        cmocka_unit_test(test_how_a_name_is_shown),
        cmocka_unit_test(test_answers_reach_the_sender),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
