/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * line_editor - a line of text that is being typed
 */
#include "line_editor.h"

#include <stdlib.h>
#include <string.h>

#include "libdd/base/escape.h"
#include "libdd/base/utf8.h"

/* Bytes that are drawn at most: more than any terminal has columns. */
#define LINE_ROOM 8192
/* Unicode has a picture of each control character from here on. */
#define PICTURES 0x2400u

struct line_editor {
    char *text;
    size_t size;
    size_t max;
    size_t cursor; /* byte before which the next character goes */
};

line_editor_t *line_editor_new(size_t max)
{
    line_editor_t *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    self->max = max;
    self->text = calloc(1, max + 1);
    if (!self->text)
        line_editor_destroy(&self);
    return self;
}

void line_editor_destroy(line_editor_t **self_p)
{
    line_editor_t *self = self_p ? *self_p : NULL;
    if (!self)
        return;
    free(self->text);
    free(self);
    *self_p = NULL;
}

const char *line_editor_text(const line_editor_t *self)
{
    return self->text;
}

bool line_editor_type(line_editor_t *self, uint32_t character)
{
    char bytes[DD_UTF8_MAX + 1];
    size_t size = character != 0 ? dd_utf8_encode(character, bytes) : 0;
    if (size == 0 || size > self->max - self->size)
        return false;
    char *at = self->text + self->cursor;
    memmove(at + size, at, self->size - self->cursor + 1);
    memcpy(at, bytes, size);
    self->size += size;
    self->cursor += size;
    return true;
}

void line_editor_set(line_editor_t *self, const char *text)
{
    line_editor_act(self, ACT_ERASE_ALL);
    while (*text != '\0') {
        uint32_t character;
        size_t size = dd_utf8_decode((const uint8_t *)text, strnlen(text, DD_UTF8_MAX), &character);
        if (size == 0 || !line_editor_type(self, character))
            return;
        text += size;
    }
}

/* ---- Moving and erasing --------------------------------------------------------------------- */

/* The character at a byte, as the canvas shows it, and its cells. */
static size_t character_at(const line_editor_t *self, size_t at, uint32_t *character, int *width)
{
    size_t size = dd_utf8_decode((const uint8_t *)self->text + at, self->size - at, character);
    if (*character < 0x20)
        *character += PICTURES;
    else if (dd_escape_acts(*character))
        *character = '?';
    *width = (int)dd_utf8_cells(*character);
    return size;
}

/* The cursor steps over a character together with the marks that combine with it. */
static size_t after(const line_editor_t *self, size_t at)
{
    uint32_t character;
    int width = 0;
    if (at < self->size)
        at += character_at(self, at, &character, &width);
    for (width = 0; at < self->size;) {
        size_t size = character_at(self, at, &character, &width);
        if (width > 0)
            break;
        at += size;
    }
    return at;
}

static size_t before(const line_editor_t *self, size_t at)
{
    size_t step = 0, next;
    while ((next = after(self, step)) < at)
        step = next;
    return step;
}

static void erase(line_editor_t *self, size_t from, size_t to)
{
    memmove(self->text + from, self->text + to, self->size - to + 1);
    self->size -= to - from;
    self->cursor = from;
}

static size_t word_start(const line_editor_t *self, size_t at)
{
    while (at > 0 && self->text[at - 1] == ' ')
        at--;
    while (at > 0 && self->text[at - 1] != ' ')
        at--;
    return at;
}

bool line_editor_act(line_editor_t *self, action_t action)
{
    switch (action) {
    case ACT_LEFT:
        self->cursor = before(self, self->cursor);
        return true;
    case ACT_RIGHT:
        self->cursor = after(self, self->cursor);
        return true;
    case ACT_FIRST:
        self->cursor = 0;
        return true;
    case ACT_LAST:
        self->cursor = self->size;
        return true;
    case ACT_ERASE:
        erase(self, before(self, self->cursor), self->cursor);
        return true;
    case ACT_ERASE_NEXT:
        erase(self, self->cursor, after(self, self->cursor));
        return true;
    case ACT_ERASE_WORD:
        erase(self, word_start(self, self->cursor), self->cursor);
        return true;
    case ACT_ERASE_ALL:
        erase(self, 0, self->size);
        return true;
    default:
        return false;
    }
}

/* ---- Drawing -------------------------------------------------------------------------------- */

/* The first byte to draw, so that the cursor has its place before `width`. */
static size_t first_visible(const line_editor_t *self, int width)
{
    size_t first = self->cursor;
    int taken = 1; /* the cursor */
    while (first > 0) {
        size_t step = first - 1;
        while (step > 0 && ((uint8_t)self->text[step] & 0xc0) == 0x80)
            step--;
        uint32_t character;
        int cells;
        character_at(self, step, &character, &cells);
        if (taken + cells > width)
            break;
        taken += cells;
        first = step;
    }
    return first;
}

int line_editor_draw(const line_editor_t *self, canvas_t *canvas, rect_t area, unsigned style)
{
    char line[LINE_ROOM];
    size_t used = 0, at = first_visible(self, area.width);
    int column = 0, cursor = 0;
    while (at < self->size && column < area.width && used < sizeof line - DD_UTF8_MAX) {
        uint32_t character;
        int width;
        if (at <= self->cursor)
            cursor = column;
        at += character_at(self, at, &character, &width);
        used += dd_utf8_encode(character, line + used);
        column += width;
    }
    line[used] = '\0';
    if (at <= self->cursor)
        cursor = column;
    area.height = area.height > 0 ? 1 : 0;
    canvas_fill(canvas, area, style);
    canvas_text(canvas, area, 0, 0, style, line);
    return area.column + cursor;
}
