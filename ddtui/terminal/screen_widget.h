/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * screen_widget - choosers as widgets of CDK
 */
#ifndef SCREEN_WIDGET_H_INCLUDED
#define SCREEN_WIDGET_H_INCLUDED

#include "ddtui/ui/chooser.h"
#include "ddtui/ui/keymap.h"

typedef struct widget widget_t;

/* Makes the widget of a chooser on a CDKSCREEN, which is passed as what it is. NULL if there is no
   room, or no memory. */
widget_t *widget_new(void *cdk_screen, const chooser_t *chooser);
/* Also takes it off the terminal. */
void widget_destroy(widget_t **self_p);

/* Whether the widget still is that of a chooser, but for the item it is at. */
bool widget_is_of(const widget_t *self, const chooser_t *chooser);
/* Draws it at its current item. */
void widget_draw(widget_t *self, size_t current);
/* Lets it have a key. True if that means something to it; then *item is where it stands. */
bool widget_inject(widget_t *self, ui_key_t key, size_t *item);
/* Which item stands at a place of the terminal. False if none does. */
bool widget_item_at(const widget_t *self, int row, int column, size_t *item);
chooser_kind_t widget_kind(const widget_t *self);
bool widget_has_focus(const widget_t *self);

#endif
