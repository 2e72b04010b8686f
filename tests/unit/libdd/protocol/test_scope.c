/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_scope - scopes: how they are written, what they mean where, and what they cover
 */
#include <stdio.h>

#include "libdd/protocol/scope.h"
#include "tests/unit/unit.h"

/* ---- Writing --------------------------------------------------------------------------------- */

/* A text, and its canonical form as a broker's scope, and as a subscriber's pattern; NULL where it
   is none. */
static const struct {
    const char *text, *scope, *pattern;
} TEXTS[] = {
    {"/", NULL, "/"},
    {"/1/", "/1/", "/1/"},
    {"/1/2/3/", "/1/2/3/", "/1/2/3/"},
    {"/0/", "/0/", "/0/"},
    {"/00/", "/0/", "/0/"},
    {"/007/08/", "/7/8/", "/7/8/"},
    {"/0000000000000000000000000001/", "/1/", "/1/"},
    {"/65535/", "/65535/", "/65535/"},
    {"/65536/", NULL, NULL},
    {"/99999999999999999999/", NULL, NULL},
    {"/4294967297/", NULL, NULL},
    {"/1/2/3/4/5/6/7/8/", "/1/2/3/4/5/6/7/8/", "/1/2/3/4/5/6/7/8/"},
    {"/1/2/3/4/5/6/7/8/9/", NULL, NULL},
    {"/*/", NULL, "/*/"},
    {"/*/*/", NULL, "/*/*/"},
    {"/1/*/", NULL, "/1/*/"},
    {"/*/2/", NULL, "/*/2/"},
    {"/*/*/*/*/*/*/*/*/", NULL, "/*/*/*/*/*/*/*/*/"},
    {"/*/*/*/*/*/*/*/*/*/", NULL, NULL},
    {"all", NULL, "/"},
    {"region", NULL, "/*/"},
    {"cluster", NULL, "/*/*/"},
    {"node", NULL, "/*/*/*/"},
    {"noscope", NULL, "noscope"},
    {"", NULL, NULL},
    {"1", NULL, NULL},
    {"1/", NULL, NULL},
    {"/1", NULL, NULL},
    {"/1/2", NULL, NULL},
    {"//", NULL, NULL},
    {"/1//2/", NULL, NULL},
    {"/1/ ", NULL, NULL},
    {" /1/", NULL, NULL},
    {"/-1/", NULL, NULL},
    {"/+1/", NULL, NULL},
    {"/0x1/", NULL, NULL},
    {"/a/", NULL, NULL},
    {"/1a/", NULL, NULL},
    {"/*", NULL, NULL},
    {"/**/", NULL, NULL},
    {"/1*/", NULL, NULL},
    {"/*1/", NULL, NULL},
    {"*", NULL, NULL},
    {"All", NULL, NULL},
    {"allx", NULL, NULL},
    {"al", NULL, NULL},
    {"noscope/", NULL, NULL},
    {"\xff", NULL, NULL},
};

static void check_parsed(bool valid, const dd_scope_t *scope, const char *expected)
{
    assert_int_equal(valid, expected != NULL);
    if (!valid)
        return;
    assert_string_equal(scope->text, expected);
    assert_int_equal(scope->size, strlen(expected));
}

static void test_parse(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(TEXTS); i++) {
        dd_scope_t scope;
        dd_bytes_t text = dd_bytes_of(TEXTS[i].text);
        check_parsed(dd_scope_parse(&scope, text), &scope, TEXTS[i].scope);
        check_parsed(dd_scope_parse_pattern(&scope, text), &scope, TEXTS[i].pattern);
    }
    dd_scope_t scope;
    assert_false(dd_scope_parse(&scope, (dd_bytes_t){0}));
    assert_false(dd_scope_parse_pattern(&scope, dd_bytes("/1/\0", 4)));
}

/* The longest there is fits, and a canonical form is its own. */
static void test_canonical(void **state)
{
    (void)state;
    static const char LONGEST[] = "/65535/65535/65535/65535/65535/65535/65535/65535/";
    dd_scope_t scope, again;
    assert_int_equal(strlen(LONGEST), DD_SCOPE_MAX);
    assert_true(dd_scope_parse(&scope, dd_bytes_of(LONGEST)));
    assert_string_equal(scope.text, LONGEST);
    for (size_t i = 0; i < COUNT(TEXTS); i++) {
        if (!dd_scope_parse_pattern(&scope, dd_bytes_of(TEXTS[i].text)))
            continue;
        assert_true(dd_scope_parse_pattern(&again, dd_scope_bytes(&scope)));
        assert_string_equal(again.text, scope.text);
    }
}

static void test_resolved_texts(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool resolved;
    } CASES[] = {{"/", true}, {"/1/", true}, {"/1/2/3/4/5/6/7/8/", true}, {"noscope", true},
        {"all", false}, {"region", false}, {"/*/", false}, {"/01/", false}, {"/1", false},
        {"", false}, {"/1/2/3/4/5/6/7/8/9/", false}, {"noscop", false}};
    for (size_t i = 0; i < COUNT(CASES); i++)
        assert_int_equal(dd_scope_is_resolved(dd_bytes_of(CASES[i].text)), CASES[i].resolved);
}

/* ---- Meaning --------------------------------------------------------------------------------- */

static void test_resolve(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *own, *path; /* NULL: it has no meaning there */
    } CASES[] = {
        {"all", "/1/", "/"},
        {"all", "/1/2/3/4/5/6/7/8/", "/"},
        {"region", "/1/", "/1/"},
        {"region", "/1/2/3/", "/1/"},
        {"cluster", "/1/", NULL},
        {"cluster", "/1/2/", "/1/2/"},
        {"cluster", "/1/2/3/", "/1/2/"},
        {"node", "/1/", NULL},
        {"node", "/1/2/", NULL},
        {"node", "/1/2/3/", "/1/2/3/"},
        {"node", "/1/2/3/4/", "/1/2/3/"},
        {"noscope", "/1/", "noscope"},
        {"/*/", "/65535/2/", "/65535/"},
        {"/*/*/", "/10/200/3000/", "/10/200/"},
        {"/7/", "/1/2/3/", "/7/"},
        {"/7/8/9/", "/1/", "/7/8/9/"},
        {"/1/*/", "/1/2/3/", "/1/2/"},
        {"/7/*/", "/1/2/3/", "/7/2/"},
        {"/*/7/", "/1/2/3/", "/1/7/"},
        {"/*/7/", "/1/", "/1/7/"},
        {"/7/*/", "/1/", NULL},
        {"/*/7/*/", "/1/2/3/", "/1/7/3/"},
        {"/*/7/*/", "/1/2/", NULL},
        {"/*/*/*/*/*/*/*/*/", "/1/2/3/4/5/6/7/8/", "/1/2/3/4/5/6/7/8/"},
        {"/*/*/*/*/*/*/*/*/", "/1/2/3/4/5/6/7/", NULL},
        {"/1/2/3/4/5/6/7/*/", "/1/2/3/4/5/6/7/65535/", "/1/2/3/4/5/6/7/65535/"},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        dd_scope_t pattern, own, path;
        assert_true(dd_scope_parse_pattern(&pattern, dd_bytes_of(CASES[i].pattern)));
        assert_true(dd_scope_parse(&own, dd_bytes_of(CASES[i].own)));
        check_parsed(dd_scope_resolve(&path, &pattern, &own), &path, CASES[i].path);
        if (CASES[i].path)
            assert_true(dd_scope_is_resolved(dd_scope_bytes(&path)));
    }
}

/* Stars alone, at every depth: the broker's own path up to there, or nothing beyond it. */
static void test_stars_at_every_depth(void **state)
{
    (void)state;
    char own_text[DD_SCOPE_MAX + 1] = "/", stars[DD_SCOPE_MAX + 1] = "/";
    for (unsigned depth = 1; depth <= DD_SCOPE_DEPTH_MAX; depth++) {
        snprintf(own_text + strlen(own_text), 8, "%u/", depth * 1111);
        strcpy(stars, "/");
        for (unsigned star = 1; star <= DD_SCOPE_DEPTH_MAX; star++) {
            strcat(stars, "*/");
            dd_scope_t own, pattern, path;
            assert_true(dd_scope_parse(&own, dd_bytes_of(own_text)));
            assert_true(dd_scope_parse_pattern(&pattern, dd_bytes_of(stars)));
            assert_int_equal(dd_scope_resolve(&path, &pattern, &own), star <= depth);
            if (star <= depth) {
                assert_int_equal(dd_scope_depth(dd_scope_bytes(&path)), star);
                assert_memory_equal(path.text, own_text, path.size);
            }
        }
    }
}

static void test_covers(void **state)
{
    (void)state;
    static const struct {
        const char *path, *origin;
        bool covers;
    } CASES[] = {
        {"/", "/1/", true},
        {"/", "/1/2/3/", true},
        {"/1/", "/1/", true},
        {"/1/", "/1/2/3/", true},
        {"/1/2/", "/1/2/3/", true},
        {"/1/2/3/", "/1/2/3/", true},
        {"/1/2/3/", "/1/2/", false},
        {"/1/2/3/4/", "/1/2/3/", false},
        {"/1/", "/11/", false},
        {"/1/", "/12/3/", false},
        {"/11/", "/1/", false},
        {"/1/2/", "/1/22/", false},
        {"/2/", "/1/2/", false},
        {"noscope", "/1/", false},
    };
    for (size_t i = 0; i < COUNT(CASES); i++)
        assert_int_equal(dd_scope_covers(dd_bytes_of(CASES[i].path), dd_bytes_of(CASES[i].origin)),
            CASES[i].covers);
    assert_true(dd_scope_is_noscope(dd_bytes_of("noscope")));
    assert_false(dd_scope_is_noscope(dd_bytes_of("/")));
    assert_false(dd_scope_is_noscope((dd_bytes_t){0}));
}

/* ---- Steps ----------------------------------------------------------------------------------- */

static void test_prefixes_are_what_covers(void **state)
{
    (void)state;
    static const char *const PREFIXES[] = {"/", "/1/", "/1/23/", "/1/23/456/"};
    dd_bytes_t origin = dd_bytes_of("/1/23/456/");
    size_t size = 0, count = 0;
    while ((size = dd_scope_next_prefix(origin, size)) > 0) {
        dd_bytes_t prefix = dd_bytes(origin.data, size);
        assert_true(count < COUNT(PREFIXES));
        assert_true(dd_bytes_equal(prefix, dd_bytes_of(PREFIXES[count])));
        assert_true(dd_scope_covers(prefix, origin));
        assert_int_equal(dd_scope_depth(prefix), count);
        count++;
    }
    assert_int_equal(count, COUNT(PREFIXES));
    assert_int_equal(dd_scope_next_prefix((dd_bytes_t){0}, 0), 0);
}

static void test_children(void **state)
{
    (void)state;
    dd_scope_t scope, child;
    assert_true(dd_scope_parse(&scope, dd_bytes_of("/1/")));
    assert_false(dd_scope_child(&child, &scope, DD_SCOPE_NUMBER_MAX + 1));
    assert_true(dd_scope_child(&child, &scope, 0));
    assert_string_equal(child.text, "/1/0/");
    for (unsigned depth = 2; depth <= DD_SCOPE_DEPTH_MAX; depth++) {
        assert_true(dd_scope_child(&child, &scope, DD_SCOPE_NUMBER_MAX));
        assert_int_equal(dd_scope_depth(dd_scope_bytes(&child)), depth);
        assert_true(dd_scope_covers(dd_scope_bytes(&scope), dd_scope_bytes(&child)));
        scope = child;
    }
    assert_false(dd_scope_child(&child, &scope, 1));
}

static void test_words(void **state)
{
    (void)state;
    char list[128] = "";
    for (size_t i = 0; DD_SCOPE_WORDS[i]; i++) {
        dd_scope_t scope;
        assert_true(dd_scope_parse_pattern(&scope, dd_bytes_of(DD_SCOPE_WORDS[i])));
        assert_string_equal(dd_scope_word(scope.text), DD_SCOPE_WORDS[i]);
        strcat(strcat(list, i == 0 ? "" : ", "), DD_SCOPE_WORDS[i]);
    }
    assert_string_equal(dd_scope_word("/1/*/"), "/1/*/");
    assert_memory_equal(DD_SCOPE_PATTERNS, strcat(list, " or a path "), strlen(list));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_canonical),
        cmocka_unit_test(test_resolved_texts),
        cmocka_unit_test(test_resolve),
        cmocka_unit_test(test_stars_at_every_depth),
        cmocka_unit_test(test_covers),
        cmocka_unit_test(test_prefixes_are_what_covers),
        cmocka_unit_test(test_children),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
