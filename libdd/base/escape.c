/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * escape - text from outside, made fit for one line of a terminal or a log
 */
#include "escape.h"

#include <stdio.h>
#include <string.h>

#include "buffer.h"
#include "utf8.h"

/* Bytes of the longest piece that stands for one place of a text. */
#define PIECE_ROOM (DD_UTF8_MAX * DD_ESCAPE_MAX + 1)
/* Unicode's character for what is none. */
#define REPLACEMENT 0xFFFD

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

/* What stands at the start of some bytes. */
typedef struct {
    uint32_t character;
    size_t size; /* bytes, at least one */
    bool valid;  /* it is a character */
    bool shown;  /* and one that doesn't act */
} place_t;

static place_t look(const uint8_t *at, size_t size)
{
    place_t place = {0};
    place.size = dd_utf8_decode(at, size, &place.character);
    place.valid = place.size > 0;
    place.shown = place.valid && !dd_escape_acts(place.character);
    if (!place.valid)
        place.size = 1;
    return place;
}

/* Writes what stands for a place, and a NUL. */
typedef void(piece_t)(const uint8_t *at, const place_t *place, char piece[PIECE_ROOM]);

static void copy_piece(const uint8_t *at, const place_t *place, char piece[PIECE_ROOM])
{
    memcpy(piece, at, place->size);
    piece[place->size] = '\0';
}

static void text_piece(const uint8_t *at, const place_t *place, char piece[PIECE_ROOM])
{
    if (at[0] == '\\')
        strcpy(piece, "\\\\");
    else if (place->shown)
        copy_piece(at, place, piece);
    else
        for (size_t i = 0; i < place->size; i++)
            snprintf(piece + i * DD_ESCAPE_MAX, DD_ESCAPE_MAX + 1, "\\x%02x", at[i]);
}

/* JSON writes what 16 bits don't hold as two surrogates. */
static void json_piece(const uint8_t *at, const place_t *place, char piece[PIECE_ROOM])
{
    uint32_t character = place->valid ? place->character : REPLACEMENT;
    if (place->shown)
        copy_piece(at, place, piece);
    else if (character < 0x10000)
        snprintf(piece, PIECE_ROOM, "\\u%04x", (unsigned)character);
    else
        snprintf(piece, PIECE_ROOM, "\\u%04x\\u%04x",
            (unsigned)(0xD800 + (character - 0x10000) / 0x400),
            (unsigned)(0xDC00 + (character - 0x10000) % 0x400));
}

static size_t escape(dd_bytes_t bytes, piece_t *make_piece, char *out, size_t room)
{
    size_t used = 0;
    for (size_t at = 0; at < bytes.size;) {
        char piece[PIECE_ROOM];
        place_t place = look(bytes.data + at, bytes.size - at);
        make_piece(bytes.data + at, &place, piece);
        size_t length = strlen(piece);
        if (used + length >= room)
            break;
        memcpy(out + used, piece, length);
        used += length;
        at += place.size;
    }
    if (room > 0)
        out[used] = '\0';
    return used;
}

size_t dd_escape_text(const void *data, size_t size, char *out, size_t room)
{
    return escape(dd_bytes(data, size), text_piece, out, room);
}

size_t dd_escape_json(const char *json, char *out, size_t room)
{
    return escape(dd_bytes_of(json), json_piece, out, room);
}

void dd_escape_mask(char *text)
{
    dd_bytes_t rest = dd_bytes_of(text);
    while (rest.size > 0) {
        place_t place = look(rest.data, rest.size);
        if (!place.shown)
            memset(text, '?', place.size);
        text += place.size;
        rest = dd_bytes(text, rest.size - place.size);
    }
}
