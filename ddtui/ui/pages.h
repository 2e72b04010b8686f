/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pages - the screens 1 to 7, each a set of operations over what is live
 *
 * A page draws on a canvas and knows no terminal. What all pages do alike - the list with its
 * selection, filter and order, the detail of the selected row - is done here once; each page's own
 * file has what is its own.
 */
#ifndef PAGES_H_INCLUDED
#define PAGES_H_INCLUDED

#include "completion.h"
#include "ddtui/model/session_view.h"
#include "list.h"
#include "list_table.h"
#include "payload_view.h"
#include "text_pane.h"

typedef struct page_state page_state_t;

/* What a page is made of. Members that are NULL are what the page doesn't have. */
typedef struct {
    const char *title;
    unsigned views;        /* bits 1 << view: what is to be asked while it is shown */
    unsigned detail_views; /* what besides, while the detail of a row is open */
    /* And what besides, as things are now; NULL: nothing. */
    unsigned (*more_views)(const page_state_t *self);
    bool rolls; /* its list goes on with the newest row */
    const list_ops_t *grid;
    const list_table_t *table;
    /* Before the list is made anew. */
    void (*prepare)(page_state_t *self);
    void (*draw)(page_state_t *self, canvas_t *canvas, rect_t area);
    /* All about the row of an index. */
    void (*detail)(page_state_t *self, size_t index, text_pane_t *sheet);
    /* Does what only this page does. True if the action meant that. */
    bool (*act)(page_state_t *self, action_t action);
} page_ops_t;

/* Brokers below which nothing is shown. */
#define FOLDED_MAX 256

struct page_state {
    const page_ops_t *ops;
    session_view_t *live;
    unsigned rights;
    list_t *grid;             /* NULL if the page has no list */
    uint64_t version;         /* of what is live, when the list was made */
    bool stale;               /* the list must be made anew */
    rect_t rows;              /* where the rows of the list stood when it was drawn last */
    size_t scroll;            /* first line of the help */
    payload_view_mode_t mode; /* of messages */
    bool some_left;           /* of clients */
    /* Of the tree: */
    char folded[FOLDED_MAX][MODEL_ID_ROOM];
    size_t folded_count;
    bool hidden[MODEL_BROKERS_MAX]; /* by index: somewhere below a folded one */
};

typedef struct pages pages_t;

/* All pages, of what is live, which is lent; rights as in keymap.h. NULL when out of memory. */
pages_t *pages_new(session_view_t *live, unsigned rights);
void pages_destroy(pages_t **self_p);

page_state_t *pages_page(pages_t *self, page_t page);
const char *pages_title(page_t page);

/* Brings the list up to date. Comes before whatever looks at it. */
void page_update(page_state_t *self);
void page_draw(page_state_t *self, canvas_t *canvas, rect_t area);
/* Everything about the selected row, at that width; the caller destroys it. NULL if no row is
   selected, or the page has no such thing. */
text_pane_t *page_detail(page_state_t *self, int width);
bool page_act(page_state_t *self, action_t action);
/* Selects the row at a place of the screen, as it was drawn last. True if there is one. At a title,
   orders the rows by its column. */
bool page_click(page_state_t *self, int row, int column);
void page_set_filter(page_state_t *self, const char *text);

/* ---- For the pages -------------------------------------------------------------------------- */

extern const page_ops_t TREE_PAGE, CLIENTS_PAGE, SUBSCRIPTIONS_PAGE, MESSAGES_PAGE, EVENTS_PAGE,
    TRACE_PAGE, HELP_PAGE;

/* Draws a box with the page's list in it. The title says how many rows there are, and of them
   shown, and in what order. */
void page_draw_list(page_state_t *self, canvas_t *canvas, rect_t area, const char *title);
/* Draws a box with the detail of the selected row. */
void page_draw_detail(page_state_t *self, canvas_t *canvas, rect_t area, const char *title);
/* Draws a sentence for a list without rows. */
void page_draw_empty(page_state_t *self, canvas_t *canvas, rect_t area, const char *text);

/* Adds all columns of a row to a sheet. */
void page_add_columns(text_pane_t *sheet, view_t view, const void *row);

/* "14:03:22", or with milliseconds "14:03:22.123". */
#define TIME_ROOM 16
void page_time(int64_t wall_ms, bool with_ms, char out[TIME_ROOM]);

/* Draws the newest messages, or what happened last at the brokers, one a line. */
void messages_draw_tail(const session_view_t *live, canvas_t *canvas, rect_t area);
void events_draw_tail(const session_view_t *live, canvas_t *canvas, rect_t area);

/* The selected row as the form to unsubscribe wants it, if it is an own one, or the only own one
   there is; else NULL. */
const char *subscriptions_selected_own(page_state_t *self, char room[SUGGESTION_ROOM]);

/* Writes the selected message's payload to a new file. False with the reason in problem. */
bool messages_save(page_state_t *self, const char *path, dd_problem_t *problem);

#endif
