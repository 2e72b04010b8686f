/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * filter - which rows hold a text
 *
 * Upper and lower case are the same. A '!' at the start turns it around: rows that don't hold what
 * follows. An empty filter takes every row.
 */
#ifndef FILTER_H_INCLUDED
#define FILTER_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Characters of the longest filter, and bytes of its text with the NUL. */
#define FILTER_MAX 64
#define FILTER_ROOM (4 * FILTER_MAX + 2)

typedef struct {
    char text[FILTER_ROOM];    /* as typed */
    uint32_t what[FILTER_MAX]; /* in lower case, not ended */
    size_t length;
    bool inverted;
} filter_t;

/* What is longer than a filter can be is cut. */
void filter_set(filter_t *self, const char *text);

/* Whether a row of this text is wanted. The text may be any bytes. */
bool filter_wants(const filter_t *self, const void *text, size_t size);

/* What is to be marked in the rows that are shown: "" if there is nothing. */
const char *filter_marks(const filter_t *self);

#endif
