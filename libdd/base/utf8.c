/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * utf8 - characters of UTF-8 that may be anything, and the cells of a terminal they take
 */
#include "utf8.h"

#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#define ELLIPSIS "…"

/* A whole character of a text and the cells it takes. */
typedef struct {
    size_t size;
    size_t cells;
} glyph_t;

/* ---- Bytes and characters -------------------------------------------------------------------- */

/* How characters of each length begin, and which is the least that needs it. */
static const struct {
    uint8_t mask, lead;
    uint32_t least;
} FORMS[DD_UTF8_MAX] = {
    {0x80, 0x00, 0}, {0xE0, 0xC0, 0x80}, {0xF0, 0xE0, 0x800}, {0xF8, 0xF0, 0x10000}};

/* Surrogates are halves of characters in UTF-16, and none in themselves. */
static bool is_character(uint32_t value)
{
    return value <= 0x10FFFF && !(value >= 0xD800 && value <= 0xDFFF);
}

size_t dd_utf8_decode(const uint8_t *at, size_t size, uint32_t *character)
{
    size_t length = 1;
    while (length <= DD_UTF8_MAX && (at[0] & FORMS[length - 1].mask) != FORMS[length - 1].lead)
        length++;
    if (length > DD_UTF8_MAX || length > size)
        return 0;
    uint32_t value = at[0] & (uint8_t)~FORMS[length - 1].mask;
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xC0) != 0x80)
            return 0;
        value = value << 6 | (at[i] & 0x3F);
    }
    *character = value;
    return value >= FORMS[length - 1].least && is_character(value) ? length : 0;
}

size_t dd_utf8_encode(uint32_t character, char out[DD_UTF8_MAX + 1])
{
    if (!is_character(character))
        return 0;
    size_t length = DD_UTF8_MAX;
    while (character < FORMS[length - 1].least)
        length--;
    out[length] = '\0';
    for (size_t i = length - 1; i > 0; i--, character >>= 6)
        out[i] = (char)(0x80 | (character & 0x3F));
    out[0] = (char)(FORMS[length - 1].lead | character);
    return length;
}

bool dd_utf8_valid(const void *data, size_t size)
{
    const uint8_t *at = data;
    while (size > 0) {
        uint32_t character;
        size_t length = dd_utf8_decode(at, size, &character);
        if (length == 0)
            return false;
        at += length;
        size -= length;
    }
    return true;
}

size_t dd_utf8_cut(const char *text, size_t size, size_t max)
{
    if (size <= max)
        return size;
    for (size_t cut = max; cut > 0 && max - cut < DD_UTF8_MAX; cut--)
        if (((uint8_t)text[cut] & 0xC0) != 0x80)
            return cut;
    return max;
}

/* ---- Cells ----------------------------------------------------------------------------------- */

static pthread_once_t once = PTHREAD_ONCE_INIT;
static locale_t unicode;

static void open_unicode(void)
{
    unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

/* The C library has Unicode's tables, and curses counts cells with them, but it asks the locale of
   the calling thread. Returns that locale, to be set again; if there are no such tables, the
   thread's own stays. */
static locale_t use_unicode(void)
{
    pthread_once(&once, open_unicode);
    return uselocale(unicode);
}

uint32_t dd_utf8_lower(uint32_t character)
{
    locale_t before = use_unicode();
    wint_t lower = towlower((wint_t)character);
    uselocale(before);
    return (uint32_t)lower;
}

size_t dd_utf8_cells(uint32_t character)
{
    if (character >= ' ' && character <= '~') /* what nearly all text is made of */
        return 1;
    locale_t before = use_unicode();
    int width = wcwidth((wchar_t)character);
    uselocale(before);
    return width < 0 ? 1 : (size_t)width;
}

/* The character at the start of a text that isn't empty. */
static glyph_t glyph_at(const char *text)
{
    uint32_t character;
    size_t size = dd_utf8_decode((const uint8_t *)text, strnlen(text, DD_UTF8_MAX), &character);
    return size > 0 ? (glyph_t){size, dd_utf8_cells(character)} : (glyph_t){1, 1};
}

/* Bytes of the longest start of text that takes no more than *width cells; *width becomes what it
   takes. */
static size_t measure(const char *text, size_t *width)
{
    size_t size = 0, taken = 0;
    while (text[size] != '\0') {
        glyph_t glyph = glyph_at(text + size);
        if (taken + glyph.cells > *width)
            break;
        size += glyph.size;
        taken += glyph.cells;
    }
    *width = taken;
    return size;
}

size_t dd_utf8_width(const char *text)
{
    size_t width = SIZE_MAX;
    measure(text, &width);
    return width;
}

size_t dd_utf8_prefix(const char *text, size_t width)
{
    return measure(text, &width);
}

void dd_utf8_fit(const char *text, size_t width, char *out, size_t room)
{
    bool cut = dd_utf8_width(text) > width;
    size_t taken = cut && width > 0 ? width - 1 : width;
    size_t size = measure(text, &taken);
    const char *mark = cut && width > 0 ? ELLIPSIS : "";
    if (cut && width > 0)
        taken++;
    snprintf(out, room, "%.*s%s%*s", (int)size, text, mark, (int)(width - taken), "");
}

/* The longest end of a text that takes no more than width cells, and doesn't begin with a mark that
   combines with what is left out. */
static const char *longest_end(const char *text, size_t width)
{
    size_t left = dd_utf8_width(text);
    while (*text != '\0' && (left > width || glyph_at(text).cells == 0)) {
        glyph_t glyph = glyph_at(text);
        text += glyph.size;
        left -= glyph.cells;
    }
    return text;
}

void dd_utf8_fit_name(const char *text, size_t width, char *out, size_t room)
{
    size_t taken = width / 2;
    if (dd_utf8_width(text) <= width || width < 3) {
        dd_utf8_fit(text, width, out, room);
        return;
    }
    size_t size = measure(text, &taken);
    const char *end = longest_end(text, width - taken - 1);
    taken += 1 + dd_utf8_width(end);
    snprintf(out, room, "%.*s%s%s%*s", (int)size, text, ELLIPSIS, end, (int)(width - taken), "");
}
