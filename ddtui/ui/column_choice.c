/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * column_choice - which columns of a table come first where there isn't room for all
 */
#include "column_choice.h"

#include <stdio.h>
#include <string.h>

#include "libdd/base/problem.h"
#include "libdd/base/similar.h"

#define WORD_ROOM 64

/* A title as it is written here: in lower case, without blanks. */
static void name_of(const list_table_column_t *column, char out[WORD_ROOM])
{
    snprintf(out, WORD_ROOM, "%s", column->title);
    for (char *at = out; *at != '\0'; at++)
        *at = (char)(*at == ' ' ? '-' : *at >= 'A' && *at <= 'Z' ? *at + ('a' - 'A') : *at);
}

static size_t find(const list_table_t *table, const char *word)
{
    for (size_t i = 0; i < table->count; i++) {
        char name[WORD_ROOM];
        name_of(&table->columns[i], name);
        if (strcmp(name, word) == 0)
            return i;
    }
    return list_table_named(table, word);
}

/* The next column that is named; false at the end. */
static bool next(const list_table_t *table, const char **at, char word[WORD_ROOM], size_t *column)
{
    *at += strspn(*at, " ");
    size_t size = strcspn(*at, " ");
    snprintf(word, WORD_ROOM, "%.*s", (int)(size < WORD_ROOM ? size : WORD_ROOM - 1), *at);
    *at += size;
    *column = find(table, word);
    return size > 0;
}

dd_error_t column_choice_check(const list_table_t *table, const char *names, dd_problem_t *problem)
{
    char word[WORD_ROOM], meant[WORD_ROOM] = "";
    size_t column, best = DD_SIMILAR_NOT;
    while (next(table, &names, word, &column)) {
        if (column < table->count)
            continue;
        for (size_t i = 0; i < table->count; i++) {
            char name[WORD_ROOM];
            name_of(&table->columns[i], name);
            if (dd_similar(name, word, strlen(word), &best))
                memcpy(meant, name, sizeof meant);
        }
        return meant[0] != '\0'
                   ? dd_problem(problem, DD_E_ARGUMENT,
                         "that list has no column %s; did you mean %s?", word, meant)
                   : dd_problem(problem, DD_E_ARGUMENT,
                         "that list has no column %s; ddtui.conf(5) has them all", word);
    }
    return DD_OK;
}

/* What names a row stands on every sheet anyway; all else comes after what is chosen. */
void column_choice_apply(
    const list_table_t *table, const char *names, list_table_column_t columns[])
{
    char word[WORD_ROOM];
    size_t column;
    unsigned rank = 1;
    for (size_t i = 0; i < table->count; i++)
        columns[i].rank = list_table_names_row(table, i) ? 1 : LIST_TABLE_COLUMNS_MAX + 1;
    while (next(table, &names, word, &column))
        if (column < table->count && columns[column].rank > LIST_TABLE_COLUMNS_MAX)
            columns[column].rank = ++rank;
}
