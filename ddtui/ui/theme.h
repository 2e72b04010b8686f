/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * theme - what each style looks like on a terminal, as data
 */
#ifndef THEME_H_INCLUDED
#define THEME_H_INCLUDED

#include "canvas.h"
#include "libdd/include/dd.h"

#define LOOK_BOLD 1u
#define LOOK_DIM 2u
#define LOOK_UNDERLINE 4u
#define LOOK_REVERSE 8u

/* A look's colour that is the terminal's own. */
#define LOOK_OWN (-1)

typedef struct {
    unsigned attributes; /* bits of LOOK_... */
    short colour; /* of the text: 0 to 7 as the terminal has them, 8 to 15 the bright ones, up
                     to 255 where there are so many */
} look_t;

typedef struct {
    look_t looks[STYLES];
} theme_t;

/* For a dark background, which is what counts where nothing else is said. */
extern const theme_t THEME_DARK;

/* The theme of a name: dark, light, or plain, which has no colours. NULL with *problem saying which
   there are. */
const theme_t *theme_named(const char *name, dd_problem_t *problem);

/* The style of a name; STYLES with *problem saying which was meant. */
style_t theme_style(const char *name, dd_problem_t *problem);

/* Reads a look like "red bold": a colour, by name or number, and any attributes, in any order. */
dd_error_t theme_read_look(look_t *self, const char *text, dd_problem_t *problem);

#endif
