/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_text_pane - lines are wrapped, bounded, found and scrolled
 */
#include "ddtui/ui/text_pane.h"
#include "tests/unit/ddtui/scripted.h"

/* The lines of a pane from a first one on, as they are drawn, with '|' between them. The pane is
   gone then. */
static const char *lines_from(text_pane_t *pane, size_t first)
{
    static char text[4096];
    canvas_t *canvas = canvas_new(10, text_pane_width(pane));
    size_t used = 0, count = text_pane_count(pane);
    first = text_pane_draw(pane, canvas, canvas_all(canvas), first, NULL);
    text[0] = '\0';
    for (size_t i = first; i < count && i < first + 10; i++) {
        char *line = canvas_row(canvas, (int)(i - first));
        used +=
            (size_t)snprintf(text + used, sizeof text - used, "%s%s", i > first ? "|" : "", line);
        free(line);
    }
    canvas_destroy(&canvas);
    text_pane_destroy(&pane);
    return text;
}

static const char *wrapped(int width, const char *text)
{
    text_pane_t *pane = text_pane_new(width);
    text_pane_text(pane, STYLE_PLAIN, text);
    return lines_from(pane, 0);
}

static void test_panes_wrap(void **state)
{
    (void)state;
    canvas_t *canvas = canvas_new(5, 20);
    text_pane_t *pane = text_pane_new(20);
    text_pane_text(pane, STYLE_PLAIN, "one two three four five six seven eight");
    text_pane_text(pane, STYLE_PLAIN, "漢漢漢漢漢漢漢漢漢漢漢");
    text_pane_draw(pane, canvas, canvas_all(canvas), 0, NULL);
    assert_shows(canvas, "one two three four");
    assert_shows(canvas, "five six seven eight");
    assert_shows(canvas, "漢漢漢漢漢漢漢漢漢漢");
    assert_int_equal(text_pane_count(pane), 4);
    assert_int_equal(text_pane_draw(pane, canvas, (rect_t){0, 0, 3, 20}, 100, NULL), 1);
    text_pane_destroy(&pane);
    canvas_destroy(&canvas);
}

static void test_where_lines_end(void **state)
{
    (void)state;
    static const struct {
        int width;
        const char *text;
        const char *lines;
    } CASES[] = {
        {10, "", ""},
        {10, "short", "short"},
        {10, "just ten c", "just ten c"},
        {10, "more than ten", "more than|ten"},
        {10, "0123456789abc", "0123456789|abc"},
        {10, "a 0123456789", "a 01234567|89"}, /* a blank so early isn't worth it */
        {10, "012345678  9", "012345678|9"},
        {3, "漢漢漢", "漢|漢|漢"},
        {1, "ab", "a|b"},
        {0, "ab", "a|b"}, /* no pane is narrower than one column */
        {-5, "a", "a"},
    };
    for (size_t i = 0; i < COUNT(CASES); i++)
        assert_string_equal(wrapped(CASES[i].width, CASES[i].text), CASES[i].lines);
}

/* A character that is wider than the pane must not keep it from coming to an end. */
static void test_wider_than_the_pane(void **state)
{
    (void)state;
    text_pane_t *pane = text_pane_new(1);
    text_pane_text(pane, STYLE_PLAIN, "漢字");
    assert_int_equal(text_pane_count(pane), 2);
    text_pane_destroy(&pane);
}

static void test_pairs(void **state)
{
    (void)state;
    text_pane_t *pane = text_pane_new(24);
    text_pane_pair(pane, "broker", STYLE_PLAIN, "b0");
    text_pane_pair(pane, "refused for", STYLE_PLAIN, "one reason and more");
    text_pane_pair(pane, "scope", STYLE_PLAIN, "");
    assert_string_equal(lines_from(pane, 0), "broker        b0"
                                             "|refused for   one reason"
                                             "|              and more"
                                             "|scope");
}

static void test_styles(void **state)
{
    (void)state;
    canvas_t *canvas = canvas_new(3, 30);
    text_pane_t *pane = text_pane_new(30);
    text_pane_pair(pane, "state", STYLE_GOOD, "ok");
    text_pane_print(pane, STYLE_BAD, "%d lost", 5);
    query_t query = {.count = 0};
    query_set(&query, "lost");
    text_pane_draw(pane, canvas, canvas_all(canvas), 0, &query);
    query_clear(&query);
    assert_int_equal(canvas_cell(canvas, 0, 0)->style, STYLE_DIM);
    assert_int_equal(canvas_cell(canvas, 0, 14)->style, STYLE_GOOD);
    assert_int_equal(canvas_cell(canvas, 1, 0)->style, STYLE_BAD);
    assert_int_equal(canvas_cell(canvas, 1, 2)->style, STYLE_BAD | STYLE_FOUND);
    text_pane_destroy(&pane);
    canvas_destroy(&canvas);
}

static void test_a_pane_has_a_last_line(void **state)
{
    (void)state;
    text_pane_t *pane = text_pane_new(10);
    for (size_t i = 0; i < TEXT_PANE_LINES_MAX + 5; i++)
        text_pane_print(pane, STYLE_PLAIN, "%zu", i);
    assert_int_equal(text_pane_count(pane), TEXT_PANE_LINES_MAX);
    const char *lines = lines_from(pane, SIZE_MAX);
    assert_non_null(strstr(lines, "19998|… and more"));
}

static void test_scrolling_ends_at_the_last_line(void **state)
{
    (void)state;
    canvas_t *canvas = canvas_new(5, 10);
    text_pane_t *pane = text_pane_new(10);
    for (int i = 0; i < 8; i++)
        text_pane_print(pane, STYLE_PLAIN, "line %d", i);
    assert_int_equal(text_pane_draw(pane, canvas, canvas_all(canvas), 2, NULL), 2);
    assert_int_equal(text_pane_draw(pane, canvas, canvas_all(canvas), 3, NULL), 3);
    assert_int_equal(text_pane_draw(pane, canvas, canvas_all(canvas), 4, NULL), 3);
    assert_shows(canvas, "line 7");
    assert_int_equal(text_pane_draw(pane, canvas, (rect_t){0, 0, 0, 10}, 4, NULL), 4);
    text_pane_destroy(&pane);
    canvas_destroy(&canvas);
}

static void test_finding(void **state)
{
    (void)state;
    static const char *const LINES[] = {"one", "Two", "three", "two and a half"};
    static const struct {
        const char *query;
        size_t from;
        bool next;
        size_t found;
    } CASES[] = {
        {"two", SIZE_MAX, true, 1}, /* nothing was found before: from the start */
        {"two", 1, true, 3},
        {"two", 3, true, 1}, /* around the end */
        {"two", 3, false, 1},
        {"two", 1, false, 3},
        {"one", 0, true, 0}, /* itself again */
        {"four", 0, true, SIZE_MAX},
        {"!t", 0, true, 0},
    };
    text_pane_t *pane = text_pane_new(40);
    for (size_t i = 0; i < COUNT(LINES); i++)
        text_pane_text(pane, STYLE_PLAIN, LINES[i]);
    for (size_t i = 0; i < COUNT(CASES); i++) {
        query_t query = {.count = 0};
        query_set(&query, CASES[i].query);
        assert_true(text_pane_find(pane, &query, CASES[i].from, CASES[i].next) == CASES[i].found);
        query_clear(&query);
    }
    text_pane_destroy(&pane);
}

/* Out of memory there is no pane, and nothing to be seen. */
static void test_no_pane(void **state)
{
    (void)state;
    query_t query = {.count = 0};
    canvas_t *canvas = canvas_new(5, 10);
    text_pane_t *none = NULL;
    query_set(&query, "x");
    text_pane_text(none, STYLE_PLAIN, "x");
    text_pane_print(none, STYLE_PLAIN, "%s", "x");
    text_pane_pair(none, "x", STYLE_PLAIN, "x");
    assert_int_equal(text_pane_count(none), 0);
    assert_true(text_pane_find(none, &query, 0, true) == SIZE_MAX);
    assert_int_equal(text_pane_draw(none, canvas, canvas_all(canvas), 3, NULL), 0);
    assert_hides(canvas, "x");
    text_pane_destroy(&none);
    text_pane_destroy(NULL);
    query_clear(&query);
    canvas_destroy(&canvas);
}

/* They began at the left edge, and looked like lines of their own. */
static void test_lines_hang(void **state)
{
    (void)state;
    static const struct {
        int width, indent;
        const char *lines;
    } CASES[] = {{16, 4, "q   ends it all|    and more of|    that"},
        {40, 4, "q   ends it all and more of that"},
        {16, 9, "q   ends it all|  and more of|  that"},
        {3, 9, "q|end|s i|t a|ll|and|mor|e o|f t|hat"}};
    for (size_t i = 0; i < COUNT(CASES); i++) {
        text_pane_t *pane = text_pane_new(CASES[i].width);
        text_pane_hang(pane, STYLE_PLAIN, CASES[i].indent, "q   ends it all and more of that");
        assert_string_equal(lines_from(pane, 0), CASES[i].lines);
    }
    for (int width = 1; width < 40; width++) {
        text_pane_t *pane = text_pane_new(width);
        text_pane_hang(
            pane, STYLE_PLAIN, 12, "  12:00:00  漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢");
        assert_true(text_pane_count(pane) > 0);
        text_pane_destroy(&pane);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_panes_wrap),
        cmocka_unit_test(test_where_lines_end),
        cmocka_unit_test(test_lines_hang),
        cmocka_unit_test(test_wider_than_the_pane),
        cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_styles),
        cmocka_unit_test(test_a_pane_has_a_last_line),
        cmocka_unit_test(test_scrolling_ends_at_the_last_line),
        cmocka_unit_test(test_finding),
        cmocka_unit_test(test_no_pane),
    };
    return cmocka_run_group_tests(tests, scripted_setup, NULL);
}
