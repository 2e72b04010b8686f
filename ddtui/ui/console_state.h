/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * console_state - what the console is at, as its own files share it
 *
 * console.c has the keys and the mouse, console_forms.c opens the forms, console_draw.c has what it
 * looks like.
 */
#ifndef CONSOLE_STATE_H_INCLUDED
#define CONSOLE_STATE_H_INCLUDED

#include "console.h"

#define SPOTS_MAX 32

/* What is open over the page. */
typedef enum { OVER_NOTHING, OVER_DETAIL, OVER_FORM, OVER_MENU, OVER_LINE, OVER_END } over_t;

/* A place of the screen that stands for an action, to be clicked on. */
typedef struct {
    rect_t area;
    action_t action;
} spot_t;

struct console {
    session_view_t *live;
    history_t *history;
    const char *endpoint;
    unsigned rights;
    pages_t *views;
    page_t page;
    over_t over;
    form_t *form;        /* of OVER_FORM, else NULL */
    line_editor_t *line; /* the filter, while it is typed */
    size_t menu_item;
    size_t end_button; /* of OVER_END: 0 ends the console */
    bool end_told;     /* that the connection has ended for good */
    char end_text[2 * NOTE_ROOM];
    size_t scroll;        /* first line of the detail */
    size_t found;         /* its line that was searched for last; SIZE_MAX: none yet */
    size_t detail_height; /* its lines and columns, when it was drawn last */
    int detail_width;
    spot_t spots[SPOTS_MAX];
    size_t spot_count;
};

page_state_t *console_page(const console_t *self);
/* Which keys work now, as bits of keymap.h. */
unsigned console_where(const console_t *self);
/* The selected client; NULL if none is, or another page is shown. */
const client_t *console_selected_client(console_t *self);
/* Opens the form of an action that has one. Does nothing if what it is about isn't selected. */
void console_open_form(console_t *self, action_t action);
/* The items of the menu; returns their count. */
size_t console_menu(const console_t *self, const binding_t *items[CHOOSER_ITEMS_MAX]);

#endif
