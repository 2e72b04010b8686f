/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * filter - which texts hold another
 *
 * Upper and lower case are the same. An empty filter wants every text.
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
} filter_t;

/* What is longer than a filter can be is cut. */
void filter_set(filter_t *self, const char *text);

/* Whether a text holds it, which may be any bytes. */
bool filter_wants(const filter_t *self, const void *text, size_t size);

#endif
