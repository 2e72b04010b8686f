/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * names - the tenants that a person named, and the files of their keys
 */
#ifndef NAMES_H_INCLUDED
#define NAMES_H_INCLUDED

#include "libdd/base/buffer.h"
#include "libdd/include/dd.h"

#define KEYS_SUFFIX "-keys.json"
#define BROKER_FILE "broker" KEYS_SUFFIX
#define PUBLIC_FILE "public" KEYS_SUFFIX
#define OPERATOR_FILE "operator" KEYS_SUFFIX

typedef char tenant_name_t[DD_TENANT_MAX + 1];

/* What an operator is called where a tenant could be, too, and in its file's name; no tenant has a
   dot in its name. */
#define OPERATOR_PREFIX "operator."

typedef struct {
    char text[sizeof OPERATOR_PREFIX + DD_TENANT_MAX + sizeof KEYS_SUFFIX];
} file_name_t;

/* The file of a tenant's keys, without a directory; and of an operator's with a name. */
file_name_t names_file(const char *tenant);
file_name_t names_operator_file(const char *name); /* or DD_OPERATOR: of the one without */

/* The name of the operator that somebody calls "operator.NAME", or whose file begins so; NULL if it
   isn't one's. */
const char *names_operator(const char *text);

/* Whether an operator may be made with this name. DD_E_NAME_INVALID with *problem filled if not. */
dd_error_t names_check_operator(dd_bytes_t name, dd_problem_t *problem);

/* What a key file is called until it is whole: hidden, and beside its place. */
typedef struct {
    char text[1 + sizeof(file_name_t) + sizeof ".new"];
} aside_name_t;
aside_name_t names_aside(const char *file);

/* Whether a directory's entry is called like a key file, and like one that is not yet whole. */
bool names_is_file(const char *entry);
bool names_is_aside(const char *entry);

/* Whether a tenant may be made with this name: valid, fit for a file's name, not one of the words
   that stand for something else. DD_E_NAME_INVALID with *problem filled if not. */
dd_error_t names_check(dd_bytes_t name, dd_problem_t *problem);

typedef struct {
    tenant_name_t *at;
    size_t count;
} names_t;

/* Reads "a, b, c": at least one name, none twice, white space around them trimmed. NULL with
 *problem filled if it is wrong. */
names_t *names_new(dd_bytes_t list, dd_problem_t *problem);
void names_destroy(names_t **self_p);

#endif
