/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * table_layout - how wide the columns of a table are, so that no line is wrapped
 */
#include "table_layout.h"

#include <string.h>

#include "libdd/base/utf8.h"

/* Cells between columns, where there is room and where there isn't. */
#define GAP_WIDE 2
#define GAP_NARROW 1
/* Cells that are left of a text at least, before columns are left out; and half of what its table
   says. */
#define TEXT_LEAST 12
/* And when nothing more can be left out. */
#define TEXT_SHORTEST 4

/* Fields that are left out, the first one first. */
static const char *const LEFT_OUT[] = {"subscriptions", "out", "in", "idle_ms", "since_ms",
    "uptime_ms", "path", "scope", "tenant", "level", "outbox", "clients", "rtt_us", "refused"};

static unsigned larger(unsigned a, unsigned b)
{
    return a > b ? a : b;
}

/* Cells that a line takes. */
static unsigned width_of(const table_layout_t *self, size_t count)
{
    unsigned width = 0;
    for (size_t i = 0; i < count; i++)
        if (self->widths[i] > 0)
            width += self->widths[i] + (width > 0 ? self->gap : 0);
    return width;
}

/* As narrow as what stands in them, or also as wide as the table says. */
static void set_widths(
    table_layout_t *self, const columns_t *columns, const unsigned needed[], bool roomy)
{
    for (size_t i = 0; i < columns->count; i++) {
        const column_t *column = &columns->columns[i];
        if (!column->title)
            continue;
        self->widths[i] = larger(needed[i], (unsigned)dd_utf8_width(column->title));
        if (roomy)
            self->widths[i] = larger(self->widths[i], column->width);
    }
}

static bool can_be_cut(const column_t *column, unsigned width, bool further)
{
    unsigned least = further ? TEXT_SHORTEST : larger(TEXT_LEAST, column->width / 2);
    return column->kind == COLUMN_TEXT && width > least;
}

/* The widest text that can be cut, further than is good if need be; NULL if there is none. */
static unsigned *widest_text(table_layout_t *self, const columns_t *columns, bool further)
{
    unsigned *widest = NULL;
    for (size_t i = 0; i < columns->count; i++)
        if (can_be_cut(&columns->columns[i], self->widths[i], further) &&
            (!widest || self->widths[i] > *widest))
            widest = &self->widths[i];
    return widest;
}

static bool cut_texts(table_layout_t *self, const columns_t *columns, unsigned limit, bool further)
{
    unsigned *widest;
    while (width_of(self, columns->count) > limit &&
           (widest = widest_text(self, columns, further)) != NULL)
        --*widest;
    return width_of(self, columns->count) <= limit;
}

static void leave_out(table_layout_t *self, const columns_t *columns, const char *field)
{
    for (size_t i = 0; i < columns->count; i++)
        if (strcmp(columns->columns[i].field, field) == 0)
            self->widths[i] = 0;
}

/* What is left in the end: as much as fits, and of the first column at least a part. */
static void cut_off(table_layout_t *self, size_t count, unsigned limit)
{
    for (size_t i = count; i-- > 1 && width_of(self, count) > limit;)
        self->widths[i] = 0;
    if (self->widths[0] > limit)
        self->widths[0] = limit;
}

static void squeeze(
    table_layout_t *self, const columns_t *columns, const unsigned needed[], unsigned limit)
{
    const size_t MOST = sizeof LEFT_OUT / sizeof LEFT_OUT[0];
    for (size_t left_out = 0; left_out <= MOST; left_out++) {
        set_widths(self, columns, needed, false);
        for (size_t i = 0; i < left_out; i++)
            leave_out(self, columns, LEFT_OUT[i]);
        if (cut_texts(self, columns, limit, false))
            return;
    }
    if (!cut_texts(self, columns, limit, true))
        cut_off(self, columns->count, limit);
}

static void fit(
    table_layout_t *self, const columns_t *columns, const unsigned needed[], unsigned limit)
{
    set_widths(self, columns, needed, true);
    if (width_of(self, columns->count) <= limit)
        return;
    set_widths(self, columns, needed, false);
    if (width_of(self, columns->count) <= limit)
        return;
    self->gap = GAP_NARROW;
    squeeze(self, columns, needed, limit);
}

/* The last column has the rest of the line. */
static void fill_up(table_layout_t *self, size_t count, unsigned limit)
{
    size_t last = count - 1;
    while (last > 0 && self->widths[last] == 0)
        last--;
    self->widths[last] += limit - width_of(self, count);
}

void table_layout_make(
    table_layout_t *self, const columns_t *columns, const unsigned needed[], unsigned limit)
{
    *self = (table_layout_t){.gap = GAP_WIDE};
    if (limit > 0) {
        fit(self, columns, needed, limit);
        fill_up(self, columns->count, limit);
        return;
    }
    for (size_t i = 0; i < columns->count; i++)
        self->widths[i] = columns->columns[i].title ? columns->columns[i].width : 0;
}
