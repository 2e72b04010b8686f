/*
 * grid - a list of rows that is scrolled, filtered, ordered, and in which one row is selected
 */
#include "grid.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    size_t index;
    uint64_t identity;
    bool found; /* the filter wants it */
} row_t;

struct grid {
    const grid_ops_t *ops;
    bool rolls;
    filter_t filter;
    bool all;      /* the filter leaves nothing out */
    size_t found;  /* rows that it wants */
    size_t column; /* by which it is ordered */
    bool reverse;
    row_t *rows; /* in the order of their positions */
    size_t count;
    size_t room;
    size_t selected;   /* position; 0 in an empty list */
    uint64_t identity; /* of the selected row */
    bool at_end;       /* the last row is selected, or there is none yet */
    size_t top;        /* first visible position */
    size_t height;     /* visible rows, when it was last drawn */
};

/* What qsort_r() passes on. */
typedef struct {
    const grid_t *grid;
    const void *source;
} sorting_t;

grid_t *grid_new(const grid_ops_t *ops, bool rolls)
{
    grid_t *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    *self = (grid_t){.ops = ops, .rolls = rolls, .column = GRID_NONE, .at_end = rolls, .height = 1};
    return self;
}

void grid_destroy(grid_t **self_p)
{
    grid_t *self = self_p ? *self_p : NULL;
    if (!self)
        return;
    free(self->rows);
    free(self);
    *self_p = NULL;
}

/* ---- What is shown -------------------------------------------------------------------------- */

static bool make_room(grid_t *self, size_t count)
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

static bool is_found(const grid_t *self, const void *source, size_t index)
{
    if (self->filter.length == 0)
        return false;
    char text[GRID_TEXT_ROOM];
    size_t size = self->ops->text(source, index, text, sizeof text);
    return filter_wants(&self->filter, text, size);
}

static void take_row(grid_t *self, const void *source, size_t index)
{
    bool found = is_found(self, source, index);
    bool hidden = self->ops->hidden && self->ops->hidden(source, index);
    bool filtered = self->filter.length > 0 && !self->all;
    self->found += found;
    if (found || (!filtered && !hidden))
        self->rows[self->count++] = (row_t){index, self->ops->identity(source, index), found};
}

static int compare_rows(const void *a, const void *b, void *arg)
{
    const sorting_t *sorting = arg;
    const grid_t *self = sorting->grid;
    size_t left = ((const row_t *)a)->index, right = ((const row_t *)b)->index;
    int order = self->ops->compare(sorting->source, left, right, self->column);
    if (self->reverse)
        order = -order;
    return order ? order : (left > right) - (left < right);
}

/* Finds the selected row again, or stays where it was. */
static void select_again(grid_t *self)
{
    if (self->count == 0) {
        self->selected = 0;
        return;
    }
    if (self->rolls && self->at_end) {
        self->selected = self->count - 1;
    } else {
        size_t position = 0;
        while (position < self->count && self->rows[position].identity != self->identity)
            position++;
        if (position < self->count)
            self->selected = position;
        else if (self->selected >= self->count)
            self->selected = self->count - 1;
    }
    self->identity = self->rows[self->selected].identity;
}

void grid_update(grid_t *self, const void *source)
{
    size_t count = self->ops->count(source);
    self->count = self->found = 0;
    if (make_room(self, count))
        for (size_t index = 0; index < count; index++)
            take_row(self, source, index);
    sorting_t sorting = {self, source};
    if (self->column != GRID_NONE && self->ops->compare && self->count > 1)
        qsort_r(self->rows, self->count, sizeof *self->rows, compare_rows, &sorting);
    select_again(self);
}

size_t grid_count(const grid_t *self)
{
    return self->count;
}

size_t grid_index(const grid_t *self, size_t position)
{
    return self->rows[position].index;
}

void grid_set_filter(grid_t *self, const char *text)
{
    filter_set(&self->filter, text);
    self->all &= self->filter.length > 0;
}

void grid_show_all(grid_t *self, bool all)
{
    self->all = all && self->filter.length > 0;
}

bool grid_shows_all(const grid_t *self)
{
    return self->all;
}

size_t grid_found(const grid_t *self)
{
    return self->found;
}

const filter_t *grid_filter(const grid_t *self)
{
    return &self->filter;
}

void grid_set_order(grid_t *self, size_t column, bool reverse)
{
    self->column = column;
    self->reverse = reverse;
}

size_t grid_order(const grid_t *self, bool *reverse)
{
    *reverse = self->reverse;
    return self->column;
}

/* ---- The selection -------------------------------------------------------------------------- */

size_t grid_selected(const grid_t *self)
{
    return self->count > 0 ? self->selected : GRID_NONE;
}

size_t grid_selected_index(const grid_t *self)
{
    return self->count > 0 ? self->rows[self->selected].index : GRID_NONE;
}

void grid_select(grid_t *self, size_t position)
{
    if (self->count == 0)
        return;
    self->selected = position < self->count ? position : self->count - 1;
    self->at_end = self->selected == self->count - 1;
    self->identity = self->rows[self->selected].identity;
}

size_t grid_top(grid_t *self, size_t height)
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
static void select_found(grid_t *self, bool next)
{
    size_t at = self->selected;
    for (size_t i = 0; i < self->count; i++) {
        at = (at + (next ? 1 : self->count - 1)) % self->count;
        if (self->rows[at].found) {
            grid_select(self, at);
            return;
        }
    }
}

bool grid_act(grid_t *self, action_t action)
{
    size_t page = self->height > 1 ? self->height - 1 : 1;
    size_t at = self->selected;
    switch (action) {
    case ACT_UP:
        grid_select(self, at > 0 ? at - 1 : 0);
        return true;
    case ACT_DOWN:
        grid_select(self, at + 1);
        return true;
    case ACT_PAGE_UP:
        grid_select(self, at > page ? at - page : 0);
        return true;
    case ACT_PAGE_DOWN:
        grid_select(self, at + page);
        return true;
    case ACT_FIRST:
        grid_select(self, 0);
        return true;
    case ACT_LAST:
        grid_select(self, SIZE_MAX);
        return true;
    case ACT_FIND_NEXT:
    case ACT_FIND_PREVIOUS:
        select_found(self, action == ACT_FIND_NEXT);
        return true;
    default:
        return false;
    }
}

uint64_t grid_identity(uint64_t identity, const char *text)
{
    /* FNV-1a, the NUL included, so that "ab" + "c" isn't "a" + "bc". */
    do
        identity = (identity ^ (uint8_t)*text) * 0x100000001b3u;
    while (*text++ != '\0');
    return identity;
}
