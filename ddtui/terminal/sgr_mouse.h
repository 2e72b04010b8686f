/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sgr_mouse - what a terminal reports of its mouse in decimal numbers: ESC [ < BUTTON ; X ; Y M
 *
 * The older form has a byte for each, so that what happens beyond column 223 can't be said in it.
 * curses reads this one only of terminals whose description has it, which many leave out.
 */
#ifndef SGR_MOUSE_H_INCLUDED
#define SGR_MOUSE_H_INCLUDED

#include <stdbool.h>

#include "ddtui/ui/console.h"
#include "ddtui/ui/keymap.h"

typedef enum {
    SGR_MOUSE_NONE, /* not within a report */
    SGR_MOUSE_MORE, /* within one */
    SGR_MOUSE_DONE, /* it is complete and says something */
    SGR_MOUSE_VOID  /* it is complete and says nothing, or is none */
} sgr_mouse_state_t;

/* All 0 at the beginning. */
typedef struct {
    sgr_mouse_state_t state;
    int numbers[3]; /* button, column and row from 1 */
    int count;      /* of those that are complete */
    mouse_t mouse;  /* once it is done, with row and column from 0 */
    int row;
    int column;
} sgr_mouse_t;

/* What begins a report has come. */
void sgr_mouse_begin(sgr_mouse_t *self);

/* Takes the next character of it. */
sgr_mouse_state_t sgr_mouse_take(sgr_mouse_t *self, ui_key_t character);

#endif
