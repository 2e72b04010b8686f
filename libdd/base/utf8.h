/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * utf8 - reading UTF-8 that may be anything
 */
#ifndef DD_UTF8_H_INCLUDED
#define DD_UTF8_H_INCLUDED

#include <stddef.h>
#include <stdint.h>

/* Decodes the character at the start of size bytes, at least one; its length, or 0 if it isn't one.
   Overlong forms and surrogates aren't. */
size_t dd_utf8_decode(const uint8_t *at, size_t size, uint32_t *character);

#endif
