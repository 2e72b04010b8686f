/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * table_layout - how wide the columns of a table are, so that no line is wrapped
 */
#ifndef TABLE_LAYOUT_H_INCLUDED
#define TABLE_LAYOUT_H_INCLUDED

#include "ddtui/model/columns.h"

#define TABLE_COLUMNS_MAX 64

typedef struct {
    unsigned widths[TABLE_COLUMNS_MAX]; /* cells; 0: the column isn't shown */
    unsigned gap;                       /* cells between two columns */
} table_layout_t;

/*
 * Lays the columns out in a line of so many cells; 0: however long it gets, each as wide as its
 * table says. needed has the cells that the widest value of each takes.
 *
 * Where there is room, all of each value is seen. Where there is less, columns are as narrow as
 * what stands in them, then texts are cut, and then columns are left out that tell least of
 * trouble.
 */
void table_layout_make(
    table_layout_t *self, const columns_t *columns, const unsigned needed[], unsigned limit);

#endif
