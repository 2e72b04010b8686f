/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * export - what a page shows, as text that leaves the console: a file of rows, or one row to copy
 */
#include "export.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ddtui/model/json_line.h"
#include "libdd/base/escape.h"
#include "libdd/base/utf8.h"

/* Cells of the lines of a detail that is copied: none is cut. */
#define DETAIL_WIDTH 10000

export_format_t export_format_of(const char *path)
{
    static const char CSV[] = ".csv";
    size_t size = strlen(path), end = sizeof CSV - 1;
    return size > end && strcasecmp(path + size - end, CSV) == 0 ? EXPORT_CSV : EXPORT_JSON;
}

/* ---- Rows as objects ------------------------------------------------------------------------ */

/* Of a row that is in no view: what its cells say, under their titles. */
static struct json_object *cells_json(const page_t *page, size_t index)
{
    const list_table_t *table = page->ops->table;
    struct json_object *object = json_object_new_object();
    for (size_t column = 0; column < table->count; column++) {
        char text[COLUMN_TEXT_ROOM], name[64];
        if (table->columns[column].title[0] == '\0')
            continue;
        list_table_cell(table, page, index, column, text, sizeof text);
        snprintf(name, sizeof name, "%s", table->columns[column].title);
        for (char *at = name; *at != '\0'; at++)
            *at = (char)(*at >= 'A' && *at <= 'Z' ? *at + ('a' - 'A') : *at);
        json_line_add_text(object, name, text);
    }
    return object;
}

static struct json_object *row_json(const page_t *page, size_t index)
{
    if (page->ops->json)
        return page->ops->json(page, index);
    const list_table_t *table = page->ops->table;
    if (table->view != VIEW_NONE && table->row)
        return columns_json(columns_of(table->view), table->row(page, index));
    return cells_json(page, index);
}

/* ---- Files ---------------------------------------------------------------------------------- */

/* The first row says what the columns of CSV are. */
static bool put_csv(FILE *out, struct json_object **titles, struct json_object *object)
{
    if (!*titles) {
        *titles = json_object_get(object);
        if (!json_line_put_csv_titles(out, *titles))
            return false;
    }
    return json_line_put_csv(out, *titles, object);
}

bool export_rows(page_t *page, export_format_t format, FILE *out)
{
    struct json_object *titles = NULL;
    bool good = true;
    page_update(page);
    for (size_t position = 0; good && position < list_count(page->list); position++) {
        struct json_object *object = row_json(page, list_index(page->list, position));
        good = object &&
               (format == EXPORT_CSV ? put_csv(out, &titles, object) : json_line_put(out, object));
        int error = object ? errno : ENOMEM;
        json_object_put(object);
        errno = error;
    }
    json_object_put(titles);
    return good;
}

/* ---- To be copied --------------------------------------------------------------------------- */

/* Whether who pastes it gets nothing but characters, lines and tabs. */
static bool is_harmless(const uint8_t *data, size_t size)
{
    for (size_t length; size > 0; data += length, size -= length) {
        uint32_t character;
        length = dd_utf8_decode(data, size, &character);
        if (length == 0 || (dd_escape_acts(character) && character != '\n' && character != '\t'))
            return false;
    }
    return true;
}

static char *copy_of(const void *data, size_t size, size_t *copied)
{
    char *copy = malloc(size + 1);
    if (!copy)
        return NULL;
    memcpy(copy, data, size);
    copy[size] = '\0';
    *copied = size;
    return copy;
}

/* A payload as it is, or else as it is shown: it may go to a shell from there. */
static char *copy_payload(const message_t *message, size_t *size)
{
    if (is_harmless(message->data, message->size))
        return copy_of(message->data, message->size, size);
    size_t room = DD_ESCAPE_MAX * message->size + 1;
    char *escaped = malloc(room);
    if (escaped)
        *size = dd_escape_text(message->data, message->size, escaped, room);
    return escaped;
}

/* What a cell says, without what the screen has before it. */
static const char *words_of(const char *cell)
{
    static const char *const MARKS[] = {"▾ ", "▸ "};
    cell += strspn(cell, " ");
    for (size_t i = 0; i < sizeof MARKS / sizeof MARKS[0]; i++)
        if (strncmp(cell, MARKS[i], strlen(MARKS[i])) == 0)
            cell += strlen(MARKS[i]);
    return cell;
}

/* Columns without a title are marks. */
static char *copy_cells(const page_t *page, size_t index, size_t *size)
{
    char text[LIST_TABLE_COLUMNS_MAX * COLUMN_TEXT_ROOM] = "";
    size_t used = 0;
    for (size_t column = 0; column < page->ops->table->count; column++) {
        char cell[COLUMN_TEXT_ROOM] = "";
        list_table_cell(page->ops->table, page, index, column, cell, sizeof cell);
        const char *start = words_of(cell);
        if (*start != '\0' && page->ops->table->columns[column].title[0] != '\0')
            used += (size_t)snprintf(
                text + used, sizeof text - used, "%s%s", used > 0 ? "  " : "", start);
    }
    return copy_of(text, used, size);
}

char *export_row(page_t *page, size_t *size)
{
    size_t index = page_selected_index(page);
    if (index == LIST_NONE)
        return NULL;
    const message_t *message = page->ops->message ? page->ops->message(page, index) : NULL;
    return message ? copy_payload(message, size) : copy_cells(page, index, size);
}

char *export_detail(page_t *page, size_t *size)
{
    size_t index = page_selected_index(page);
    if (index != LIST_NONE && page->ops->message && page->ops->message(page, index))
        return export_row(page, size);
    text_pane_t *pane = page_detail(page, DETAIL_WIDTH);
    char *text = text_pane_copy(pane, size);
    text_pane_destroy(&pane);
    return text;
}
