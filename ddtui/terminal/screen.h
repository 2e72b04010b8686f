/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * screen - the terminal: shows canvases and CDK's widgets, reads keys and the mouse
 *
 * There is one at most in a process. Only screen*.c know curses and CDK.
 */
#ifndef SCREEN_H_INCLUDED
#define SCREEN_H_INCLUDED

#include "ddtui/ui/canvas.h"
#include "ddtui/ui/chooser.h"
#include "ddtui/ui/console.h"
#include "ddtui/ui/theme.h"

typedef enum { INPUT_NONE, INPUT_KEY, INPUT_PASTED, INPUT_MOUSE } input_kind_t;

/* What came from the terminal. */
typedef struct {
    input_kind_t kind;
    ui_key_t key; /* or the pasted character */
    mouse_t mouse;
    int row;
    int column;
} screen_input_t;

typedef struct screen screen_t;

/* Takes the terminal over. NULL with problem filled if it is none, or none that can be drawn on; it
   is then as it was. The signals that end a program through a fault give the terminal back first.
 */
screen_t *screen_new(bool with_colour, const theme_t *theme, dd_problem_t *problem);
/* Gives the terminal back as it was. */
void screen_destroy(screen_t **self_p);

/* The terminal's size, by its own word, and whatever it is now. */
void screen_size(const screen_t *self, int *rows, int *columns);

/* The next input that is there; INPUT_NONE if there is none. Doesn't wait. */
screen_input_t screen_read(screen_t *self);
/* ms until it is to be called even if there is no input; -1 for never. */
int screen_pause_ms(const screen_t *self);
/* Lets the widget with the focus have a key. True if it moved: kind and item say where to. */
bool screen_inject(screen_t *self, ui_key_t key, chooser_kind_t *kind, size_t *item);

/* Which widget, and which item of it, stands at a place of the terminal. False if none does. */
bool screen_item_at(const screen_t *self, int row, int column, chooser_kind_t *kind, size_t *item);

/* Shows a canvas of the size that screen_size() gave, and over it count choosers. whole: as if
   nothing that stands on the terminal were known. */
void screen_show(screen_t *self, const canvas_t *canvas, const cursor_t *cursor,
    const chooser_t choosers[], size_t count, bool whole);

/* How things look from now on; whoever calls it then shows the whole. */
void screen_set_theme(screen_t *self, const theme_t *theme);

/* Leaves the mouse to the terminal, or takes it back. */
void screen_free_mouse(screen_t *self, bool freed);

/* Gives the terminal back, stops the process until it is continued, and takes it again. */
void screen_suspend(screen_t *self);

#endif
