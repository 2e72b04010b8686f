/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * keymap - keys and what they do, as data
 *
 * One table says which key does what where. The dispatch, the footer, the menu, the help screen and
 * the list of keys in ddtui(1) all come from it.
 */
#ifndef KEYMAP_H_INCLUDED
#define KEYMAP_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A key: the character it types, or one of these, which are beyond all characters. */
typedef uint32_t ui_key_t;

enum {
    UI_NONE = 0,
    UI_TAB = 0x09,
    UI_ENTER = 0x0d,
    UI_ESCAPE = 0x1b,
    UI_BEYOND = 0x110000,
    UI_BACKSPACE,
    UI_BACK_TAB,
    UI_DELETE,
    UI_UP,
    UI_DOWN,
    UI_LEFT,
    UI_RIGHT,
    UI_PAGE_UP,
    UI_PAGE_DOWN,
    UI_HOME,
    UI_END,
    UI_F0, /* UI_F0 + n is the key Fn, up to F12 */
    UI_KEYS_END = UI_F0 + 13
};
#define UI_F(n) ((ui_key_t)(UI_F0 + (n)))
#define UI_CTRL(letter) ((ui_key_t)(letter)&0x1fu)

/* The screens, in the order of their numbers. */
typedef enum {
    PAGE_TREE,
    PAGE_CLIENTS,
    PAGE_SUBSCRIPTIONS,
    PAGE_MESSAGES,
    PAGE_EVENTS,
    PAGE_TRACE,
    PAGE_HELP,
    PAGE_TOPICS, /* the other side of PAGE_SUBSCRIPTIONS, without a number of its own */
    PAGES
} page_number_t;

/* Those that have a number. */
#define PAGE_TABS PAGE_TOPICS

typedef enum {
    ACT_NONE,
    ACT_GO_TREE, /* ACT_GO_TREE + page: shows that page */
    ACT_GO_CLIENTS,
    ACT_GO_SUBSCRIPTIONS,
    ACT_GO_MESSAGES,
    ACT_GO_EVENTS,
    ACT_GO_TRACE,
    ACT_GO_HELP,
    ACT_GO_TOPICS,
    ACT_NOTIFY,
    ACT_PUBLISH,
    ACT_SUBSCRIBE,
    ACT_UNSUBSCRIBE,
    ACT_TRACE,
    ACT_END_CLIENT,
    ACT_DRAIN,
    ACT_LOG_LEVEL,
    ACT_MOVE,
    ACT_SEND_AGAIN,
    ACT_EXPORT,
    ACT_COPY,
    ACT_MOUSE,
    ACT_COMMAND,
    ACT_MENU,
    ACT_FILTER,
    ACT_SHOW_ALL,
    ACT_FIND_NEXT,
    ACT_FIND_PREVIOUS,
    ACT_FREEZE,
    ACT_REDRAW,
    ACT_SUSPEND,
    ACT_QUIT,
    ACT_BACK,
    ACT_OPEN,
    ACT_GRAPH,
    ACT_FOLD,
    ACT_UP,
    ACT_DOWN,
    ACT_PAGE_UP,
    ACT_PAGE_DOWN,
    ACT_FIRST,
    ACT_LAST,
    ACT_LEFT,
    ACT_RIGHT,
    ACT_ORDER,
    ACT_REVERSE,
    ACT_TROUBLE,
    ACT_MODE,
    ACT_LEVEL,
    ACT_SAVE,
    ACT_CLEAR,
    ACT_NEXT,
    ACT_PREVIOUS,
    ACT_ACCEPT,
    ACT_ERASE,
    ACT_ERASE_NEXT,
    ACT_ERASE_WORD,
    ACT_ERASE_ALL
} action_t;

/* Where a key works: bits of a set. A page's bit is AT_PAGE(page). */
#define AT_PAGE(page) (1u << (page))
#define AT_DETAIL (1u << (PAGES + 0))  /* one item, over the page */
#define AT_MESSAGE (1u << (PAGES + 4)) /* besides AT_DETAIL: the item is a message */
#define AT_GRAPH (1u << (PAGES + 5))   /* the last 15 minutes of one item, over the page */
#define AT_FORM (1u << (PAGES + 1))
#define AT_MENU (1u << (PAGES + 2))    /* or a question with buttons */
#define AT_LINE (1u << (PAGES + 3))    /* the line of the filter */
#define AT_COMMAND (1u << (PAGES + 6)) /* besides AT_LINE: it is that of a command */

/* What the user may do: bits of a set. --read-only takes both away. */
#define RIGHT_SEND 1u    /* has a tenant: may notify, publish, subscribe */
#define RIGHT_OPERATE 2u /* has an operator's key that isn't read-only */

typedef enum {
    GROUP_PAGES,
    GROUP_EVERYWHERE,
    GROUP_LISTS,
    GROUP_TREE,
    GROUP_MESSAGES,
    GROUP_OPERATORS,
    GROUP_FORMS,
    GROUPS
} group_t;

#define BINDING_KEYS 4

typedef struct {
    ui_key_t keys[BINDING_KEYS]; /* those that are there come first */
    action_t action;
    unsigned where;
    unsigned needs; /* rights, all of them */
    group_t group;
    unsigned rank;     /* the lower, the sooner it is in the footer; 0 is never in it */
    const char *label; /* in the footer, or at a list with a filter; or NULL */
    const char *menu;  /* in the menu, or NULL */
    const char *help;
} binding_t;

/* The table, in the order of the help. */
const binding_t *keymap_bindings(size_t *count);
const char *keymap_group(group_t group);

/* Gives an action other keys where nothing is entered, instead of those that it has there; they are
   taken from whoever has them by default. ACT_NONE, or who was given one of them before; the action
   itself if a key that types would do it where something is entered. */
action_t keymap_bind(action_t action, const ui_key_t wanted[BINDING_KEYS]);
/* All keys are as they were. */
void keymap_reset(void);
/* Keeps the keys aside as they are now, and brings those back that were kept last. */
void keymap_keep(void);
void keymap_bring_back(void);

bool keymap_works(const binding_t *self, unsigned where, unsigned rights);

/* What a key does in that place with those rights; ACT_NONE if nothing. */
action_t keymap_action(ui_key_t key, unsigned where, unsigned rights);

/* The rights without which the key does nothing there, of those that are missing; 0 if none are. */
unsigned keymap_missing(ui_key_t key, unsigned where, unsigned rights);

/* Whether some key does that there. */
bool keymap_allows(action_t action, unsigned where, unsigned rights);

/* The first key that does something where nothing is entered; UI_NONE if there is none. */
ui_key_t keymap_key_of(action_t action);

/* Names of keys: "n", "F9", "Ctrl-L", "PgUp". Room for the longest: */
#define KEY_NAME_ROOM 16
void keymap_key_name(ui_key_t key, char out[KEY_NAME_ROOM]);
/* All of a binding: "m, F9". */
#define KEY_NAMES_ROOM (BINDING_KEYS * KEY_NAME_ROOM)
void keymap_key_names(const binding_t *self, char out[KEY_NAMES_ROOM]);

/* How soon it is in the footer there, the lower, the sooner; 0 is never. */
unsigned keymap_rank(const binding_t *self, unsigned where);

/* Chooses what stands in a footer of that width, two blanks between, by rank as long as there is
   room: puts up to max bindings, in the order of the table, into chosen and returns their count. */
size_t keymap_footer(
    unsigned where, unsigned rights, size_t width, const binding_t *chosen[], size_t max);

#endif
