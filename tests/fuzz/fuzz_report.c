/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz_report - what brokers report, read into the console's model and shown
 *
 * The first byte says what was asked. The same report is read twice, as of two brokers that say the
 * same, and every row is made into lines.
 */
#include "ddtui/model/columns.h"
#include "ddtui/model/report_parser.h"
#include "libdd/base/escape.h"
#include "libdd/base/utf8.h"
#include "tests/fuzz/fuzz.h"

/* What a terminal is given is text that doesn't act. */
static void check_shown(const char *text)
{
    size_t size = strlen(text);
    for (size_t at = 0; at < size;) {
        uint32_t character;
        size_t length = dd_utf8_decode((const uint8_t *)text + at, size - at, &character);
        check(length > 0 && !dd_escape_acts(character));
        at += length;
    }
}

static void show(const model_t *model, view_t view)
{
    const columns_t *columns = columns_of(view);
    for (size_t i = 0; i < model_count(model, view); i++) {
        const void *row = model_row(model, view, i);
        char text[COLUMN_TEXT_ROOM];
        for (size_t c = 0; c < columns->count; c++) {
            if (!columns->columns[c].title)
                continue;
            column_text(&columns->columns[c], row, text, sizeof text);
            check_shown(text);
        }
        json_object_put(columns_json(columns, row));
    }
}

static void read_control(const char *json)
{
    char failure[128] = "";
    if (!report_parser_control(json, failure, sizeof failure))
        check_shown(failure);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    view_t view = (view_t)(VIEW_TREE + data[0] % (VIEWS - VIEW_TREE));
    char *json = fuzz_text(data + 1, size - 1);
    model_t *model = model_new();
    check(model != NULL);
    report_head_t head;
    report_parser_report(model, view, json, "", &head);
    report_parser_report(model, view, json, "0123456789abcdef0123456789abcdef", NULL);
    model_arrange(model); /* sums up topics */
    show(model, view);
    read_control(json);
    model_destroy(&model);
    free(json);
    return 0;
}
