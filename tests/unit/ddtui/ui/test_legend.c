/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_legend - every title of a column and every state is explained, on the screen and in the page
 */
#include <stdio.h>
#include <string.h>

#include "ddtui/ui/legend.h"
#include "tests/unit/ddtui/console_fixture.h"

#define PAGE "man/ddtui.1"

static bool is_explained(legend_kind_t kind, const char *name)
{
    size_t count;
    const legend_t *all = legend_all(&count);
    for (size_t i = 0; i < count; i++)
        if (all[i].kind == kind && strncmp(all[i].name, name, strlen(name)) == 0)
            return true;
    return false;
}

static void test_every_title_is_explained(void **state)
{
    (void)state;
    for (page_number_t page = 0; page < PAGES; page++) {
        const list_table_t *table = pages_table(page);
        for (size_t i = 0; table && i < table->count; i++)
            if (!is_explained(LEGEND_COLUMNS, table->columns[i].title))
                fail_msg("%s isn't explained", table->columns[i].title);
    }
}

static void test_every_state_is_explained(void **state)
{
    (void)state;
    static const char *const STATES[] = {"ok", "stale", "GONE", "behind", "cut off", "draining",
        "drained", "unknown", "left", "DROPPING", "REFUSING"};
    for (size_t i = 0; i < COUNT(STATES); i++)
        assert_true(is_explained(LEGEND_STATES, STATES[i]));
}

/* Whoever wonders about a word looks for it in help. */
static void test_help_explains_titles_and_states(void **state)
{
    (void)state;
    static const char *const WORDS[][2] = {{"OUTBOX", "bytes that wait"},
        {"refused what", "was asked for and not done"}, {"stale", "hasn't answered for so long"},
        {"misses", "has ended without leave"}};
    for (size_t i = 0; i < COUNT(WORDS); i++) {
        console_fixture_t self = start(RIGHT_SEND, 24, 80);
        type(&self, "?/");
        type(&self, WORDS[i][0]);
        assert_shows(self.canvas, WORDS[i][1]);
        stop(&self);
    }
}

/* ---- The manual page ------------------------------------------------------------------------ */

static void test_the_page_has_the_legend(void **state)
{
    (void)state;
    static char page[1 << 17], text[1 << 14];
    size_t count, used = 0;
    const legend_t *all = legend_all(&count);
    FILE *file = fopen(PAGE, "r");
    assert_non_null(file);
    page[fread(page, 1, sizeof page - 1, file)] = '\0';
    fclose(file);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || all[i].kind != all[i - 1].kind)
            used += (size_t)snprintf(text + used, sizeof text - used,
                "%s.Pp\n%s:\n.Bl -tag -width \"PUBLISHED BY\" -compact\n", i > 0 ? ".El\n" : "",
                legend_title(all[i].kind));
        used += (size_t)snprintf(
            text + used, sizeof text - used, ".It Li %s\n%s\n", all[i].name, all[i].meaning);
    }
    if (!strstr(page, text)) {
        fputs(text, stderr);
        fail_msg("%s hasn't the legend as above", PAGE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_title_is_explained),
        cmocka_unit_test(test_every_state_is_explained),
        cmocka_unit_test(test_help_explains_titles_and_states),
        cmocka_unit_test(test_the_page_has_the_legend),
    };
    return cmocka_run_group_tests(tests, scripted_setup, NULL);
}
