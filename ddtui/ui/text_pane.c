/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * text_pane - lines of text that are read, wrapped to a width and scrolled
 */
#include "text_pane.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libdd/base/utf8.h"

/* Columns of the names of pairs. */
#define NAME_WIDTH 14
/* Bytes of the longest line that text_pane_print() makes. */
#define LINE_ROOM 4096
/* Bytes of the longest character. */
#define UTF8_MAX 4

typedef struct {
    char *text;
    unsigned style;
    size_t name; /* bytes at the start that are a pair's name */
} line_t;

struct text_pane {
    int width;
    line_t *lines;
    size_t count;
    size_t room;
};

text_pane_t *text_pane_new(int width)
{
    text_pane_t *self = calloc(1, sizeof *self);
    if (self)
        self->width = width > 1 ? width : 1;
    return self;
}

void text_pane_destroy(text_pane_t **self_p)
{
    text_pane_t *self = self_p ? *self_p : NULL;
    if (!self)
        return;
    for (size_t i = 0; i < self->count; i++)
        free(self->lines[i].text);
    free(self->lines);
    free(self);
    *self_p = NULL;
}

int text_pane_width(const text_pane_t *self)
{
    return self ? self->width : 1;
}

size_t text_pane_count(const text_pane_t *self)
{
    return self ? self->count : 0;
}

static bool make_room(text_pane_t *self)
{
    if (self->count < self->room)
        return true;
    size_t room = self->room ? 2 * self->room : 64;
    line_t *lines = reallocarray(self->lines, room, sizeof *lines);
    if (!lines)
        return false;
    self->lines = lines;
    self->room = room;
    return true;
}

static void append(text_pane_t *self, unsigned style, size_t name, const char *text, size_t size)
{
    if (self->count == TEXT_PANE_LINES_MAX || !make_room(self))
        return;
    bool last = self->count == TEXT_PANE_LINES_MAX - 1;
    char *copy = last ? strdup("… and more") : strndup(text, size);
    if (copy)
        self->lines[self->count++] = (line_t){copy, style, last ? 0 : name};
}

/* Bytes of the first character, or 1 where there is none. */
static size_t first_character(const char *text)
{
    uint32_t character;
    size_t size = dd_utf8_decode((const uint8_t *)text, strnlen(text, UTF8_MAX), &character);
    return size > 0 ? size : 1;
}

/* Bytes of the piece that fits into a line: up to the last blank in it, if there is one late enough
   to make it worth it; and never nothing, however narrow the pane is. */
static size_t fitting(const char *text, int width)
{
    size_t size = dd_utf8_prefix(text, (size_t)width);
    if (text[size] == '\0')
        return size;
    for (size_t at = size; at > size / 2; at--)
        if (text[at] == ' ')
            return at;
    return size > 0 ? size : first_character(text);
}

void text_pane_text(text_pane_t *self, unsigned style, const char *text)
{
    text_pane_hang(self, style, 0, text);
}

/* A pane that is too narrow for it has a smaller one. */
void text_pane_hang(text_pane_t *self, unsigned style, int indent, const char *text)
{
    char line[LINE_ROOM];
    if (!self)
        return;
    int hang = self->width > 2 * indent ? indent : self->width / 8, blanks = 0;
    do {
        size_t size = fitting(text, self->width - blanks);
        if (blanks == 0) {
            append(self, style, 0, text, size);
        } else {
            snprintf(line, sizeof line, "%*s%.*s", blanks, "", (int)size, text);
            append(self, style, 0, line, strlen(line));
        }
        text += size;
        if (*text == ' ')
            text++;
        blanks = hang;
    } while (*text != '\0' && self->count < TEXT_PANE_LINES_MAX);
}

void text_pane_print(text_pane_t *self, unsigned style, const char *format, ...)
{
    char line[LINE_ROOM];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    text_pane_text(self, style, line);
}

void text_pane_pair(text_pane_t *self, const char *name, unsigned style, const char *value)
{
    if (!self)
        return;
    char line[LINE_ROOM];
    int room = self->width > NAME_WIDTH + 4 ? self->width - NAME_WIDTH : self->width;
    bool first = true;
    do {
        size_t size = fitting(value, room);
        snprintf(line, sizeof line, "%-*s%.*s", NAME_WIDTH, first ? name : "", (int)size, value);
        append(self, style, NAME_WIDTH, line, strlen(line));
        value += size;
        if (*value == ' ')
            value++;
        first = false;
    } while (*value != '\0' && self->count < TEXT_PANE_LINES_MAX);
}

static void draw_line(const line_t *self, canvas_t *canvas, rect_t area, int row)
{
    if (self->name == 0) {
        canvas_text(canvas, area, row, 0, self->style, self->text);
        return;
    }
    canvas_print(canvas, area, row, 0, STYLE_DIM, "%.*s", (int)self->name, self->text);
    canvas_text(canvas, area, row, (int)self->name, self->style, self->text + self->name);
}

size_t text_pane_find(const text_pane_t *self, const query_t *query, size_t line, bool next)
{
    size_t count = text_pane_count(self);
    for (size_t i = 0; i < count; i++) {
        line = next ? line + 1 : line - 1;
        if (line >= count)
            line = next ? 0 : count - 1;
        if (query_wants_text(query, self->lines[line].text))
            return line;
    }
    return SIZE_MAX;
}

void text_pane_mark(canvas_t *canvas, rect_t area, int row, const query_t *found)
{
    for (size_t i = 0; found && i < found->count; i++)
        canvas_mark_text(canvas, area, row, query_marks(found, i));
}

size_t text_pane_draw(
    const text_pane_t *self, canvas_t *canvas, rect_t area, size_t first, const query_t *found)
{
    size_t count = text_pane_count(self), height = (size_t)area.height;
    size_t furthest = count > height ? count - height : 0;
    if (first > furthest)
        first = furthest;
    for (size_t i = 0; i < height && first + i < count; i++) {
        draw_line(&self->lines[first + i], canvas, area, (int)i);
        text_pane_mark(canvas, area, (int)i, found);
    }
    return first;
}

char *text_pane_copy(const text_pane_t *self, size_t *size)
{
    size_t room = 1, used = 0;
    for (size_t i = 0; self && i < self->count; i++)
        room += strlen(self->lines[i].text) + 1;
    char *text = self ? calloc(1, room) : NULL;
    for (size_t i = 0; text && i < self->count; i++)
        used += (size_t)sprintf(text + used, "%s\n", self->lines[i].text);
    *size = used;
    return text;
}
