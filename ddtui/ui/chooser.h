/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * chooser - a choice that CDK shows: a list, a row of buttons, or a dialog
 *
 * This is what is to be chosen from, as data; the screen makes a widget of it, lets it have the
 * keys that move through it, and tells its owner where it stands. Texts are UTF-8; what comes from
 * outside is escaped before. Names of buttons are ASCII.
 */
#ifndef CHOOSER_H_INCLUDED
#define CHOOSER_H_INCLUDED

#include "canvas.h"

#define CHOOSER_ITEMS_MAX 80

typedef enum { CHOOSER_LIST, CHOOSER_BUTTONS, CHOOSER_DIALOG } chooser_kind_t;

typedef struct {
    chooser_kind_t kind;
    rect_t area; /* of a dialog, the middle counts */
    /* Of a list, or the text of a dialog, which may have several lines; NULL for none. */
    const char *title;
    const char *items[CHOOSER_ITEMS_MAX];
    size_t count;
    size_t current; /* below count */
    bool focused;   /* the keys go there */
} chooser_t;

#endif
