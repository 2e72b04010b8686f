/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * escape - text from outside, made fit for one line of a terminal or a log
 *
 * What brokers, clients and files say is never written as it came. Escaped text is one line of
 * printable UTF-8 that a terminal shows and doesn't obey, and from which the bytes can be read
 * back: characters that act, and bytes that are no UTF-8, become \xNN, a backslash becomes \\.
 */
#ifndef DD_ESCAPE_H_INCLUDED
#define DD_ESCAPE_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that one byte takes at most when escaped, and in JSON. */
#define DD_ESCAPE_MAX 4
#define DD_ESCAPE_JSON_MAX 6

/* Whether a character acts on a terminal or on its neighbours instead of standing there: control
   characters, line separators, what turns the direction of text, and what can't be seen. */
bool dd_escape_acts(uint32_t character);

/* Writes data escaped, and a NUL, into room bytes; stops before the first character that doesn't
   fit. Returns the length without the NUL. */
size_t dd_escape_text(const void *data, size_t size, char *out, size_t room);

/* The same for a line of JSON, whose own escapes stay: characters that act become \uNNNN, so that
   it still says what it said. A byte that is no UTF-8 becomes the replacement character. */
size_t dd_escape_json(const char *json, char *out, size_t room);

/* Overwrites each byte of characters that act, and of what is no UTF-8, with a '?'. For text that
   mustn't grow, and may be escaped later. */
void dd_escape_mask(char *text);

#endif
