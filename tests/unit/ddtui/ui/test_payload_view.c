/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_payload_view - payloads as text, JSON and bytes, none of which acts on a terminal
 */
#include "ddtui/ui/payload_view.h"
#include "tests/unit/ddtui/scripted.h"

/* All lines of a payload, as they are drawn, with '|' between them. */
static const char *shown(payload_view_mode_t mode, const char *data, size_t size)
{
    static char text[4096];
    size_t used = 0;
    text_pane_t *pane = text_pane_new(80);
    canvas_t *canvas = canvas_new(30, 80);
    payload_view_add(pane, mode, (const uint8_t *)data, size);
    text_pane_draw(pane, canvas, canvas_all(canvas), 0, NULL);
    text[0] = '\0';
    for (size_t i = 0; i < text_pane_count(pane) && i < 30; i++) {
        char *line = canvas_row(canvas, (int)i);
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", i > 0 ? "|" : "", line);
        free(line);
    }
    canvas_destroy(&canvas);
    text_pane_destroy(&pane);
    return text;
}

static void test_payloads(void **state)
{
    (void)state;
    static const struct {
        payload_view_mode_t mode;
        const char *data;
        const char *shown;
    } CASES[] = {
        {PAYLOAD_TEXT, "hello", "hello"},
        {PAYLOAD_TEXT, "one\ntwo\r\n\nthree\n", "one|two||three"},
        {PAYLOAD_TEXT, "a\tb", "a    b"},
        {PAYLOAD_TEXT, "\x1b[31mred</B>\\", "\\x1b[31mred</B>\\\\"},
        {PAYLOAD_TEXT, "å✓漢", "å✓漢"},
        {PAYLOAD_TEXT,
            "a\xe2\x80\xae"
            "b",
            "a\\xe2\\x80\\xaeb"}, /* would turn the line around */
        {PAYLOAD_AUTO, "{\"a\":[1,2],\"b\":\"x\\ny\"}",
            "{|  \"a\": [|    1,|    2|  ],|  \"b\": \"x\\ny\"|}"},
        {PAYLOAD_JSON, "{\"a\":\"\\u001b[31m\"}", "{|  \"a\": \"\\u001b[31m\"|}"},
        {PAYLOAD_JSON, "{\"a\":1} x", "not JSON, so here is its text:|{\"a\":1} x"},
        {PAYLOAD_JSON, "5", "not JSON, so here is its text:|5"},
        {PAYLOAD_AUTO, "{\"a\":", "{\"a\":"},
        {PAYLOAD_AUTO, "\xff\xfe", "000000  ff fe                                             .."},
        {PAYLOAD_BYTES, "0123456789abcdefg",
            "000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  0123456789abcdef|"
            "000010  67                                                g"},
        {PAYLOAD_TEXT, "", ""},
    };
    for (size_t i = 0; i < COUNT(CASES); i++)
        assert_string_equal(
            shown(CASES[i].mode, CASES[i].data, strlen(CASES[i].data)), CASES[i].shown);
}

static void test_huge_payloads(void **state)
{
    (void)state;
    size_t size = 1 << 20;
    char *data = malloc(size);
    assert_non_null(data);
    static const char FILLS[] = {'x', '\n', '{', '[', ' ', '\0', '\xff'};
    for (size_t i = 0; i < sizeof FILLS; i++) {
        memset(data, FILLS[i], size);
        for (payload_view_mode_t mode = 0; mode < PAYLOAD_MODES; mode++) {
            text_pane_t *pane = text_pane_new(80);
            payload_view_add(pane, mode, (const uint8_t *)data, size);
            assert_in_range(text_pane_count(pane), 1, TEXT_PANE_LINES_MAX);
            text_pane_destroy(&pane);
        }
    }
    free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_payloads),
        cmocka_unit_test(test_huge_payloads),
    };
    return cmocka_run_group_tests(tests, scripted_setup, NULL);
}
