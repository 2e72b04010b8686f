/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * scope - where in the tree a publication comes from, and from where a subscriber wants them
 */
#include "scope.h"

#include <stdio.h>

const char *const DD_SCOPE_WORDS[] = {"all", "region", "cluster", "node", DD_NOSCOPE, NULL};
/* What each of them stands for. */
static const char *const PATHS[] = {DD_SCOPE_ALL, "/*/", "/*/*/", "/*/*/*/", DD_NOSCOPE};

static void set_text(dd_scope_t *self, const char *text)
{
    self->size = (uint8_t)strlen(text);
    memcpy(self->text, text, self->size + 1u);
}

static void append_text(dd_scope_t *self, const char *text, size_t size)
{
    memcpy(self->text + self->size, text, size);
    self->size = (uint8_t)(self->size + size);
    self->text[self->size] = '\0';
}

static void append_number(dd_scope_t *self, unsigned number)
{
    char digits[16];
    int size = snprintf(digits, sizeof digits, "%u/", number);
    append_text(self, digits, (size_t)size);
}

/* Reads a number or, with wildcards, a star and its slash at *at and appends its canonical form. */
static bool parse_step(dd_scope_t *self, dd_bytes_t text, size_t *at, bool wildcards)
{
    if (wildcards && *at + 1 < text.size && text.data[*at] == '*' && text.data[*at + 1] == '/') {
        *at += 2;
        append_text(self, "*/", 2);
        return true;
    }
    unsigned number = 0;
    size_t start = *at;
    for (; *at < text.size && text.data[*at] >= '0' && text.data[*at] <= '9'; (*at)++) {
        number = number * 10 + (unsigned)(text.data[*at] - '0');
        if (number > DD_SCOPE_NUMBER_MAX)
            return false;
    }
    if (*at == start || *at == text.size || text.data[*at] != '/')
        return false;
    (*at)++;
    append_number(self, number);
    return true;
}

/* Reads a path into its canonical form. */
static bool parse_path(dd_scope_t *self, dd_bytes_t text, bool wildcards)
{
    if (text.size == 0 || text.data[0] != '/')
        return false;
    set_text(self, "/");
    unsigned depth = 0;
    for (size_t at = 1; at < text.size; depth++)
        if (depth == DD_SCOPE_DEPTH_MAX || !parse_step(self, text, &at, wildcards))
            return false;
    return true;
}

bool dd_scope_parse(dd_scope_t *self, dd_bytes_t text)
{
    return parse_path(self, text, false) && self->size > 1;
}

bool dd_scope_parse_pattern(dd_scope_t *self, dd_bytes_t text)
{
    for (size_t i = 0; DD_SCOPE_WORDS[i]; i++) {
        if (dd_bytes_equal(text, dd_bytes_of(DD_SCOPE_WORDS[i]))) {
            set_text(self, PATHS[i]);
            return true;
        }
    }
    return parse_path(self, text, true);
}

const char *dd_scope_word(const char *pattern)
{
    for (size_t i = 0; DD_SCOPE_WORDS[i]; i++)
        if (strcmp(PATHS[i], pattern) == 0)
            return DD_SCOPE_WORDS[i];
    return pattern;
}

/* The text of own's step that begins at *at, its '/' included; moves *at past it. */
static dd_bytes_t next_step(const dd_scope_t *own, size_t *at)
{
    size_t start = *at;
    while (*at < own->size && own->text[*at] != '/')
        (*at)++;
    if (*at < own->size)
        (*at)++;
    return dd_bytes(own->text + start, *at - start);
}

bool dd_scope_resolve(dd_scope_t *self, const dd_scope_t *pattern, const dd_scope_t *own)
{
    if (dd_scope_is_noscope(dd_scope_bytes(pattern))) {
        *self = *pattern;
        return true;
    }
    set_text(self, "/");
    size_t own_at = 1;
    for (size_t at = 1; at < pattern->size;) {
        dd_bytes_t step = next_step(pattern, &at);
        dd_bytes_t own_step = next_step(own, &own_at);
        if (step.data[0] == '*')
            step = own_step;
        if (step.size == 0)
            return false;
        append_text(self, (const char *)step.data, step.size);
    }
    return true;
}

bool dd_scope_covers(dd_bytes_t path, dd_bytes_t origin)
{
    return dd_bytes_begin(origin, path);
}

bool dd_scope_is_resolved(dd_bytes_t path)
{
    dd_scope_t scope;
    if (dd_bytes_equal(path, dd_bytes_of(DD_NOSCOPE)))
        return true;
    return parse_path(&scope, path, false) && dd_bytes_equal(path, dd_scope_bytes(&scope));
}

unsigned dd_scope_depth(dd_bytes_t path)
{
    unsigned slashes = 0;
    for (size_t i = 0; i < path.size; i++)
        slashes += path.data[i] == '/';
    return slashes > 0 ? slashes - 1 : 0;
}

size_t dd_scope_next_prefix(dd_bytes_t origin, size_t size)
{
    while (size < origin.size)
        if (origin.data[size++] == '/')
            return size;
    return 0;
}

bool dd_scope_child(dd_scope_t *self, const dd_scope_t *parent, unsigned number)
{
    if (number > DD_SCOPE_NUMBER_MAX ||
        dd_scope_depth(dd_scope_bytes(parent)) >= DD_SCOPE_DEPTH_MAX)
        return false;
    *self = *parent;
    append_number(self, number);
    return true;
}
