/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * escape - text from outside, made fit for a line, a cell or a terminal
 */
#include "escape.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "utf8.h"

#define ELLIPSIS "…"
/* Bytes of the longest character. */
#define UTF8_MAX 4

/* A whole UTF-8 character and the cells it takes. */
typedef struct {
    size_t size;
    size_t width;
} glyph_t;

bool dd_text_is_utf8(const void *data, size_t size)
{
    const uint8_t *at = data;
    const uint8_t *end = at + size;
    while (at < end) {
        uint32_t character;
        size_t length = dd_utf8_decode(at, (size_t)(end - at), &character);
        if (length == 0)
            return false;
        at += length;
    }
    return true;
}

/* What acts on a terminal instead of standing on it: control characters, and what reorders or hides
   other characters. Joiners stay, since words of many languages need them. */
static bool acts(uint32_t character)
{
    static const uint32_t RANGES[][2] = {{0x00, 0x1F}, {0x7F, 0x9F}, {0xAD, 0xAD}, {0x61C, 0x61C},
        {0x200B, 0x200B}, {0x200E, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F}, {0xFEFF, 0xFEFF},
        {0xFFF0, 0xFFFB}, {0xE0000, 0xE0FFF}};
    for (size_t i = 0; i < sizeof RANGES / sizeof RANGES[0]; i++)
        if (character >= RANGES[i][0] && character <= RANGES[i][1])
            return true;
    return false;
}

/* Escapes what stands at `at` as one piece, ended with NUL; returns how many bytes it was. */
static size_t escape_one(const uint8_t *at, size_t size, char piece[4 * DD_TEXT_ESCAPED_MAX + 1])
{
    uint32_t character;
    size_t length = dd_utf8_decode(at, size, &character);
    if (length > 0 && character == '\\') {
        strcpy(piece, "\\\\");
        return length;
    }
    if (length > 0 && !acts(character)) {
        memcpy(piece, at, length);
        piece[length] = '\0';
        return length;
    }
    if (length == 0)
        length = 1;
    for (size_t i = 0; i < length; i++)
        snprintf(piece + i * DD_TEXT_ESCAPED_MAX, DD_TEXT_ESCAPED_MAX + 1, "\\x%02x", at[i]);
    return length;
}

size_t dd_text_escape(const void *data, size_t size, char *out, size_t room)
{
    const uint8_t *at = data;
    const uint8_t *end = at + size;
    size_t used = 0;
    while (at < end) {
        char piece[4 * DD_TEXT_ESCAPED_MAX + 1];
        at += escape_one(at, (size_t)(end - at), piece);
        size_t length = strlen(piece);
        if (used + length >= room)
            break;
        memcpy(out + used, piece, length);
        used += length;
    }
    if (room > 0)
        out[used] = '\0';
    return used;
}

/* The character at the start of a text that isn't empty. What the locale's tables don't know counts
   as one cell, as terminals show it. */
static glyph_t glyph_at(const char *text)
{
    uint32_t character;
    size_t size = dd_utf8_decode((const uint8_t *)text, strnlen(text, UTF8_MAX), &character);
    if (size == 0)
        return (glyph_t){1, 1};
    int width = wcwidth((wchar_t)character);
    return (glyph_t){size, width < 0 ? 1 : (size_t)width};
}

size_t dd_text_width(const char *text)
{
    size_t width = 0;
    while (*text != '\0') {
        glyph_t glyph = glyph_at(text);
        text += glyph.size;
        width += glyph.width;
    }
    return width;
}

/* Bytes of the longest start of text that takes no more than *width cells; *width becomes what it
   takes. */
static size_t measure(const char *text, size_t *width)
{
    size_t size = 0, taken = 0;
    while (text[size] != '\0') {
        glyph_t glyph = glyph_at(text + size);
        if (taken + glyph.width > *width)
            break;
        size += glyph.size;
        taken += glyph.width;
    }
    *width = taken;
    return size;
}

size_t dd_text_prefix(const char *text, size_t width)
{
    return measure(text, &width);
}

void dd_text_fit(const char *text, size_t width, char *out, size_t room)
{
    bool cut = dd_text_width(text) > width;
    size_t taken = cut && width > 0 ? width - 1 : width;
    size_t size = measure(text, &taken);
    const char *mark = cut && width > 0 ? ELLIPSIS : "";
    if (cut && width > 0)
        taken++;
    snprintf(out, room, "%.*s%s%*s", (int)size, text, mark, (int)(width - taken), "");
}
