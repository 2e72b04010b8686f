/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * keyfile - a JSON file that holds secrets: read, parsed, and wiped
 *
 * What the fields mean is keyring's and ddkeys' business. json-c keeps strings in plain memory of
 * its own; dd_keyfile_destroy() overwrites them, so let no tree from here end otherwise.
 */
#ifndef DD_KEYFILE_H_INCLUDED
#define DD_KEYFILE_H_INCLUDED

#include "libdd/include/dd.h"

struct json_object;

/* A broker's file takes about 200 bytes for a tenant. */
#define DD_KEYFILE_MAX (64u << 20)

/* The JSON object that a file holds, which the caller owns. NULL with *problem filled (DD_E_FILE,
   DD_E_KEYS, DD_E_MEMORY) if it can't be read or is something else. */
struct json_object *dd_keyfile_load(const char *path, dd_problem_t *problem);
/* The same from text; `path` is only for messages. */
struct json_object *dd_keyfile_parse(
    const char *path, const char *json, size_t size, dd_problem_t *problem);

/* Overwrites every string below and frees; takes NULL and *self_p == NULL. */
void dd_keyfile_destroy(struct json_object **self_p);

#endif
