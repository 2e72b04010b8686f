/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_json_line - objects as lines of JSON and of CSV that neither a terminal nor a spreadsheet
 * obeys
 */
#include <stdlib.h>
#include <string.h>

#include "ddtui/model/json_line.h"
#include "tests/unit/unit.h"

typedef struct {
    FILE *file;
    char *text;
    size_t size;
} out_t;

static FILE *open_out(out_t *self)
{
    self->file = open_memstream(&self->text, &self->size);
    assert_non_null(self->file);
    return self->file;
}

static void assert_wrote(out_t *self, const char *text)
{
    fclose(self->file);
    assert_string_equal(self->text, text);
    free(self->text);
}

static void test_cells_of_csv(void **state)
{
    (void)state;
    static const char *const CASES[][2] = {{"plain", "plain"}, {"", "\"\""},
        {"two words", "\"two words\""}, {"a,b", "\"a,b\""}, {"say \"hi\"", "\"say \"\"hi\"\"\""},
        {"=cmd()", "\"'=cmd()\""}, {"+1", "\"'+1\""}, {"-1", "\"'-1\""}, {"@x", "\"'@x\""},
        {"a\nb\x1b[2J", "a\\x0ab\\x1b[2J"}, {"å✓", "å✓"}, {"back\\slash", "back\\\\slash"}};
    for (size_t i = 0; i < COUNT(CASES); i++) {
        out_t out;
        char line[64];
        struct json_object *object = json_object_new_object();
        json_line_add_text(object, "text", CASES[i][0]);
        assert_true(json_line_put_csv(open_out(&out), object, object));
        snprintf(line, sizeof line, "%s\n", CASES[i][1]);
        assert_wrote(&out, line);
        json_object_put(object);
    }
}

/* The first row says which columns there are; a later one may lack some, or have more. */
static void test_rows_of_csv_have_the_titles_columns(void **state)
{
    (void)state;
    out_t out;
    struct json_object *titles = json_tokener_parse("{\"a\":1,\"b\":null,\"c\":-2}");
    struct json_object *other = json_tokener_parse("{\"c\":[1,\"x\"],\"d\":4,\"b\":true}");
    open_out(&out);
    assert_true(json_line_put_csv_titles(out.file, titles));
    assert_true(json_line_put_csv(out.file, titles, titles));
    assert_true(json_line_put_csv(out.file, titles, other));
    assert_wrote(&out, "a,b,c\n1,,-2\n,true,\"[1,\"\"x\"\"]\"\n");
    json_object_put(titles);
    json_object_put(other);
}

static void test_payloads(void **state)
{
    (void)state;
    out_t out;
    struct json_object *object = json_object_new_object();
    json_line_add_data(object, "å\x1b", 3);
    assert_true(json_line_put(open_out(&out), object));
    assert_wrote(&out, "{\"text\":\"å\\u001b\"}\n");
    json_object_put(object);
    object = json_object_new_object();
    json_line_add_data(object, "\xff\0", 2);
    assert_true(json_line_put(open_out(&out), object));
    assert_wrote(&out, "{\"data64\":\"/wA=\"}\n");
    json_object_put(object);
}

static void test_what_cannot_be_written_is_told(void **state)
{
    (void)state;
    FILE *full = fopen("/dev/full", "w");
    struct json_object *object = json_tokener_parse("{\"a\":1}");
    assert_non_null(full);
    setvbuf(full, NULL, _IONBF, 0);
    assert_false(json_line_put(full, object));
    assert_false(json_line_put_csv(full, object, object));
    assert_false(json_line_put_csv_titles(full, object));
    json_object_put(object);
    fclose(full);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cells_of_csv),
        cmocka_unit_test(test_rows_of_csv_have_the_titles_columns),
        cmocka_unit_test(test_payloads),
        cmocka_unit_test(test_what_cannot_be_written_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
