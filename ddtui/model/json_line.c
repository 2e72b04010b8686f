/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * json_line - JSON objects as lines that a terminal doesn't obey, and as lines of CSV
 */
#include "json_line.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "libdd/base/escape.h"
#include "libdd/base/utf8.h"

#define PLAIN (JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)

/* ---- Fields --------------------------------------------------------------------------------- */

void json_line_add_text(struct json_object *object, const char *field, const char *text)
{
    json_object_object_add(object, field, json_object_new_string(text));
}

static struct json_object *base64_json(const void *data, size_t size)
{
    size_t room = sodium_base64_encoded_len(size, sodium_base64_VARIANT_ORIGINAL);
    char *text = malloc(room);
    if (!text)
        return NULL;
    sodium_bin2base64(text, room, data, size, sodium_base64_VARIANT_ORIGINAL);
    struct json_object *value = json_object_new_string(text);
    free(text);
    return value;
}

void json_line_add_data(struct json_object *object, const void *data, size_t size)
{
    if (dd_utf8_valid(data, size))
        json_object_object_add(object, "text", json_object_new_string_len(data, (int)size));
    else
        json_object_object_add(object, "data64", base64_json(data, size));
}

/* ---- Lines of JSON -------------------------------------------------------------------------- */

/* The caller frees it; NULL when out of memory. */
static char *line_of(struct json_object *object)
{
    const char *text = json_object_to_json_string_ext(object, PLAIN);
    size_t room = text ? DD_ESCAPE_JSON_MAX * strlen(text) + 1 : 0;
    char *line = text ? malloc(room) : NULL;
    if (line)
        dd_escape_json(text, line, room);
    return line;
}

bool json_line_put(FILE *out, struct json_object *object)
{
    char *line = line_of(object);
    bool written = line && fputs(line, out) >= 0 && putc('\n', out) != EOF;
    int error = errno;
    free(line);
    errno = error;
    return written;
}

/* ---- Lines of CSV --------------------------------------------------------------------------- */

/* Puts a cell's text, escaped; is_text: not a number. */
static bool put_quoted(FILE *out, const char *text, bool is_text)
{
    bool good = putc('"', out) != EOF;
    if (is_text && text[0] != '\0' && strchr("=+-@", text[0]))
        good = good && putc('\'', out) != EOF;
    for (; good && *text != '\0'; text++)
        good = (*text != '"' || putc('"', out) != EOF) && putc(*text, out) != EOF;
    return good && putc('"', out) != EOF;
}

static bool put_cell(FILE *out, const char *text, size_t size, bool is_text)
{
    size_t room = DD_ESCAPE_MAX * size + 1;
    char *escaped = malloc(room);
    if (!escaped)
        return false;
    dd_escape_text(text, size, escaped, room);
    bool plain = !is_text ||
                 (escaped[0] != '\0' && !strpbrk(escaped, "\", ") && !strchr("=+-@", escaped[0]));
    bool written = plain ? fputs(escaped, out) >= 0 : put_quoted(out, escaped, is_text);
    int error = errno;
    free(escaped);
    errno = error;
    return written;
}

/* What isn't known is an empty cell, and what has parts is written as JSON. */
static bool put_value(FILE *out, struct json_object *value)
{
    if (!value)
        return true;
    bool is_text = json_object_is_type(value, json_type_string);
    if (is_text)
        return put_cell(
            out, json_object_get_string(value), (size_t)json_object_get_string_len(value), true);
    const char *text = json_object_to_json_string_ext(value, PLAIN);
    bool has_parts =
        json_object_is_type(value, json_type_array) || json_object_is_type(value, json_type_object);
    return text && put_cell(out, text, strlen(text), has_parts);
}

bool json_line_put_csv_titles(FILE *out, struct json_object *titles)
{
    bool good = true, first = true;
    json_object_object_foreach(titles, field, value)
    {
        (void)value;
        good = good && (first || putc(',', out) != EOF) && fputs(field, out) >= 0;
        first = false;
    }
    return good && putc('\n', out) != EOF;
}

bool json_line_put_csv(FILE *out, struct json_object *titles, struct json_object *object)
{
    bool good = true, first = true;
    json_object_object_foreach(titles, field, ignored)
    {
        struct json_object *value = NULL;
        (void)ignored;
        json_object_object_get_ex(object, field, &value);
        good = good && (first || putc(',', out) != EOF) && put_value(out, value);
        first = false;
    }
    return good && putc('\n', out) != EOF;
}
