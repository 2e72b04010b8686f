/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * query - which rows of a list are wanted, as somebody types it
 */
#include "query.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* ---- What was typed ------------------------------------------------------------------------- */

/* Bytes of a regular expression with its slashes: up to the last that ends a term, or to the end,
   as long as it is being typed. */
static size_t regex_size(const char *at)
{
    for (size_t size = 1; at[size] != '\0'; size++)
        if (at[size] == '/' && (at[size + 1] == ' ' || at[size + 1] == '\0'))
            return size + 1;
    return strlen(at);
}

/* Bytes of a field's name at the start of a term, without its colon; 0 if there is none. */
static size_t field_size(const char *at)
{
    size_t size = 0;
    while (size < QUERY_FIELD_ROOM && (isalnum((unsigned char)at[size]) || at[size] == '_'))
        size++;
    return size < QUERY_FIELD_ROOM && at[size] == ':' ? size : 0;
}

/* "/1/2/" is a scope. */
static bool is_scope(const char *at, size_t size)
{
    return strspn(at, "/0123456789") >= size;
}

static void copy(const char *from, size_t size, char out[FILTER_ROOM])
{
    snprintf(out, FILTER_ROOM, "%.*s", (int)size, from);
}

static void set_regex(query_t *self, query_term_t *term, const char *at, size_t size)
{
    char pattern[FILTER_ROOM];
    bool ended = size > 1 && at[size - 1] == '/';
    copy(at + 1, size - 1 - (ended ? 1 : 0), pattern);
    int error = regcomp(&term->regex, pattern, REG_EXTENDED | REG_ICASE | REG_NOSUB);
    if (error == 0)
        term->is_regex = true;
    else if (self->problem[0] == '\0')
        regerror(error, NULL, self->problem, sizeof self->problem);
}

/* Reads the term that begins there, and returns its bytes. */
static size_t read_term(query_t *self, query_term_t *term, const char *start)
{
    const char *at = start;
    char text[FILTER_ROOM];
    *term = (query_term_t){.inverted = *at == '!'};
    at += term->inverted ? 1 : 0;
    const char *whole = at;
    size_t field = field_size(at);
    for (size_t i = 0; i < field; i++)
        term->field[i] = (char)tolower((unsigned char)at[i]);
    at += field > 0 ? field + 1 : 0;
    size_t size = *at == '/' ? regex_size(at) : strcspn(at, " ");
    bool is_regex = *at == '/' && !is_scope(at, size);
    if (is_regex)
        set_regex(self, term, at, size);
    copy(at, is_regex ? 0 : size, text);
    filter_set(&term->what, text);
    copy(whole, (size_t)(at - whole) + size, text);
    filter_set(&term->whole, text);
    return (size_t)(at - start) + size;
}

/* Nothing is left out yet when only a '!' or a field's name is typed. */
static bool says_something(const query_term_t *self)
{
    return self->is_regex || self->what.length > 0;
}

void query_clear(query_t *self)
{
    for (size_t i = 0; i < self->count; i++)
        if (self->terms[i].is_regex)
            regfree(&self->terms[i].regex);
    self->count = 0;
    self->text[0] = self->problem[0] = '\0';
}

void query_set(query_t *self, const char *text)
{
    query_clear(self);
    snprintf(self->text, sizeof self->text, "%s", text);
    const char *at = self->text + strspn(self->text, " ");
    while (*at != '\0' && self->count < QUERY_TERMS_MAX) {
        query_term_t *term = &self->terms[self->count];
        at += read_term(self, term, at);
        at += strspn(at, " ");
        self->count += says_something(term) ? 1 : 0;
    }
}

/* ---- What it wants -------------------------------------------------------------------------- */

static bool matches(const query_term_t *self, char *text, size_t size)
{
    if (!self->is_regex)
        return filter_wants(&self->what, text, size);
    for (size_t i = 0; i < size; i++)
        if (text[i] == '\0')
            text[i] = ' ';
    text[size] = '\0';
    return regexec(&self->regex, text, 0, NULL, 0) == 0;
}

static bool term_wants(const query_term_t *self, query_text_t text, const void *row)
{
    char room[QUERY_TEXT_ROOM];
    const char *field = self->field[0] != '\0' ? self->field : NULL;
    size_t size = text(row, field, room, sizeof room - 1);
    if (size != SIZE_MAX)
        return matches(self, room, size) != self->inverted;
    size = text(row, NULL, room, sizeof room - 1);
    return filter_wants(&self->whole, room, size) != self->inverted;
}

bool query_wants(const query_t *self, query_text_t text, const void *row)
{
    bool wanted = true;
    for (size_t i = 0; i < self->count && wanted; i++)
        wanted = term_wants(&self->terms[i], text, row);
    return wanted;
}

static size_t plain_text(const void *row, const char *field, char *out, size_t room)
{
    size_t size = strnlen(row, room);
    if (field)
        return SIZE_MAX;
    memcpy(out, row, size);
    return size;
}

bool query_wants_text(const query_t *self, const char *text)
{
    return query_wants(self, plain_text, text);
}

bool query_looks_for(const query_t *self)
{
    for (size_t i = 0; i < self->count; i++)
        if (!self->terms[i].inverted)
            return true;
    return false;
}

const char *query_marks(const query_t *self, size_t term)
{
    return self->terms[term].inverted ? "" : self->terms[term].what.text;
}
