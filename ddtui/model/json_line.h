/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * json_line - JSON objects as lines that a terminal doesn't obey, and as lines of CSV
 *
 * What scripts print and what the console exports is written here.
 */
#ifndef JSON_LINE_H_INCLUDED
#define JSON_LINE_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <json-c/json.h>

/* Adds a text, which must be UTF-8. */
void json_line_add_text(struct json_object *object, const char *field, const char *text);
/* Adds a payload: "text", or as base64 "data64", since JSON holds nothing but UTF-8. */
void json_line_add_data(struct json_object *object, const void *data, size_t size);

/* Writes an object as a line. False, with errno set, if it can't be written. */
bool json_line_put(FILE *out, struct json_object *object);

/* Writes a line of CSV (RFC 4180, but for the end of the line): the names of an object's fields,
   or, in the order of those that `titles` has, the values of another object. Bytes that would act
   on a terminal or end the line are escaped as dd_escape_text() does it. A text that a spreadsheet
   would take for a formula has a ' before it. */
bool json_line_put_csv_titles(FILE *out, struct json_object *titles);
bool json_line_put_csv(FILE *out, struct json_object *titles, struct json_object *object);

#endif
