/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * column_choice - which columns of a table come first where there isn't room for all
 *
 * A choice is a text: columns by their titles, with '-' for blanks in them, or by their fields, the
 * most important first. Those that aren't in it stand on the sheets after the first.
 */
#ifndef COLUMN_CHOICE_H_INCLUDED
#define COLUMN_CHOICE_H_INCLUDED

#include "libdd/include/dd.h"
#include "list_table.h"

/* Whether a table has these columns; else *problem says which one isn't there and what was meant.
 */
dd_error_t column_choice_check(const list_table_t *table, const char *names, dd_problem_t *problem);

/* Ranks the columns, which are a copy of the table's, by a choice that has been checked. */
void column_choice_apply(
    const list_table_t *table, const char *names, list_table_column_t columns[]);

#endif
