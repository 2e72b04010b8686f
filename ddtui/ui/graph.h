/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * graph - the last 15 minutes of some figures, one above the other, each with its own scale
 */
#ifndef GRAPH_H_INCLUDED
#define GRAPH_H_INCLUDED

#include "canvas.h"
#include "ddtui/model/columns.h"
#include "ddtui/model/timelines.h"
#include "glyphs.h"

/* One of the figures. */
typedef struct {
    figure_t figure;
    const char *name;
    column_kind_t kind; /* its words */
    const char *unit;   /* after them */
    unsigned style;
} graph_line_t;

typedef struct {
    const timeline_t *timeline; /* NULL: nothing is known */
    const graph_line_t *lines;
    size_t count;
} graph_t;

/* The most room for what it is about, in words. */
#define GRAPH_TITLE_ROOM 1024

/* Draws it as it is at now_ms. A figure of which nothing is known is left out; one that has been 0
   all the time is a line of text. */
void graph_draw(
    const graph_t *self, uint64_t now_ms, glyphs_t glyphs, canvas_t *canvas, rect_t area);

#endif
