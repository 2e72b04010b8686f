/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * line_editor - a line of text that is being typed
 *
 * Its owner gives it characters and the actions that move or erase; it holds valid UTF-8 at all
 * times.
 */
#ifndef LINE_EDITOR_H_INCLUDED
#define LINE_EDITOR_H_INCLUDED

#include "canvas.h"
#include "keymap.h"

typedef struct line_editor line_editor_t;

/* An empty line of at most max bytes. NULL when out of memory. */
line_editor_t *line_editor_new(size_t max);
void line_editor_destroy(line_editor_t **self_p);

/* Always valid UTF-8. Belongs to the editor, and holds until it changes. */
const char *line_editor_text(const line_editor_t *self);
/* The cursor goes to the end. What is no UTF-8 or too long is left out. */
void line_editor_set(line_editor_t *self, const char *text);

/* Types a character; nothing happens if it doesn't fit. True if the text has changed. */
bool line_editor_type(line_editor_t *self, uint32_t character);
/* Moves or erases, if that is what the action means. True if it is. */
bool line_editor_act(line_editor_t *self, action_t action);

/* Draws the part around the cursor into the area's first line, with the cursor visible in it. Line
   ends and tabs show as their pictures. Returns the cursor's column on the canvas. */
int line_editor_draw(const line_editor_t *self, canvas_t *canvas, rect_t area, unsigned style);

#endif
