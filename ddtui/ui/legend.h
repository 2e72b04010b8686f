/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * legend - what the titles of columns and the words for a state mean, as data
 *
 * Help shows it, and ddtui(1) has the same.
 */
#ifndef LEGEND_H_INCLUDED
#define LEGEND_H_INCLUDED

#include <stddef.h>

typedef enum { LEGEND_STATES, LEGEND_COLUMNS, LEGEND_DETAILS, LEGENDS } legend_kind_t;

typedef struct {
    legend_kind_t kind;
    const char *name;
    const char *meaning;
} legend_t;

/* All of them, those of one kind together. */
const legend_t *legend_all(size_t *count);
const char *legend_title(legend_kind_t kind);

#endif
