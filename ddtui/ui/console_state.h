/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * console_state - what the console is at, and the questions about it that its files share
 *
 * console.c has the keys and the mouse. It calls console_line.c, the line of a command, and
 * console_do.c, which does what that says; both it and this call console_forms.c, which opens the
 * forms. All of them and console_draw.c, which has what the console looks like, call this file, and
 * it calls none of them.
 */
#ifndef CONSOLE_STATE_H_INCLUDED
#define CONSOLE_STATE_H_INCLUDED

#include "command_line.h"
#include "console.h"

#define SPOTS_MAX 32
/* Bytes of an item of the menu, with its key. */
#define MENU_TEXT_ROOM 64

/* What is open over the page; OVER_SEARCH is over the detail, or over a page of text. */
typedef enum {
    OVER_NOTHING,
    OVER_DETAIL,
    OVER_GRAPH,
    OVER_FORM,
    OVER_MENU,
    OVER_ORDER,
    OVER_LINE,
    OVER_SEARCH,
    OVER_COMMAND,
    OVER_CLEAR,
    OVER_END
} over_t;

/* A command while it is typed. */
typedef struct {
    line_editor_t *line;
    completions_t offers;
    size_t marked; /* of these; their count or more for none */
    size_t start;  /* of the word that they would take the place of */
} command_state_t;

/* A place of the screen that stands for an action, to be clicked on. */
typedef struct {
    rect_t area;
    action_t action;
} spot_t;

struct console {
    session_view_t *session;
    history_t *history;
    const char *endpoint;
    unsigned rights;
    pages_t *pages;
    glyphs_t glyphs;
    page_number_t page;
    over_t over;
    page_number_t back_page; /* where help was called, and what was open there */
    over_t back_over;
    form_t *form;        /* of OVER_FORM, else NULL */
    uint64_t to_save;    /* serial of the message that the form to save one is about */
    line_editor_t *line; /* the filter or search, while it is typed */
    bool line_fresh;     /* it holds what was typed before: typing replaces it */
    query_t search;      /* in the detail, or in help; without terms, the page's filter is searched
                            for */
    char *copied;        /* what is to be copied, or NULL */
    size_t copied_size;
    bool mouse_freed; /* it is the terminal's */
    bool paste_told;  /* that what is pasted goes nowhere, since the last key */
    command_state_t command;
    tree_names_t trees;
    const char *tree; /* the name of this one, or NULL */
    char wanted_tree[TREE_NAME_MAX + 1];
    char wanted_endpoint[DD_ENDPOINTS_TEXT];
    size_t menu_item;
    size_t dialog_button; /* of OVER_END: 0 ends the console; of OVER_CLEAR: 0 forgets the rows */
    bool end_told;        /* that the connection has ended for good */
    char dialog_text[2 * NOTE_ROOM];
    char menu_texts[CHOOSER_ITEMS_MAX][MENU_TEXT_ROOM]; /* of OVER_MENU, when it was drawn last */
    bool seeks;        /* the trouble on a page, whose rows are asked for */
    uint64_t seeks_ms; /* since when */
    bool calm;         /* that nothing is in trouble was said, by the note of this serial */
    uint64_t calm_serial;
    size_t scroll; /* first line of the detail */
    size_t found;  /* its line, or that of help, that was searched for last; SIZE_MAX: none yet */
    size_t detail_height; /* its lines and columns, when it was drawn last */
    int detail_width;
    spot_t spots[SPOTS_MAX];
    size_t spot_count;
};

/* The page that is shown. */
page_t *console_page(const console_t *self);
/* Ends what is over the page. */
void console_close_over(console_t *self);
void console_forget_search(console_t *self);
/* Help knows from where it was called. */
void console_show_page(console_t *self, page_number_t page);
/* Whether the page is nothing but text, in which something can be searched for. */
bool console_is_text(const console_t *self);
/* What is searched for in the detail: what was typed there, or else the page's filter. */
const query_t *console_search(const console_t *self);
/* What is typed into the line of the filter or the search. */
const query_t *console_typed(const console_t *self);
/* Which keys work now, as bits of keymap.h. */
unsigned console_where(const console_t *self);
/* Why the user may not do what needs these rights. */
const char *console_why_not(const console_t *self, unsigned needs);
/* The items of the menu; returns their count. */
size_t console_menu(const console_t *self, const binding_t *items[CHOOSER_ITEMS_MAX]);

/* How many messages, or events, are kept of what a page shows, also in words: "12 events". */
#define KEPT_ROOM 32
size_t console_kept(const console_t *self, char words[KEPT_ROOM]);

/* What the page's rows can be ordered by: first as they come, then by the columns of these numbers,
   from the second item on; returns the count of items. */
size_t console_orders(const console_t *self, const char *items[CHOOSER_ITEMS_MAX],
    size_t columns[LIST_TABLE_COLUMNS_MAX + 1]);

/* The selected row of that page's view; NULL if none is, or another page is shown. */
const void *console_selected_row(console_t *self, page_number_t page, view_t view);
/* The same for clients. */
const client_t *console_selected_client(console_t *self);
/* And for messages. */
const message_t *console_selected_message(console_t *self);

/* ---- console_forms.c */

/* Opens the form of an action; none if what it is about isn't selected. False if the action has no
   form. */
bool console_open_form(console_t *self, action_t action);
/* Opens a form of a kind. */
void console_open_form_of(console_t *self, form_kind_t kind, const form_about_t *about);
/* One that is about a broker; what its first field begins with may be NULL. */
void console_open_broker_form(
    console_t *self, form_kind_t kind, const broker_t *broker, const char *first);
/* What the open form says of the tree is as the tree is now. */
void console_refresh_form(console_t *self);
/* The one to end a client. */
void console_open_ending_form(console_t *self, const client_t *client);

/* ---- console_line.c: the line behind ':' */

/* False when out of memory. */
bool console_line_new(console_t *self);
void console_line_open(console_t *self);
void console_line_update(console_t *self);
void console_line_key(console_t *self, ui_key_t key, action_t action);
/* What was typed, or marked, now that it is to be done. */
const char *console_line_take(console_t *self);
/* It could be done: it goes into the history. */
void console_line_remember(console_t *self, const char *typed);
/* area: the page, above the line. */
void console_line_draw(
    const console_t *self, canvas_t *canvas, rect_t area, rect_t line, cursor_t *cursor);

/* ---- console_do.c */

/* Does what a typed command says, adds to the flags of console.h, and returns what is left to a
   key's action. */
action_t console_do(console_t *self, const char *line, unsigned *flags);

#endif
