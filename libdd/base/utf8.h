/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * utf8 - characters of UTF-8 that may be anything, and the cells of a terminal they take
 *
 * Nothing here depends on the locale that the program has set. Any thread may call it.
 */
#ifndef DD_UTF8_H_INCLUDED
#define DD_UTF8_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the longest character. */
#define DD_UTF8_MAX 4

/* Decodes the character at the start of size bytes, at least one; its length, or 0 if it isn't one.
   Overlong forms and surrogates aren't. */
size_t dd_utf8_decode(const uint8_t *at, size_t size, uint32_t *character);

/* Writes a character and a NUL; its length, or 0 with nothing written if it isn't one. */
size_t dd_utf8_encode(uint32_t character, char out[DD_UTF8_MAX + 1]);

/* Whether data is UTF-8, all of it. */
bool dd_utf8_valid(const void *data, size_t size);

/* Bytes of the longest start of size bytes that has no more than max of them and doesn't end within
   a character. Of what isn't UTF-8 it is any start. */
size_t dd_utf8_cut(const char *text, size_t size, size_t max);

/* The character in lower case. */
uint32_t dd_utf8_lower(uint32_t character);

/* Cells that a character takes: 0 (it combines with the one before it), 1 or 2. What no table knows
   counts as one cell, as most terminals show it. */
size_t dd_utf8_cells(uint32_t character);

/* Cells that a text takes, in which a byte that is no UTF-8 counts as one. */
size_t dd_utf8_width(const char *text);

/* Bytes of the longest start of a text that takes no more than width cells. */
size_t dd_utf8_prefix(const char *text, size_t width);

/* Copies a text so that it takes exactly width cells: filled up with spaces, or cut, and then with
   a "…" at its end. out ends with NUL; what doesn't fit into room is left out. */
void dd_utf8_fit(const char *text, size_t width, char *out, size_t room);
/* The same for names, of which often only the ends differ: the "…" stands in the middle. */
void dd_utf8_fit_name(const char *text, size_t width, char *out, size_t room);

#endif
