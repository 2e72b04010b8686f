/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * console - the whole screen: one of the pages, and over it a form, a menu, or a detail
 *
 * Keys go in, drawings come out, and commands for whoever has the connection. It knows neither the
 * terminal nor the client library, so that all of it can be tried without them.
 */
#ifndef CONSOLE_H_INCLUDED
#define CONSOLE_H_INCLUDED

#include "chooser.h"
#include "forms.h"
#include "pages.h"

/* The smallest terminal on which it works. */
#define CONSOLE_COLUMNS_MIN 60
#define CONSOLE_ROWS_MIN 15

/* What a key brought about: bits of a set. */
#define CONSOLE_QUIT 1u
#define CONSOLE_REDRAW 2u    /* the terminal may show something else: draw all of it */
#define CONSOLE_SUSPEND 4u   /* go back to the shell */
#define CONSOLE_COMMAND 8u   /* there is something to be done: console_command() */
#define CONSOLE_COPY 16u     /* and something to be copied: console_copied() */
#define CONSOLE_TREE 64u     /* another tree is wanted: console_wanted_tree() */
#define CONSOLE_RELOAD 128u  /* the configuration file is to be read again */
#define CONSOLE_CONNECT 256u /* another broker is: console_wanted_endpoint() */
#define CONSOLE_MOUSE 32u    /* the mouse is to be given to the terminal or taken back */

typedef enum { MOUSE_CLICK, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN } mouse_t;

typedef struct console console_t;

/* The session view and the history are lent; so is the endpoint. rights as in keymap.h. NULL when
   out of memory. */
console_t *console_new(
    session_view_t *session, history_t *history, const char *endpoint, unsigned rights);
void console_destroy(console_t **self_p);

/* Where it is connected to from now on; lent. */
void console_set_endpoint(console_t *self, const char *endpoint);
/* Names of the trees that can be gone to, which end with NULL, and that of this one, or NULL; lent.
 */
void console_set_trees(console_t *self, const char *const *names, const char *own);
/* Which columns of a page come first, as column_choice has it. */
void console_choose_columns(console_t *self, page_number_t page, const char *names);
/* What curves are drawn with from now on, instead of braille. */
void console_set_glyphs(console_t *self, glyphs_t glyphs);

/* Views to ask of the brokers for what is shown, as bits 1 << view. */
unsigned console_views(const console_t *self);

/* Takes notice of what has changed in the session view. Comes before keys and drawings. */
void console_update(console_t *self);

unsigned console_key(console_t *self, ui_key_t key);
/* A character that was pasted, not typed: it never does anything but to be in a text. */
void console_paste(console_t *self, ui_key_t character);
unsigned console_mouse(console_t *self, mouse_t what, int row, int column);
/* A widget of the screen has moved to an item. */
void console_choose(console_t *self, chooser_kind_t kind, size_t item);

/* An item of a widget was clicked on: it is chosen, and done if it is one to be done. */
unsigned console_pick(console_t *self, chooser_kind_t kind, size_t item);

/* What is to be done; then comes console_done(), with why it couldn't be, or NULL. */
const command_t *console_command(const console_t *self);
void console_done(console_t *self, const char *why);
/* The message that the form to save one was opened for, wherever the selection has gone since; NULL
   if it is no longer kept. Valid until the next event. */
const message_t *console_message_to_save(const console_t *self);

/* What is to go to the clipboard; valid until the next key. */
const char *console_copied(const console_t *self, size_t *size);
/* Whether the mouse is the terminal's. */
bool console_mouse_freed(const console_t *self);
/* The tree that was chosen. */
const char *console_wanted_tree(const console_t *self);
/* The endpoints that were typed, good ones. */
const char *console_wanted_endpoint(const console_t *self);
/* The page that is to be exported: the one that is shown. */
page_t *console_exported(const console_t *self);

/* Draws everything but the choosers, which it puts into out, room for two; returns their count. */
size_t console_draw(console_t *self, canvas_t *canvas, cursor_t *cursor, chooser_t out[2]);

#endif
