/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * list - a list of rows that is scrolled, filtered, ordered, and in which one row is selected
 */
#include "list.h"

#include <stdlib.h>
#include <string.h>

#include "tree_order.h"

typedef struct {
    size_t index;
    uint64_t identity;
    bool found; /* the filter wants it */
    bool known; /* it has something in the column that the list is ordered by */
} row_t;

struct list {
    const list_ops_t *ops;
    bool rolls;
    query_t filter;
    bool all;      /* the filter leaves nothing out */
    size_t found;  /* rows that it wants */
    size_t column; /* by which it is ordered */
    bool reverse;
    size_t sheet; /* of columns */
    row_t *rows;  /* in the order of their positions */
    size_t count;
    size_t room;
    size_t selected;   /* position; 0 in an empty list */
    uint64_t identity; /* of the selected row */
    bool at_end;       /* the last row is selected, or there is none yet */
    bool held;         /* the selection stays with its row */
    bool lost;         /* which is gone */
    size_t top;        /* first visible position */
    size_t height;     /* visible rows, when it was last drawn */
};

/* What qsort_r() passes on. */
typedef struct {
    const list_t *list;
    const void *source;
} sorting_t;

list_t *list_new(const list_ops_t *ops, bool rolls)
{
    list_t *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    *self = (list_t){.ops = ops, .rolls = rolls, .column = LIST_NONE, .at_end = rolls, .height = 1};
    return self;
}

void list_destroy(list_t **self_p)
{
    list_t *self = self_p ? *self_p : NULL;
    if (!self)
        return;
    query_clear(&self->filter);
    free(self->rows);
    free(self);
    *self_p = NULL;
}

/* ---- What is shown -------------------------------------------------------------------------- */

static bool make_room(list_t *self, size_t count)
{
    if (count <= self->room)
        return true;
    row_t *rows = reallocarray(self->rows, count, sizeof *rows);
    if (!rows)
        return false;
    self->rows = rows;
    self->room = count;
    return true;
}

/* A row as the filter asks for its texts. */
typedef struct {
    const list_ops_t *ops;
    const void *source;
    size_t index;
} candidate_t;

static size_t candidate_text(const void *row, const char *field, char *out, size_t room)
{
    const candidate_t *self = row;
    if (!field)
        return self->ops->text(self->source, self->index, out, room);
    return self->ops->field ? self->ops->field(self->source, self->index, field, out, room)
                            : SIZE_MAX;
}

static bool is_found(const list_t *self, const void *source, size_t index)
{
    candidate_t candidate = {self->ops, source, index};
    return self->filter.count > 0 && query_wants(&self->filter, candidate_text, &candidate);
}

static void take_row(list_t *self, const void *source, size_t index)
{
    bool found = is_found(self, source, index);
    bool hidden = self->ops->hidden && self->ops->hidden(source, index);
    bool filtered = self->filter.count > 0 && !self->all;
    self->found += found;
    if (found || (!filtered && !hidden))
        self->rows[self->count++] =
            (row_t){.index = index, .identity = self->ops->identity(source, index), .found = found};
}

static bool is_known(const list_t *self, const void *source, size_t index)
{
    return !self->ops->known || self->ops->known(source, index, self->column);
}

static int compare_rows(const void *a, const void *b, void *arg)
{
    const sorting_t *sorting = arg;
    const list_t *self = sorting->list;
    const row_t *rows[2] = {a, b};
    size_t left = rows[0]->index, right = rows[1]->index;
    if (rows[0]->known != rows[1]->known)
        return rows[0]->known ? -1 : 1;
    int order = self->ops->compare(sorting->source, left, right, self->column);
    if (self->reverse)
        order = -order;
    return order ? order : (left > right) - (left < right);
}

/* The place, among the rows in their new order, of the nearest row above one in the tree that is in
   the list; LIST_NONE if there is none. */
static size_t place_above(
    const list_t *self, const void *source, size_t index, const size_t *places)
{
    size_t above = index;
    do {
        size_t parent = self->ops->parent(source, above);
        above = parent < above ? parent : LIST_NONE;
    } while (above != LIST_NONE && places[above] == LIST_NONE);
    return above != LIST_NONE ? places[above] : LIST_NONE;
}

/* Puts rows that are in an order below those which they stand below. Out of memory they stay in
   that order. */
static void arrange(list_t *self, const void *source)
{
    size_t total = self->ops->count(source);
    size_t *places = reallocarray(NULL, total, sizeof *places);
    size_t *above = reallocarray(NULL, self->count, sizeof *above);
    row_t *rows = reallocarray(NULL, self->count, sizeof *rows);
    if (places && above && rows) {
        memset(places, 0xff, total * sizeof *places); /* LIST_NONE */
        for (size_t i = 0; i < self->count; i++)
            places[self->rows[i].index] = i;
        for (size_t i = 0; i < self->count; i++)
            above[i] = place_above(self, source, self->rows[i].index, places);
        if (tree_order(above, self->count, places))
            for (size_t i = 0; i < self->count; i++)
                rows[i] = self->rows[places[i]];
        else
            memcpy(rows, self->rows, self->count * sizeof *rows);
        memcpy(self->rows, rows, self->count * sizeof *rows);
    }
    free(places);
    free(above);
    free(rows);
}

static void sort(list_t *self, const void *source)
{
    sorting_t sorting = {self, source};
    if (self->column == LIST_NONE || !self->ops->compare || self->count < 2)
        return;
    for (size_t i = 0; i < self->count; i++)
        self->rows[i].known = is_known(self, source, self->rows[i].index);
    qsort_r(self->rows, self->count, sizeof *self->rows, compare_rows, &sorting);
    if (self->ops->parent)
        arrange(self, source);
}

/* The position of the selected row; the count of rows if it is gone. */
static size_t find_selected(const list_t *self)
{
    size_t position = 0;
    while (position < self->count && self->rows[position].identity != self->identity)
        position++;
    return position;
}

/* Finds the selected row again, or stays where it was. */
static void select_again(list_t *self)
{
    size_t found = find_selected(self);
    self->lost = self->held && found == self->count;
    if (self->rolls && self->at_end && !self->held)
        found = self->count - 1;
    if (self->count == 0)
        self->selected = 0;
    else if (found < self->count)
        self->selected = found;
    else if (self->selected >= self->count)
        self->selected = self->count - 1;
    if (self->count > 0 && !self->lost)
        self->identity = self->rows[self->selected].identity;
}

void list_update(list_t *self, const void *source)
{
    size_t count = self->ops->count(source);
    self->count = self->found = 0;
    if (make_room(self, count))
        for (size_t index = 0; index < count; index++)
            take_row(self, source, index);
    sort(self, source);
    select_again(self);
}

size_t list_count(const list_t *self)
{
    return self->count;
}

size_t list_index(const list_t *self, size_t position)
{
    return self->rows[position].index;
}

void list_set_filter(list_t *self, const char *text)
{
    query_set(&self->filter, text);
    self->all &= self->filter.count > 0;
}

void list_show_all(list_t *self, bool all)
{
    self->all = all && self->filter.count > 0;
}

bool list_shows_all(const list_t *self)
{
    return self->all;
}

size_t list_found(const list_t *self)
{
    return self->found;
}

const query_t *list_filter(const list_t *self)
{
    return &self->filter;
}

void list_set_order(list_t *self, size_t column, bool reverse)
{
    self->column = column;
    self->reverse = reverse;
}

size_t list_order(const list_t *self, bool *reverse)
{
    *reverse = self->reverse;
    return self->column;
}

void list_set_sheet(list_t *self, size_t sheet)
{
    self->sheet = sheet;
}

size_t list_sheet(const list_t *self)
{
    return self->sheet;
}

/* ---- The selection -------------------------------------------------------------------------- */

size_t list_selected(const list_t *self)
{
    return self->count > 0 && !self->lost ? self->selected : LIST_NONE;
}

size_t list_selected_index(const list_t *self)
{
    size_t selected = list_selected(self);
    return selected != LIST_NONE ? self->rows[selected].index : LIST_NONE;
}

void list_hold(list_t *self, bool held)
{
    self->held = held;
    self->lost &= held;
}

void list_select(list_t *self, size_t position)
{
    if (self->count == 0)
        return;
    self->selected = position < self->count ? position : self->count - 1;
    self->at_end = self->selected == self->count - 1;
    self->lost = false;
    self->identity = self->rows[self->selected].identity;
}

size_t list_top(list_t *self, size_t height)
{
    self->height = height > 0 ? height : 1;
    if (self->selected < self->top)
        self->top = self->selected;
    if (self->selected >= self->top + self->height)
        self->top = self->selected - self->height + 1;
    if (self->count < self->top + self->height)
        self->top = self->count > self->height ? self->count - self->height : 0;
    return self->top;
}

/* The next row that the filter wants, or the one before; after the last comes the first. */
static void select_found(list_t *self, bool next)
{
    size_t at = self->selected;
    for (size_t i = 0; i < self->count; i++) {
        at = (at + (next ? 1 : self->count - 1)) % self->count;
        if (self->rows[at].found) {
            list_select(self, at);
            return;
        }
    }
}

bool list_act(list_t *self, action_t action)
{
    size_t page = self->height > 1 ? self->height - 1 : 1;
    size_t at = self->selected;
    switch (action) {
    case ACT_UP:
        list_select(self, at > 0 ? at - 1 : 0);
        return true;
    case ACT_DOWN:
        list_select(self, at + 1);
        return true;
    case ACT_PAGE_UP:
        list_select(self, at > page ? at - page : 0);
        return true;
    case ACT_PAGE_DOWN:
        list_select(self, at + page);
        return true;
    case ACT_FIRST:
        list_select(self, 0);
        return true;
    case ACT_LAST:
        list_select(self, SIZE_MAX);
        return true;
    case ACT_FIND_NEXT:
    case ACT_FIND_PREVIOUS:
        select_found(self, action == ACT_FIND_NEXT);
        return true;
    default:
        return false;
    }
}

uint64_t list_identity(uint64_t identity, const char *text)
{
    /* FNV-1a, the NUL included, so that "ab" + "c" isn't "a" + "bc". */
    do
        identity = (identity ^ (uint8_t)*text) * 0x100000001b3u;
    while (*text++ != '\0');
    return identity;
}
