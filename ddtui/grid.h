/*
 * grid - a list of rows that is scrolled, filtered, ordered, and in which one row is selected
 *
 * The rows are somebody else's, and change under it; after a change comes grid_update(). The
 * selection follows its row, not its place; when the row is gone, the one in its place is selected.
 *
 * An index is a row's place in the source; a position its place in the list as shown.
 */
#ifndef GRID_H_INCLUDED
#define GRID_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter.h"
#include "keymap.h"

#define GRID_NONE SIZE_MAX

/* Bytes of a row's text that a filter looks at. */
#define GRID_TEXT_ROOM 4096

typedef struct {
    size_t (*count)(const void *source);
    /* The same for a row as long as it is the same thing, and no other's. */
    uint64_t (*identity)(const void *source, size_t index);
    /* The text that a filter looks at; returns its bytes. */
    size_t (*text)(const void *source, size_t index, char *out, size_t room);
    /* Rows that are left out as long as there is no filter; NULL if there are none. */
    bool (*hidden)(const void *source, size_t index);
    /* Orders two rows by a column; NULL if the source's order is the only one. */
    int (*compare)(const void *source, size_t a, size_t b, size_t column);
} grid_ops_t;

typedef struct grid grid_t;

/* rolls: while the last row is selected, the selection goes to whatever comes after it. NULL when
   out of memory. */
grid_t *grid_new(const grid_ops_t *ops, bool rolls);
void grid_destroy(grid_t **self_p);

/* Takes over what the source holds now. Out of memory, the list is empty. */
void grid_update(grid_t *self, const void *source);

size_t grid_count(const grid_t *self);
/* The index of the row at a position below grid_count(). */
size_t grid_index(const grid_t *self, size_t position);

/* The selected position and its row's index; GRID_NONE when the list is empty. */
size_t grid_selected(const grid_t *self);
size_t grid_selected_index(const grid_t *self);
void grid_select(grid_t *self, size_t position);

/* The first visible position of a list of that height, so that the selection is visible. */
size_t grid_top(grid_t *self, size_t height);
/* Moves through the list if that is what the action means; height is that of grid_top(). */
bool grid_act(grid_t *self, action_t action);

/* A change of these shows with the next grid_update(). */
void grid_set_filter(grid_t *self, const char *text);
/* Whether rows that the filter doesn't want are in the list, too, so that what is around the others
   can be seen. Ends with the filter. */
void grid_show_all(grid_t *self, bool all);
bool grid_shows_all(const grid_t *self);
/* Rows in the list that the filter wants. */
size_t grid_found(const grid_t *self);
const filter_t *grid_filter(const grid_t *self);
/* Orders by a column; GRID_NONE for the source's own order. */
void grid_set_order(grid_t *self, size_t column, bool reverse);
size_t grid_order(const grid_t *self, bool *reverse);

/* A number to start an identity with, and a text added to it. */
#define GRID_IDENTITY 0xcbf29ce484222325u
uint64_t grid_identity(uint64_t identity, const char *text);

#endif
