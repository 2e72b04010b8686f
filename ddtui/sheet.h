/*
 * sheet - lines of text that are read, wrapped to a width and scrolled
 */
#ifndef SHEET_H_INCLUDED
#define SHEET_H_INCLUDED

#include "canvas.h"
#include "filter.h"

/* Lines of a sheet; what comes after them is left out, and the last line says so. */
#define SHEET_LINES_MAX 20000

typedef struct sheet sheet_t;

/* A sheet of that many columns. NULL when out of memory; all calls take that and do nothing. */
sheet_t *sheet_new(int width);
void sheet_destroy(sheet_t **self_p);

int sheet_width(const sheet_t *self);
size_t sheet_count(const sheet_t *self);

/* Adds a line, which goes on in the next one where it is too long. */
void sheet_text(sheet_t *self, unsigned style, const char *text);
__attribute__((format(printf, 3, 4))) void sheet_print(
    sheet_t *self, unsigned style, const char *format, ...);
/* Adds "name  value", values under each other. */
void sheet_pair(sheet_t *self, const char *name, unsigned style, const char *value);

/* The next line after that one which the filter wants, or the one before it; after the last comes
   the first. SIZE_MAX if there is none. */
size_t sheet_find(const sheet_t *self, const filter_t *filter, size_t line, bool next);

/* Draws from a line on, what is marked as found included, and returns the line that it began with:
   no further than that the last line is at the bottom. */
size_t sheet_draw(
    const sheet_t *self, canvas_t *canvas, rect_t area, size_t first, const char *found);

#endif
