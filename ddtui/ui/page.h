/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * page - one of the screens, 1 to 7 and the topics: a set of operations over the session view
 *
 * A page draws on a canvas and knows no terminal. What all pages do alike - the list with its
 * selection, filter and order, the detail of the selected row - is done here once; each page's own
 * file has what is its own, and its own state.
 */
#ifndef PAGE_H_INCLUDED
#define PAGE_H_INCLUDED

#include "completion.h"
#include "ddtui/model/session_view.h"
#include "ddtui/model/trouble.h"
#include "graph.h"
#include "keymap.h"
#include "list.h"
#include "list_table.h"
#include "text_pane.h"

typedef struct page page_t;
typedef struct page_ops page_ops_t;

/* What a page is made of. Members that are NULL are what the page doesn't have. */
struct page_ops {
    const char *title;
    session_part_t part;   /* what its list shows: made anew when that has changed */
    size_t state_size;     /* bytes of its private state; 0 if it has none */
    unsigned views;        /* bits 1 << view: what is to be asked while it is shown */
    unsigned detail_views; /* what besides, while the detail of a row is open */
    /* And what besides, as things are now; NULL: nothing. */
    unsigned (*more_views)(const page_t *self);
    bool rolls;          /* its list goes on with the newest row */
    const char *order;   /* in which its rows come, in words; NULL if there is no other */
    const char *filters; /* examples of filters that make sense there */
    const list_ops_t *list;
    const list_table_t *table;
    /* Whether somebody should look at the row of an index. */
    bool (*is_in_trouble)(const page_t *self, size_t index);
    /* Undoes what hides the row of an index, but for the filter. */
    void (*reveal)(page_t *self, size_t index);
    /* Before the list is made anew. */
    void (*prepare)(page_t *self);
    void (*draw)(page_t *self, canvas_t *canvas, rect_t area);
    /* Of a page that is nothing but text: shows the next line after that one which a query wants,
       or the one before, as text_pane_find() has it, and marks what it looks for as long as the
       page is there; the query is lent. */
    size_t (*find)(page_t *self, const query_t *query, size_t line, bool next);
    /* All about the row of an index. */
    void (*detail)(page_t *self, size_t index, text_pane_t *pane);
    /* A row as an object to be exported, which the caller releases; NULL: as its view has it. */
    struct json_object *(*json)(const page_t *self, size_t index);
    /* The message of a row, if it is one that has a payload, and the topic; else NULL. */
    const message_t *(*message)(const page_t *self, size_t index);
    bool (*topic)(const page_t *self, size_t index, char out[DD_TOPIC_MAX + 1]);
    /* Figures of the rows of the table's view that are drawn over time, and what a row is called
       there. */
    const graph_line_t *graph;
    size_t graph_count;
    void (*graph_title)(const page_t *self, const void *row, char *out, size_t room);
    /* The page whose graphs are drawn instead, and which of its rows stands for the one of an
       index; that is lent until the next call. */
    const page_ops_t *graphs_of;
    const void *(*graph_row)(page_t *self, size_t index);
    /* Does what only this page does. True if the action meant that. */
    bool (*act)(page_t *self, action_t action);
};

struct page {
    const page_ops_t *ops;
    page_number_t number;
    session_view_t *session;
    unsigned rights;
    list_t *list;       /* NULL if the page has no list */
    list_table_t table; /* that of ops, with the columns in the order of importance as configured */
    list_table_column_t columns[LIST_TABLE_COLUMNS_MAX];
    uint64_t version; /* of its part of the session view, when the list was made */
    bool stale;       /* the list must be made anew */
    bool held;        /* the list stays with its selected row */
    rect_t rows;      /* where the rows of the list stood when it was drawn last */
    void *private;    /* ops->state_size bytes, zeros at first, which the page's own file knows */
};

/* Begins a page, of the session view, which is lent; rights as in keymap.h. False when out of
   memory; page_clear() is then due all the same. */
bool page_init(page_t *self, page_number_t number, const page_ops_t *ops, session_view_t *session,
    unsigned rights);
/* Fine for a page that is all zero. */
void page_clear(page_t *self);

/* Which columns come first where there isn't room for all, as column_choice has it; empty: as they
   are by themselves. */
void page_choose_columns(page_t *self, const char *names);

/* What is to be asked for it as things are now, as bits 1 << view. */
unsigned page_views(const page_t *self);
/* Brings the list up to date. Comes before whatever looks at it. */
void page_update(page_t *self);
void page_draw(page_t *self, canvas_t *canvas, rect_t area);
/* The index of the selected row, brought up to date; LIST_NONE if no row is selected. */
size_t page_selected_index(page_t *self);
/* Everything about the selected row, at that width; the caller destroys it. NULL if no row is
   selected, or the page has no such thing. */
text_pane_t *page_detail(page_t *self, int width);
/* Whether rows have a graph, and the view that it is of; VIEW_NONE if they have none. */
view_t page_graph_view(const page_t *self);
/* Draws the last 15 minutes of the selected row. */
void page_draw_graph(page_t *self, canvas_t *canvas, rect_t area, glyphs_t glyphs);
bool page_act(page_t *self, action_t action);
/* Selects the row at a place of the screen, as it was drawn last. True if there is one. At a title,
   orders the rows by its column. */
bool page_click(page_t *self, int row, int column);
void page_set_filter(page_t *self, const char *text);
/* As list_hold() has it; let go, the list goes on where it was. */
void page_hold(page_t *self, bool held);
/* Selects the row of an index. One that is hidden comes to light with its name as the filter; any
   other filter ends if the row isn't among what it wants. */
void page_select_index(page_t *self, size_t index, const char *name);
/* The columns by which the rows can be ordered; their count. */
size_t page_orders(const page_t *self, size_t columns[LIST_TABLE_COLUMNS_MAX]);
/* Orders by one of them, numbers with the largest first, or LIST_NONE, as the rows come, and goes
   to the first row. */
void page_order_by(page_t *self, size_t column);

/* Selects the next row that is in trouble behind the selected one, or the first of all. Drops the
   filter if it hides those that are left. False if there is none. */
bool page_next_trouble(page_t *self, bool behind_selected);

/* ---- For the pages -------------------------------------------------------------------------- */

/* For list_ops_t, of a page whose list has the rows of its table's view: how many there are, and
   the one of an index. */
size_t page_row_count(const void *source);
const void *page_row(const void *source, size_t index);
/* For list_ops_t, of a page with a table: what its cells say, as far as that is words and not
   numbers, and the cell under a title, or a field of the table's view. */
size_t page_row_text(const void *source, size_t index, char *out, size_t room);
size_t page_row_field(const void *source, size_t index, const char *name, char *out, size_t room);

/* Draws a box with the page's list in it. The title says how many rows there are, and of them
   shown, and in what order. */
void page_draw_list(page_t *self, canvas_t *canvas, rect_t area, const char *title);
/* Draws a box with the detail of the selected row. */
void page_draw_detail(page_t *self, canvas_t *canvas, rect_t area, const char *title);
/* Whether its list is empty and has room for why there is no connection. */
bool page_tells_outage(page_t *self);
/* Draws a sentence for a list without rows, or why there is no connection. */
void page_draw_empty(page_t *self, canvas_t *canvas, rect_t area, const char *text);

/* Adds all columns of a row to a pane. */
void page_add_columns(text_pane_t *pane, view_t view, const void *row);

/* Adds what happened at a time, or so long ago, with the time in a column of its own. */
void page_add_happened(text_pane_t *pane, const char *when, const char *text);

/* Of the words for a state; is_good: the one that stands there without trouble is good. */
unsigned page_trouble_style(trouble_t trouble, bool is_good);

/* A time in words that are short: "12s", "5m12s". */
#define AGE_ROOM 32
const char *page_age(uint64_t ms, char out[AGE_ROOM]);

/* Adds a moment to an object that is to be exported, as --events has it, with its day. */
void page_add_date(struct json_object *object, int64_t wall_ms);

/* "14:03:22", or with milliseconds "14:03:22.123". */
#define TIME_ROOM 16
void page_time(int64_t wall_ms, bool with_ms, char out[TIME_ROOM]);

/* ---- The pages, each in its own file -------------------------------------------------------- */

extern const page_ops_t TREE_PAGE, CLIENTS_PAGE, SUBSCRIPTIONS_PAGE, TOPICS_PAGE, MESSAGES_PAGE,
    EVENTS_PAGE, TRACE_PAGE, HELP_PAGE;

/* Draws the newest messages, or what of importance happened last at the brokers, one a line. */
void page_messages_draw_tail(const session_view_t *session, canvas_t *canvas, rect_t area);
void page_events_draw_tail(const session_view_t *session, canvas_t *canvas, rect_t area);

/* The selected row as the form to unsubscribe wants it, if it is an own one, or the only own one
   there is; else NULL. */
const char *page_subscriptions_selected_own(page_t *self, char room[COMPLETION_ROOM]);

#endif
