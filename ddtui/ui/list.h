/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * list - a list of rows that is scrolled, filtered, ordered, and in which one row is selected
 *
 * The rows are somebody else's, and change under it; after a change comes list_update(). The
 * selection follows its row, not its place; when the row is gone, the one in its place is selected.
 *
 * An index is a row's place in the source; a position its place in the list as shown.
 */
#ifndef LIST_H_INCLUDED
#define LIST_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ddtui/model/query.h"
#include "keymap.h"

#define LIST_NONE SIZE_MAX

/* Bytes of a row's text that a filter looks at. */
#define LIST_TEXT_ROOM QUERY_TEXT_ROOM

typedef struct {
    size_t (*count)(const void *source);
    /* The same for a row as long as it is the same thing, and no other's. */
    uint64_t (*identity)(const void *source, size_t index);
    /* The text that a filter looks at; returns its bytes. */
    size_t (*text)(const void *source, size_t index, char *out, size_t room);
    /* The same for the field of a name; SIZE_MAX if rows have none such. NULL: no row has fields.
     */
    size_t (*field)(const void *source, size_t index, const char *name, char *out, size_t room);
    /* Rows that are left out as long as there is no filter; NULL if there are none. */
    bool (*hidden)(const void *source, size_t index);
    /* Orders two rows by a column; NULL if the source's order is the only one. */
    int (*compare)(const void *source, size_t a, size_t b, size_t column);
    /* Whether a row has something in a column; those that haven't stand last. NULL: all have. */
    bool (*known)(const void *source, size_t index, size_t column);
    /* The index of the row below which one stands in a tree, which is lower; LIST_NONE if there is
       none. Rows are ordered among those that stand below the same one. NULL: there is no tree. */
    size_t (*parent)(const void *source, size_t index);
} list_ops_t;

typedef struct list list_t;

/* rolls: while the last row is selected, the selection goes to whatever comes after it. NULL when
   out of memory. */
list_t *list_new(const list_ops_t *ops, bool rolls);
void list_destroy(list_t **self_p);

/* Takes over what the source holds now. Out of memory, the list is empty. */
void list_update(list_t *self, const void *source);

size_t list_count(const list_t *self);
/* The index of the row at a position below list_count(). */
size_t list_index(const list_t *self, size_t position);

/* The selected position and its row's index; LIST_NONE when the list is empty, or the row that is
   held is gone. */
size_t list_selected(const list_t *self);
size_t list_selected_index(const list_t *self);
void list_select(list_t *self, size_t position);
/* While it is held, the selection doesn't roll on, nor go to another row when its own is gone: then
   none is selected. */
void list_hold(list_t *self, bool held);

/* The first visible position of a list of that height, so that the selection is visible. */
size_t list_top(list_t *self, size_t height);
/* Moves through the list if that is what the action means; height is that of list_top(). */
bool list_act(list_t *self, action_t action);

/* A change of these shows with the next list_update(). */
void list_set_filter(list_t *self, const char *text);
/* Whether rows that the filter doesn't want are in the list, too, so that what is around the others
   can be seen. Ends with the filter. */
void list_show_all(list_t *self, bool all);
bool list_shows_all(const list_t *self);
/* Rows in the list that the filter wants. */
size_t list_found(const list_t *self);
const query_t *list_filter(const list_t *self);
/* Orders by a column; LIST_NONE for the source's own order. */
void list_set_order(list_t *self, size_t column, bool reverse);
size_t list_order(const list_t *self, bool *reverse);

/* Which of the sheets of columns is shown, where not all have a place: list_table_draw() knows how
   many there are. */
void list_set_sheet(list_t *self, size_t sheet);
size_t list_sheet(const list_t *self);

/* A number to start an identity with, and a text added to it. */
#define LIST_IDENTITY 0xcbf29ce484222325u
uint64_t list_identity(uint64_t identity, const char *text);

#endif
