/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * escape - text from outside, made fit for a line, a cell or a terminal
 *
 * What brokers and clients send is never written as it came. Escaped text is one line of printable
 * UTF-8 that a terminal shows and doesn't obey, and from which the bytes can be read back: control
 * characters, characters that reorder or hide others, and bytes that are no UTF-8 become \xNN, a
 * backslash becomes \\. Widths are cells of a terminal and need a UTF-8 locale.
 */
#ifndef DD_ESCAPE_H_INCLUDED
#define DD_ESCAPE_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>

/* Bytes that one byte takes at most when escaped. */
#define DD_TEXT_ESCAPED_MAX 4

bool dd_text_is_utf8(const void *data, size_t size);

/* Writes data escaped, and a NUL, into room bytes; stops before the first character that doesn't
   fit. Returns the length without the NUL. */
size_t dd_text_escape(const void *data, size_t size, char *out, size_t room);

/* Cells that an escaped text takes. */
size_t dd_text_width(const char *text);

/* Bytes of the longest start of an escaped text that takes no more than width cells. */
size_t dd_text_prefix(const char *text, size_t width);

/* Copies an escaped text so that it takes exactly width cells: filled up with spaces, or cut, and
   then with a "…" at its end. out ends with NUL; what doesn't fit into room is left out. */
void dd_text_fit(const char *text, size_t width, char *out, size_t room);

#endif
