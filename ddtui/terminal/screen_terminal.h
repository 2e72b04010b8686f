/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * screen_terminal - what is known of the terminal before it is taken over
 *
 * Whoever starts the console without a terminal, or on one that can't be drawn on, gets a sentence
 * and not a broken screen.
 */
#ifndef SCREEN_TERMINAL_H_INCLUDED
#define SCREEN_TERMINAL_H_INCLUDED

#include <stdbool.h>

#include "libdd/include/dd.h"

/* Whether input and output are a terminal that can be drawn on; false with problem filled. */
bool screen_terminal_check(dd_problem_t *problem);

/* Frees what screen_terminal_check() has read, before curses reads it anew. */
void screen_terminal_forget(void);

/* What terminals of xterm's kind can: tell what is pasted from what is typed, and say in numbers
   what the mouse does. */
typedef enum {
    EXTENSION_PASTE_ON,
    EXTENSION_PASTE_OFF,
    EXTENSION_PASTE_BEGIN, /* what comes before and after what is pasted */
    EXTENSION_PASTE_END,
    EXTENSION_MOUSE_ON, /* for those of which curses reads the older form */
    EXTENSION_MOUSE_OFF,
    EXTENSION_MOUSE_BEGIN /* what a report begins with */
} extension_t;

/* While the terminal is known, here or to curses: what is written for it or comes for it. Many
   descriptions leave it out, as that of "screen" does; then it is xterm's, which others pass over.
   "" if the terminal isn't of that kind. */
const char *screen_terminal_extension(extension_t extension);

/* While the terminal is known, here or to curses: a capability by its terminfo name; "" if the
 * terminal hasn't it. */
const char *screen_terminal_capability(const char *name);

#endif
