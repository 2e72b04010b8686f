/*
 * field - a line of text that is being typed
 */
#ifndef FIELD_H_INCLUDED
#define FIELD_H_INCLUDED

#include "canvas.h"
#include "keymap.h"

typedef struct field field_t;

/* An empty field of at most max bytes. NULL when out of memory. */
field_t *field_new(size_t max);
void field_destroy(field_t **self_p);

/* Always valid UTF-8. Belongs to the field, and holds until it changes. */
const char *field_text(const field_t *self);
/* The cursor goes to the end. What is no UTF-8 or too long is left out. */
void field_set(field_t *self, const char *text);

/* Types a character; nothing happens if it doesn't fit. True if the text has changed. */
bool field_type(field_t *self, uint32_t character);
/* Moves or erases, if that is what the action means. True if it is. */
bool field_act(field_t *self, action_t action);

/* Draws the part around the cursor into the area's first line, with the cursor visible in it. Line
   ends and tabs show as their pictures. Returns the cursor's column on the canvas. */
int field_draw(const field_t *self, canvas_t *canvas, rect_t area, unsigned style);

#endif
