/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_export - what leaves the console: rows as JSON and CSV, and what is copied
 */
#include "ddtui/ui/export.h"
#include "ddtui/ui/pages.h"
#include "tests/unit/ddtui/scripted.h"

typedef struct {
    session_view_t *session;
    pages_t *pages;
} scene_t;

static scene_t open_scene(void)
{
    scene_t self = {.session = scripted_session()};
    scripted_everything(self.session);
    self.pages = pages_new(self.session, RIGHT_SEND);
    assert_non_null(self.pages);
    return self;
}

static void close_scene(scene_t *self)
{
    pages_destroy(&self->pages);
    session_view_destroy(&self->session);
}

/* The text of a page's rows, which the caller frees. */
static char *exported(scene_t *self, page_number_t page, export_format_t format)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    assert_true(export_rows(pages_page(self->pages, page), format, out));
    fclose(out);
    return text;
}

static void assert_exports(
    scene_t *self, page_number_t page, export_format_t format, const char *const lines[])
{
    char *text = exported(self, page, format);
    for (size_t i = 0; lines[i]; i++)
        if (!strstr(text, lines[i]))
            fail_msg("%s isn't in:\n%s", lines[i], text);
    free(text);
}

static size_t count_lines(scene_t *self, page_number_t page, export_format_t format)
{
    char *text = exported(self, page, format);
    size_t count = 0;
    for (const char *at = text; *at != '\0'; at++)
        count += *at == '\n';
    free(text);
    return count;
}

static void test_formats(void **state)
{
    (void)state;
    assert_int_equal(export_format_of("a.csv"), EXPORT_CSV);
    assert_int_equal(export_format_of("A.CSV"), EXPORT_CSV);
    assert_int_equal(export_format_of("a.json"), EXPORT_JSON);
    assert_int_equal(export_format_of(".csv"), EXPORT_JSON);
    assert_int_equal(export_format_of("csv"), EXPORT_JSON);
}

/* As --clients --json has them, but only those that are shown. */
static void test_the_rows_that_are_shown(void **state)
{
    (void)state;
    scene_t self = open_scene();
    assert_int_equal(count_lines(&self, PAGE_CLIENTS, EXPORT_JSON), 3);
    assert_int_equal(count_lines(&self, PAGE_CLIENTS, EXPORT_CSV), 4);
    page_set_filter(pages_page(self.pages, PAGE_CLIENTS), "cli2");
    assert_int_equal(count_lines(&self, PAGE_CLIENTS, EXPORT_JSON), 1);
    assert_exports(&self, PAGE_CLIENTS, EXPORT_JSON,
        (const char *const[]){"{\"tenant\":\"a\",\"name\":\"cli2\",\"broker\":\"broker5\"", NULL});
    assert_exports(&self, PAGE_CLIENTS, EXPORT_CSV,
        (const char *const[]){"tenant,name,broker,scope,", "\na,cli2,broker5,/1/5/,", NULL});
    assert_exports(&self, PAGE_TREE, EXPORT_CSV, (const char *const[]){"broker0", NULL});
    assert_exports(&self, PAGE_SUBSCRIPTIONS, EXPORT_JSON,
        (const char *const[]){"\"client\":\"cli2\",\"topic\":\"alarms\"", NULL});
    assert_exports(&self, PAGE_EVENTS, EXPORT_JSON,
        (const char *const[]){"\"level\":\"notice\",\"broker\":\"this console\"", NULL});
    close_scene(&self);
}

/* All messages have all fields, so that those of CSV are the same. */
static void test_messages(void **state)
{
    (void)state;
    scene_t self = open_scene();
    scripted_message(self.session, "cli2", NULL, "=1+1", 4);
    scripted_message(self.session, "cli2", "alarms", "\xff", 1);
    /* Times are of a day, and of a zone. */
    static const page_number_t DATED[] = {PAGE_MESSAGES, PAGE_EVENTS};
    for (size_t i = 0; i < COUNT(DATED); i++)
        assert_exports(&self, DATED[i], EXPORT_JSON,
            (const char *const[]){"{\"time\":\"2025-11-22T14:03:22.000Z\"", NULL});
    assert_exports(&self, PAGE_MESSAGES, EXPORT_CSV,
        (const char *const[]){"time,type,source,topic,scope,number,bytes,text,data64\n",
            "Z,notification,cli2,,,,4,\"'=1+1\",\n", "publication,cli2,alarms,/1/2/3/,,1,,/w==\n",
            NULL});
    close_scene(&self);
}

static void assert_copies(scene_t *self, page_number_t page, const char *text)
{
    size_t size;
    char *copy = export_row(pages_page(self->pages, page), &size);
    assert_non_null(copy);
    assert_string_equal(copy, text);
    assert_int_equal(size, strlen(text));
    free(copy);
}

static void test_what_is_copied(void **state)
{
    (void)state;
    scene_t self = open_scene();
    size_t size;
    assert_null(export_row(pages_page(self.pages, PAGE_MESSAGES), &size));
    scripted_message(self.session, "cli2", NULL, "two\n\tlines å", 13);
    assert_copies(&self, PAGE_MESSAGES, "two\n\tlines å");
    /* Who pastes it into a shell must not be surprised. */
    scripted_message(self.session, "cli2", NULL, "\x1b[201~rm\r", 9);
    page_act(pages_page(self.pages, PAGE_MESSAGES), ACT_LAST);
    assert_copies(&self, PAGE_MESSAGES, "\\x1b[201~rm\\x0d");
    char *copy = export_row(pages_page(self.pages, PAGE_TREE), &size);
    assert_int_equal(strncmp(copy, "root  /1/  ", 11), 0); /* without the mark of folding */
    free(copy);
    copy = export_detail(pages_page(self.pages, PAGE_TREE), &size);
    assert_non_null(strstr(copy, "id            aa\n"));
    free(copy);
    close_scene(&self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formats),
        cmocka_unit_test(test_the_rows_that_are_shown),
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_what_is_copied),
    };
    return cmocka_run_group_tests(tests, scripted_setup, NULL);
}
