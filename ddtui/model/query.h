/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * query - which rows of a list are wanted, as somebody types it
 *
 * Terms with blanks between them, all of which must hold: a text, which stands somewhere in the
 * row; field:text, of one of its fields; /regex/, extended, which may stand behind a field too; and
 * any of these with '!' before it, which must not hold. Upper and lower case are the same. What
 * isn't the name of a field is text with a colon in it. An empty query wants every row.
 */
#ifndef QUERY_H_INCLUDED
#define QUERY_H_INCLUDED

#include <regex.h>

#include "filter.h"

/* Further terms are left out. */
#define QUERY_TERMS_MAX 8
#define QUERY_FIELD_ROOM 32
/* Bytes of a text that is looked at. */
#define QUERY_TEXT_ROOM 4096

typedef struct {
    char field[QUERY_FIELD_ROOM]; /* in lower case; "" for all of the row */
    bool inverted;
    bool is_regex;
    regex_t regex;
    filter_t what;  /* or the text */
    filter_t whole; /* the same with the field's name, in case that it is none */
} query_term_t;

typedef struct {
    char text[FILTER_ROOM]; /* as typed */
    query_term_t terms[QUERY_TERMS_MAX];
    size_t count;
    char problem[96]; /* what is wrong with a regular expression; "" if nothing is */
} query_t;

/* Where the query looks: writes a row's text, or with a name that of one of its fields, and returns
   its bytes; SIZE_MAX if rows have no such field. */
typedef size_t (*query_text_t)(const void *row, const char *field, char *out, size_t room);

/* Takes the place of what the query was; one that is all zero is empty. */
void query_set(query_t *self, const char *text);
void query_clear(query_t *self);

/* One that is empty, or has a regular expression that is none, wants all. */
bool query_wants(const query_t *self, query_text_t text, const void *row);
/* The same for a text without fields. */
bool query_wants_text(const query_t *self, const char *text);

/* Whether it has something to be looked for, and not only to be left out. */
bool query_looks_for(const query_t *self);

/* What is to be marked in the rows that are shown, for a term: "" if there is nothing. */
const char *query_marks(const query_t *self, size_t term);

#endif
