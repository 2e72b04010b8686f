/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * screen_widget - choosers as widgets of CDK
 *
 * A widget belongs to the screen that made it and is destroyed before that. CDK is driven by single
 * keys and never reads the terminal itself.
 */
#ifndef SCREEN_WIDGET_H_INCLUDED
#define SCREEN_WIDGET_H_INCLUDED

#include "ddtui/ui/chooser.h"
#include "ddtui/ui/keymap.h"

typedef struct screen_widget screen_widget_t;

/* Makes the widget of a chooser on a CDKSCREEN, which is passed as what it is. NULL if there is no
   room, or no memory. */
screen_widget_t *screen_widget_new(void *cdk_screen, const chooser_t *chooser);
/* Also takes it off the terminal. */
void screen_widget_destroy(screen_widget_t **self_p);

/* Whether the widget still is that of a chooser, but for the item it is at. */
bool screen_widget_is_of(const screen_widget_t *self, const chooser_t *chooser);
/* Draws it at its current item. */
void screen_widget_draw(screen_widget_t *self, size_t current);
/* Lets it have a key. True if that means something to it; then *item is where it stands. */
bool screen_widget_inject(screen_widget_t *self, ui_key_t key, size_t *item);
/* Which item stands at a place of the terminal. False if none does. */
bool screen_widget_item_at(const screen_widget_t *self, int row, int column, size_t *item);
chooser_kind_t screen_widget_kind(const screen_widget_t *self);
bool screen_widget_has_focus(const screen_widget_t *self);

#endif
