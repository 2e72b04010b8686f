/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * text_pane - lines of text that are read, wrapped to a width and scrolled
 *
 * A pane is made for one drawing, filled, drawn and destroyed. Texts are escaped before they come
 * here.
 */
#ifndef TEXT_PANE_H_INCLUDED
#define TEXT_PANE_H_INCLUDED

#include "canvas.h"
#include "ddtui/model/query.h"

/* Lines of a pane; what comes after them is left out, and the last line says so. */
#define TEXT_PANE_LINES_MAX 20000

typedef struct text_pane text_pane_t;

/* A pane of that many columns. NULL when out of memory; all calls take that and do nothing. */
text_pane_t *text_pane_new(int width);
void text_pane_destroy(text_pane_t **self_p);

int text_pane_width(const text_pane_t *self);
size_t text_pane_count(const text_pane_t *self);

/* Adds a line, which goes on in the next one where it is too long. */
void text_pane_text(text_pane_t *self, unsigned style, const char *text);
__attribute__((format(printf, 3, 4))) void text_pane_print(
    text_pane_t *self, unsigned style, const char *format, ...);
/* The same, and the lines that follow are indented by so many columns. */
void text_pane_hang(text_pane_t *self, unsigned style, int indent, const char *text);
/* Adds "name  value", values under each other. */
void text_pane_pair(text_pane_t *self, const char *name, unsigned style, const char *value);

/* The next line after that one which the query wants, or the one before it; after the last comes
   the first. SIZE_MAX if there is none. */
size_t text_pane_find(const text_pane_t *self, const query_t *query, size_t line, bool next);

/* All lines as one text, with line ends between them. The caller frees it; NULL when out of memory,
   or without a pane. */
char *text_pane_copy(const text_pane_t *self, size_t *size);

/* Draws from a line on, with what a query looks for marked (NULL: nothing is), and returns the line
   that it began with: no further than that the last line is at the bottom. */
size_t text_pane_draw(
    const text_pane_t *self, canvas_t *canvas, rect_t area, size_t first, const query_t *found);

/* Marks in a row of a canvas what a query looks for. */
void text_pane_mark(canvas_t *canvas, rect_t area, int row, const query_t *found);

#endif
