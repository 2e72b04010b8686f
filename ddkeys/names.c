/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * names - the tenants that a person named, and the files of their keys
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libdd/base/problem.h"
#include "libdd/keys/keyring.h"
#include "libdd/protocol/name.h"
#include "names.h"

#define ASIDE_SUFFIX ".new"

/* A tenant of such a name would share its file with something else. */
static const char *const RESERVED[] = {"broker", "dd", "operator", "public"};

file_name_t names_file(const char *tenant)
{
    file_name_t file;
    snprintf(file.text, sizeof file.text, "%.*s" KEYS_SUFFIX, DD_TENANT_MAX, tenant);
    return file;
}

file_name_t names_operator_file(const char *name)
{
    file_name_t file;
    if (strcmp(name, DD_OPERATOR) == 0)
        return names_file(name);
    snprintf(file.text, sizeof file.text, OPERATOR_PREFIX "%.*s" KEYS_SUFFIX, DD_TENANT_MAX, name);
    return file;
}

const char *names_operator(const char *text)
{
    size_t size = strlen(OPERATOR_PREFIX);
    return strncmp(text, OPERATOR_PREFIX, size) == 0 ? text + size : NULL;
}

aside_name_t names_aside(const char *file)
{
    aside_name_t aside;
    snprintf(aside.text, sizeof aside.text, ".%s" ASIDE_SUFFIX, file);
    return aside;
}

static bool ends_with(const char *text, const char *end)
{
    size_t size = strlen(text), end_size = strlen(end);
    return size >= end_size && strcmp(text + size - end_size, end) == 0;
}

bool names_is_file(const char *entry)
{
    return entry[0] != '.' && ends_with(entry, KEYS_SUFFIX);
}

bool names_is_aside(const char *entry)
{
    return entry[0] == '.' && ends_with(entry, KEYS_SUFFIX ASIDE_SUFFIX);
}

/* Whether it can be in a file's name, and in a list. */
static bool is_fit(dd_bytes_t name)
{
    return dd_tenant_valid(name) && memchr(name.data, '/', name.size) == NULL &&
           memchr(name.data, ',', name.size) == NULL;
}

static dd_error_t unfit(dd_bytes_t name, const char *whose, dd_problem_t *problem)
{
    int size = name.size > DD_TENANT_MAX ? DD_TENANT_MAX : (int)name.size;
    return dd_problem(problem, DD_E_NAME_INVALID,
        "\"%.*s\" is not %s name: 1 to %d bytes of UTF-8 without white space, control characters, "
        "'.', ':', ',' and '/'",
        size, (const char *)name.data, whose, DD_TENANT_MAX);
}

dd_error_t names_check_operator(dd_bytes_t name, dd_problem_t *problem)
{
    if (dd_bytes_equal(name, dd_bytes_of(DD_OPERATOR)))
        return dd_problem(problem, DD_E_NAME_INVALID,
            "\"" DD_OPERATOR
            "\" is the operator without a name: 'ddkeys add operator' makes its keys");
    return is_fit(name) ? DD_OK : unfit(name, "an operator's", problem);
}

dd_error_t names_check(dd_bytes_t name, dd_problem_t *problem)
{
    for (size_t i = 0; i < sizeof RESERVED / sizeof RESERVED[0]; i++)
        if (dd_bytes_equal(name, dd_bytes_of(RESERVED[i])))
            return dd_problem(problem, DD_E_NAME_INVALID,
                "no tenant can be called \"%s\": the name has a meaning already", RESERVED[i]);
    return is_fit(name) ? DD_OK : unfit(name, "a tenant's", problem);
}

static bool is_space(uint8_t byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static dd_bytes_t trim(dd_bytes_t text)
{
    while (text.size > 0 && is_space(text.data[0])) {
        text.data++;
        text.size--;
    }
    while (text.size > 0 && is_space(text.data[text.size - 1]))
        text.size--;
    return text;
}

/* Takes the text up to the next comma, or all that is left, from the list. */
static dd_bytes_t next_item(dd_bytes_t *list)
{
    const uint8_t *comma = memchr(list->data, ',', list->size);
    dd_bytes_t item = {list->data, comma == NULL ? list->size : (size_t)(comma - list->data)};
    size_t taken = comma == NULL ? item.size : item.size + 1;
    *list = (dd_bytes_t){list->data + taken, list->size - taken};
    return item;
}

static dd_error_t add(names_t *self, dd_bytes_t name, dd_problem_t *problem)
{
    if (names_check(name, problem) != DD_OK)
        return DD_E_NAME_INVALID;
    char *copy = self->at[self->count];
    dd_bytes_copy(name, copy, sizeof self->at[0]);
    for (size_t i = 0; i < self->count; i++)
        if (strcmp(self->at[i], copy) == 0)
            return dd_problem(problem, DD_E_NAME_INVALID, "tenant \"%s\" is named twice", copy);
    self->count++;
    return DD_OK;
}

static size_t count_items(dd_bytes_t list)
{
    size_t items = 1;
    for (size_t i = 0; i < list.size; i++)
        items += list.data[i] == ',';
    return items;
}

names_t *names_new(dd_bytes_t list, dd_problem_t *problem)
{
    list = trim(list);
    if (list.size == 0) {
        dd_problem(problem, DD_E_NAME_INVALID, "no tenant is named; name one or more, like a,b,c");
        return NULL;
    }
    size_t items = count_items(list);
    names_t *self = calloc(1, sizeof *self);
    if (self != NULL)
        self->at = calloc(items, sizeof *self->at);
    if (self == NULL || self->at == NULL) {
        dd_problem(problem, DD_E_MEMORY, "out of memory");
        names_destroy(&self);
        return NULL;
    }
    for (size_t i = 0; i < items; i++) {
        if (add(self, trim(next_item(&list)), problem) != DD_OK) {
            names_destroy(&self);
            return NULL;
        }
    }
    return self;
}

void names_destroy(names_t **self_p)
{
    if (self_p == NULL || *self_p == NULL)
        return;
    free((*self_p)->at);
    free(*self_p);
    *self_p = NULL;
}
