/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * export - what a page shows, as text that leaves the console: a file of rows, or one row to copy
 */
#ifndef EXPORT_H_INCLUDED
#define EXPORT_H_INCLUDED

#include <stdio.h>

#include "page.h"

typedef enum {
    EXPORT_JSON, /* an object a line */
    EXPORT_CSV   /* a line of titles, and a line for each row */
} export_format_t;

/* What the name of a file asks for: CSV if it ends with .csv. */
export_format_t export_format_of(const char *path);

/* Writes the rows of a page's list that are shown, in their order. False, with errno set, if that
   fails. */
bool export_rows(page_t *page, export_format_t format, FILE *out);

/* The selected row as text to be copied: a message's payload, or what the row says, all columns.
   The caller frees it; NULL if no row is selected or when out of memory. */
char *export_row(page_t *page, size_t *size);
/* The same with all that the detail says. */
char *export_detail(page_t *page, size_t *size);

#endif
