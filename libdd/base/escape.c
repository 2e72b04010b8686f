/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * escape - text from outside, made fit for one line of a terminal or a log
 */
#include "escape.h"

#include <stdio.h>
#include <string.h>

#include "utf8.h"

bool dd_escape_acts(uint32_t character)
{
    /* Unicode's control characters, separators, and those that it calls ignorable by default; but
       variation selectors stay, which only choose between pictures of the character before. */
    static const struct {
        uint32_t first, last;
    } ACTING[] = {
        {0x0000, 0x001F},   /* C0 */
        {0x007F, 0x009F},   /* DEL and C1 */
        {0x00AD, 0x00AD},   /* soft hyphen */
        {0x034F, 0x034F},   /* combining grapheme joiner */
        {0x061C, 0x061C},   /* Arabic letter mark */
        {0x115F, 0x1160},   /* Hangul fillers */
        {0x17B4, 0x17B5},   /* Khmer vowels that aren't seen */
        {0x180E, 0x180E},   /* Mongolian vowel separator */
        {0x200B, 0x200F},   /* zero width space and joiners, marks of direction */
        {0x2028, 0x202E},   /* separators of lines, embeddings and overrides of direction */
        {0x2060, 0x206F},   /* word joiner, invisible operators, isolates */
        {0x3164, 0x3164},   /* Hangul filler */
        {0xFEFF, 0xFEFF},   /* byte order mark */
        {0xFFA0, 0xFFA0},   /* halfwidth Hangul filler */
        {0xFFF0, 0xFFFB},   /* interlinear annotations */
        {0xFFFE, 0xFFFF},   /* no characters: a byte order mark turned round */
        {0x1BCA0, 0x1BCA3}, /* controls of shorthand */
        {0x1D173, 0x1D17A}, /* controls of music */
        {0xE0000, 0xE0FFF}, /* tags */
    };
    size_t i = 0;
    while (i < sizeof ACTING / sizeof ACTING[0] && character > ACTING[i].last)
        i++;
    return i < sizeof ACTING / sizeof ACTING[0] && character >= ACTING[i].first;
}

/* Bytes at the start of data, at least one, that belong together, and whether they may be shown. */
static size_t next(const uint8_t *at, size_t size, bool *shown)
{
    uint32_t character;
    size_t length = dd_utf8_decode(at, size, &character);
    *shown = length > 0 && !dd_escape_acts(character);
    return length > 0 ? length : 1;
}

/* Escapes what stands at `at` as one piece, ended with NUL; returns how many bytes it was. */
static size_t escape_one(
    const uint8_t *at, size_t size, char piece[DD_UTF8_MAX * DD_ESCAPE_MAX + 1])
{
    bool shown;
    size_t length = next(at, size, &shown);
    if (at[0] == '\\') {
        strcpy(piece, "\\\\");
    } else if (shown) {
        memcpy(piece, at, length);
        piece[length] = '\0';
    } else {
        for (size_t i = 0; i < length; i++)
            snprintf(piece + i * DD_ESCAPE_MAX, DD_ESCAPE_MAX + 1, "\\x%02x", at[i]);
    }
    return length;
}

size_t dd_escape_text(const void *data, size_t size, char *out, size_t room)
{
    const uint8_t *at = data;
    size_t used = 0;
    while (size > 0) {
        char piece[DD_UTF8_MAX * DD_ESCAPE_MAX + 1];
        size_t taken = escape_one(at, size, piece);
        size_t length = strlen(piece);
        if (used + length >= room)
            break;
        memcpy(out + used, piece, length);
        used += length;
        at += taken;
        size -= taken;
    }
    if (room > 0)
        out[used] = '\0';
    return used;
}

void dd_escape_mask(char *text)
{
    size_t size = strlen(text), length;
    for (; size > 0; text += length, size -= length) {
        bool shown;
        length = next((const uint8_t *)text, size, &shown);
        if (!shown)
            memset(text, '?', length);
    }
}
