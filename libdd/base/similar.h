/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * similar - which word could be meant by one that was typed wrong
 */
#ifndef DD_SIMILAR_H_INCLUDED
#define DD_SIMILAR_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>

/* What *best begins with: so many letters wrong, and it is another word. */
#define DD_SIMILAR_NOT 3

/* Whether a word could be meant that was typed wrong, in that many bytes, and better than any
   before: *best is how wrong the best one so far is. */
bool dd_similar(const char *word, const char *typed, size_t size, size_t *best);

#endif
