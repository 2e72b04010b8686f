/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * columns - what of each row of the model is read, shown and written
 *
 * One table for each view says it all: the field's name in brokers' reports and in --json, the
 * title for people, the width on a screen, and how the value is put into words.
 */
#ifndef COLUMNS_H_INCLUDED
#define COLUMNS_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>

#include <json-c/json.h>

#include "model.h"

/* Bytes that hold any value in words, escaped. */
#define COLUMN_TEXT_ROOM 1024

typedef enum {
    COLUMN_TEXT,  /* char[]; "" is what isn't known */
    COLUMN_COUNT, /* uint64_t, as the following; MODEL_UNKNOWN is what isn't known */
    COLUMN_BYTES,
    COLUMN_MS,
    COLUMN_US,         /* a round trip */
    COLUMN_FINE,       /* us, of which each counts */
    COLUMN_TURNS,      /* uint64_t[MODEL_TURNS]; the first is MODEL_UNKNOWN if they aren't known */
    COLUMN_LOST,       /* lost_t[MODEL_LOST_MAX + 1] */
    COLUMN_PUBLISHERS, /* a publishers_t of a topic_t */
    COLUMN_RATE, /* a second; worked out here, so that it stands in no report, and without a title
                    in no JSON */
    COLUMN_WHEN  /* ms since 1970; known here only, so that it stands in no report */
} column_kind_t;

typedef struct {
    const char *field;
    const char *title; /* in lines of text; NULL: not in them */
    unsigned width;    /* cells; 0: for machines only */
    column_kind_t kind;
    bool key;      /* a row without it is none */
    size_t offset; /* of the member in the row */
    size_t room;   /* of a COLUMN_TEXT, its NUL included */
} column_t;

typedef struct {
    /* What to ask of the brokers; but for the tree, also the field with the rows. */
    const char *name;
    const column_t *columns;
    size_t count;
} columns_t;

/* Of any view but VIEW_NONE. */
const columns_t *columns_of(view_t view);

/* Of a trace's hop_t. */
extern const columns_t HOP_COLUMNS;

/* The column of a field; NULL if there is none. */
const column_t *columns_find(const columns_t *self, const char *field);

/* Makes all of a row unknown. */
void columns_clear(const columns_t *self, void *row);

/* Reads the fields that an object has into a row; the others stay as they are. False if one of them
   has a value that can't be. */
bool columns_read(const columns_t *self, void *row, struct json_object *object);

/* Whether a row has all that makes it one. */
bool columns_complete(const columns_t *self, const void *row);

/* A row as a JSON object with all columns; what isn't known is null. The caller releases it. */
struct json_object *columns_json(const columns_t *self, const void *row);

/* Whether something is known of a row in that column. */
bool column_known(const column_t *self, const void *row);

/* Orders two rows by a column: texts with the numbers in them as numbers, and what isn't known
   last. */
int column_compare(const column_t *self, const void *a, const void *b);

/* A number in the words of a kind that is a single number. */
void column_number_text(column_kind_t kind, uint64_t value, char *out, size_t room);

/* One value in words, escaped by dd_escape_text(); "-" when it isn't known. */
void column_text(const column_t *self, const void *row, char *out, size_t room);

#endif
