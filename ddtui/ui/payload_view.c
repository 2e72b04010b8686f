/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * payload_view - a payload to be read: as text, as JSON, or as bytes
 */
#include "payload_view.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libdd/base/escape.h"
#include "libdd/base/utf8.h"

/* Bytes that are shown at most; all of them can be saved. */
#define SHOWN_MAX (256u << 10)
/* Levels of nesting in JSON. */
#define JSON_DEPTH 32
/* Bytes in one line of a dump, and what a line of it takes. */
#define DUMP_BYTES 16
#define DUMP_ROOM 96

static const char *const MODE_NAMES[PAYLOAD_MODES] = {
    [PAYLOAD_AUTO] = "auto",
    [PAYLOAD_TEXT] = "text",
    [PAYLOAD_JSON] = "JSON",
    [PAYLOAD_BYTES] = "bytes",
};

const char *payload_view_mode_name(payload_view_mode_t mode)
{
    return MODE_NAMES[mode];
}

/* ---- Text ----------------------------------------------------------------------------------- */

/* A byte that is shown in another way than dd_escape_text() would. */
typedef struct {
    char byte;
    const char *shown;
} special_t;

/* As a terminal would show it. */
static const special_t TAB = {'\t', "    "};
/* What JSON has escaped is escaped enough. */
static const special_t BACKSLASH = {'\\', "\\"};

/* One line without its end. */
static void add_line(text_pane_t *pane, const uint8_t *data, size_t size, const special_t *special)
{
    size_t room = DD_ESCAPE_MAX * size + 1, used = 0;
    char *line = malloc(room);
    if (!line)
        return;
    line[0] = '\0';
    while (size > 0) {
        const uint8_t *found = memchr(data, special->byte, size);
        size_t piece = found ? (size_t)(found - data) : size;
        used += dd_escape_text(data, piece, line + used, room - used);
        if (found)
            used += (size_t)snprintf(line + used, room - used, "%s", special->shown);
        piece += found ? 1 : 0;
        data += piece;
        size -= piece;
    }
    text_pane_text(pane, STYLE_PLAIN, line);
    free(line);
}

static void add_text(text_pane_t *pane, const uint8_t *data, size_t size, const special_t *special)
{
    while (size > 0) {
        const uint8_t *end = memchr(data, '\n', size);
        size_t line = end ? (size_t)(end - data) : size;
        add_line(pane, data, line > 0 && data[line - 1] == '\r' ? line - 1 : line, special);
        line += end ? 1 : 0;
        data += line;
        size -= line;
    }
}

/* ---- JSON ----------------------------------------------------------------------------------- */

/* NULL if it isn't JSON, all of it. The caller releases it. */
static struct json_object *parse(const uint8_t *data, size_t size)
{
    struct json_tokener *tokener = json_tokener_new_ex(JSON_DEPTH);
    if (!tokener)
        return NULL;
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    struct json_object *object = json_tokener_parse_ex(tokener, (const char *)data, (int)size);
    bool whole = json_tokener_get_error(tokener) == json_tokener_success &&
                 json_tokener_get_parse_end(tokener) == size;
    json_tokener_free(tokener);
    if (whole)
        return object;
    json_object_put(object);
    return NULL;
}

static bool add_json(text_pane_t *pane, const uint8_t *data, size_t size)
{
    struct json_object *object = size <= SHOWN_MAX ? parse(data, size) : NULL;
    if (!json_object_is_type(object, json_type_object) &&
        !json_object_is_type(object, json_type_array)) {
        json_object_put(object);
        return false;
    }
    const char *text = json_object_to_json_string_ext(
        object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE);
    add_text(pane, (const uint8_t *)text, strlen(text), &BACKSLASH);
    json_object_put(object);
    return true;
}

/* ---- Bytes ---------------------------------------------------------------------------------- */

static void add_dump_line(text_pane_t *pane, size_t offset, const uint8_t *data, size_t size)
{
    char line[DUMP_ROOM];
    int used = snprintf(line, sizeof line, "%06zx ", offset);
    for (size_t i = 0; i < DUMP_BYTES; i++) {
        const char *gap = i == DUMP_BYTES / 2 ? "  " : " ";
        used += i < size ? snprintf(line + used, sizeof line - (size_t)used, "%s%02x", gap, data[i])
                         : snprintf(line + used, sizeof line - (size_t)used, "%s  ", gap);
    }
    used += snprintf(line + used, sizeof line - (size_t)used, "  ");
    for (size_t i = 0; i < size; i++)
        line[used++] = data[i] >= 0x20 && data[i] < 0x7f ? (char)data[i] : '.';
    line[used] = '\0';
    text_pane_text(pane, STYLE_PLAIN, line);
}

static void add_dump(text_pane_t *pane, const uint8_t *data, size_t size)
{
    for (size_t at = 0; at < size; at += DUMP_BYTES)
        add_dump_line(pane, at, data + at, size - at < DUMP_BYTES ? size - at : DUMP_BYTES);
}

/* ---- All ------------------------------------------------------------------------------------ */

/* Whether it can be text, though with control characters in it. */
static bool is_readable(const uint8_t *data, size_t size)
{
    return !memchr(data, '\0', size) && dd_utf8_valid(data, size);
}

void payload_view_add(text_pane_t *pane, payload_view_mode_t mode, const uint8_t *data, size_t size)
{
    size_t visible = size < SHOWN_MAX ? size : SHOWN_MAX;
    bool as_json = mode == PAYLOAD_AUTO || mode == PAYLOAD_JSON;
    if (as_json && add_json(pane, data, size))
        return;
    if (mode == PAYLOAD_JSON)
        text_pane_print(pane, STYLE_WARNING, "not JSON, so here is its text:");
    if (mode == PAYLOAD_BYTES || (mode == PAYLOAD_AUTO && !is_readable(data, visible)))
        add_dump(pane, data, visible);
    else
        add_text(pane, data, visible, &TAB);
    if (visible < size)
        text_pane_print(pane, STYLE_WARNING, "… and %zu bytes more; w saves all", size - visible);
}
