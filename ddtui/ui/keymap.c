/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * keymap - keys and what they do, as data
 */
#include "keymap.h"

#include <stdio.h>
#include <string.h>

#include "libdd/base/utf8.h"

#define ON(page) AT_PAGE(PAGE_##page)
#define LISTS                                                                                      \
    (ON(TREE) | ON(CLIENTS) | ON(SUBSCRIPTIONS) | ON(TOPICS) | ON(MESSAGES) | ON(EVENTS) |         \
        ON(TRACE))
#define ORDERED (ON(TREE) | ON(CLIENTS) | ON(SUBSCRIPTIONS) | ON(TOPICS))
#define PAGES_ALL (LISTS | ON(HELP))
/* Where rows have graphs. */
#define GRAPHS (ON(TREE) | ON(CLIENTS) | ON(SUBSCRIPTIONS) | ON(TOPICS))
#define ANYWHERE (PAGES_ALL | AT_DETAIL | AT_GRAPH) /* where nothing is entered */

/* clang-format off */
static const binding_t DEFAULTS[] = {
    {{'1', UI_F(1)}, ACT_GO_TREE, ANYWHERE, 0, GROUP_PAGES, 0, NULL, NULL,
        "the tree of brokers"},
    {{'2', UI_F(2)}, ACT_GO_CLIENTS, ANYWHERE, 0, GROUP_PAGES, 0, NULL, NULL,
        "clients, and where they are connected"},
    {{'3', UI_F(3)}, ACT_GO_SUBSCRIPTIONS, ANYWHERE, 0, GROUP_PAGES, 0, NULL, NULL,
        "subscriptions: your own, then everybody's"},
    {{'4', UI_F(4)}, ACT_GO_MESSAGES, ANYWHERE, 0, GROUP_PAGES, 0, NULL, NULL,
        "notifications and publications as they arrive"},
    {{'5', UI_F(5)}, ACT_GO_EVENTS, ANYWHERE, 0, GROUP_PAGES, 0, NULL, NULL,
        "what happened: clients, links, refusals, losses"},
    {{'6', UI_F(6)}, ACT_GO_TRACE, ANYWHERE, 0, GROUP_PAGES, 0, NULL, NULL,
        "one notification's way, broker by broker"},
    {{'7', UI_F(7)}, ACT_GO_HELP, ANYWHERE, 0, GROUP_PAGES, 0, NULL, NULL,
        "this help"},
    {{'T'}, ACT_GO_TOPICS, ANYWHERE & ~ON(TOPICS), 0, GROUP_PAGES, 3, "Topics",
        "Topics, the busiest first", "what is published on each topic, by whom, and what is lost"},

    {{'T'}, ACT_GO_SUBSCRIPTIONS, ON(TOPICS), 0, GROUP_LISTS, 3, "Subscr.", NULL,
        "back to the subscriptions"},
    {{UI_ENTER}, ACT_OPEN, LISTS, 0, GROUP_LISTS, 2, "Details", "All about the selected row",
        "show all about the selected row"},
    {{'G'}, ACT_GRAPH, GRAPHS | AT_GRAPH, 0, GROUP_LISTS, 3, "Graph", "Graph of 15 minutes",
        "draw the last 15 minutes of the selected row, or close that again"},
    {{UI_ESCAPE, 'q', UI_CTRL('C')}, ACT_BACK, AT_DETAIL | AT_GRAPH | ON(HELP), 0, GROUP_LISTS, 1,
        "Back", NULL, "close what is open, and go back from help"},
    {{'y'}, ACT_COPY, LISTS | AT_DETAIL, 0, GROUP_LISTS, 4, "Copy",
        "Copy the selected row", "copy the selected row, or the message, to the terminal's clipboard"},
    {{'W'}, ACT_EXPORT, LISTS, 0, GROUP_LISTS, 4, "Export",
        "Export the rows to a file", "write the rows that are shown to a file, as JSON or as CSV"},
    {{' '}, ACT_FOLD, ON(TREE), 0, GROUP_TREE, 9, "Fold", NULL,
        "hide or show the brokers below the selected one"},
    {{'v'}, ACT_MODE, ON(MESSAGES) | AT_MESSAGE, 0, GROUP_MESSAGES, 5, "View as", NULL,
        "show the message as text, as JSON, or as bytes"},
    {{'w'}, ACT_SAVE, ON(MESSAGES) | AT_MESSAGE, 0, GROUP_MESSAGES, 4, "Save",
        "Save the message to a file", "write the selected message to a file"},
    {{'R'}, ACT_SEND_AGAIN, ON(MESSAGES) | AT_MESSAGE, RIGHT_SEND, GROUP_MESSAGES, 7, "Send again",
        "Send the message again", "send the selected message again, from a form that holds it"},
    {{'l'}, ACT_LEVEL, ON(EVENTS), 0, GROUP_MESSAGES, 5, "Level", NULL,
        "show all events, those from notice up, or warnings and errors"},
    {{'c'}, ACT_CLEAR, ON(MESSAGES) | ON(EVENTS), 0, GROUP_MESSAGES, 12, "Clear", NULL,
        "forget all messages, or all events, after a question"},

    {{'n'}, ACT_NOTIFY, ANYWHERE, RIGHT_SEND, GROUP_EVERYWHERE, 2, "Notify",
        "Send Notification", "send a notification to one client"},
    {{'p'}, ACT_PUBLISH, ANYWHERE, RIGHT_SEND, GROUP_EVERYWHERE, 2, "Publish",
        "Publish message", "publish a message on a topic"},
    {{'s'}, ACT_SUBSCRIBE, ANYWHERE, RIGHT_SEND, GROUP_EVERYWHERE, 2, "Subscribe",
        "Subscribe to topic", "subscribe to a topic within a scope"},
    {{'u'}, ACT_UNSUBSCRIBE, ANYWHERE, RIGHT_SEND, GROUP_EVERYWHERE, 8, "Unsubscribe",
        "Unsubscribe from topic", "give up one of your subscriptions"},
    {{'t', 'x'}, ACT_TRACE, ANYWHERE, RIGHT_SEND, GROUP_EVERYWHERE, 7, "Trace",
        "Trace a notification", "send a test notification and follow it"},
    {{'E'}, ACT_END_CLIENT, ON(CLIENTS), RIGHT_OPERATE, GROUP_OPERATORS, 3, "End client",
        "End the selected client", "end the selected client's connection, after typing its name"},
    {{'D'}, ACT_DRAIN, ON(TREE), RIGHT_OPERATE, GROUP_OPERATORS, 3, "Drain",
        "Drain the selected broker",
        "shut the selected broker down in order, after typing its name"},
    {{'L'}, ACT_LOG_LEVEL, ON(TREE), RIGHT_OPERATE, GROUP_OPERATORS, 6, "Log level",
        "Change its log level", "change how much the selected broker logs, after typing its name"},
    {{'P'}, ACT_MOVE, ON(TREE), RIGHT_OPERATE, GROUP_OPERATORS, 3, "Move",
        "Move it to another parent",
        "move the selected broker to another parent, after typing its name"},
    {{':'}, ACT_COMMAND, ANYWHERE, 0, GROUP_EVERYWHERE, 5, "Command", "Type a command",
        "type a command; Tab completes it"},
    {{'M'}, ACT_MOUSE, ANYWHERE, 0, GROUP_EVERYWHERE, 0, NULL, "Free or take the mouse",
        "leave the mouse to the terminal, to select text with it, or take it back"},
    {{'/'}, ACT_FILTER, LISTS, 0, GROUP_EVERYWHERE, 3, "Filter", "Filter the rows",
        "show only rows that hold a text; Esc shows all again"},
    {{'/'}, ACT_FILTER, AT_DETAIL | ON(HELP), 0, GROUP_LISTS, 3, "Search", NULL,
        "search in what is open, or in help"},
    {{'!'}, ACT_TROUBLE, ANYWHERE, 0, GROUP_EVERYWHERE, 3, "Trouble",
        "Go to the next trouble", "to the next broker, client, topic or subscription in trouble"},
    {{'a'}, ACT_SHOW_ALL, LISTS, 0, GROUP_EVERYWHERE, 0, "All", NULL,
        "show the rows around those with the text, too, or hide them again"},
    {{'.'}, ACT_FIND_NEXT, PAGES_ALL | AT_DETAIL, 0, GROUP_EVERYWHERE, 0, "Next", NULL,
        "to the next place with the text"},
    {{','}, ACT_FIND_PREVIOUS, PAGES_ALL | AT_DETAIL, 0, GROUP_EVERYWHERE, 0, "Previous", NULL,
        "to the place with the text before"},
    {{'f'}, ACT_FREEZE, LISTS | AT_DETAIL | AT_GRAPH, 0, GROUP_EVERYWHERE, 6, "Freeze", NULL,
        "hold everything still, or let it go on"},
    {{'m', UI_F(9)}, ACT_MENU, ANYWHERE, 0, GROUP_EVERYWHERE, 1, "Menu", NULL,
        "choose from a menu what to do"},
    {{'?'}, ACT_GO_HELP, ANYWHERE & ~ON(HELP), 0, GROUP_EVERYWHERE, 1, "Help", "Help",
        "explain all keys"},
    {{'q', UI_CTRL('C')}, ACT_QUIT, LISTS, 0, GROUP_EVERYWHERE, 1, "Quit",
        "Quit", "end the console"},
    {{UI_CTRL('L')}, ACT_REDRAW, ANYWHERE | AT_FORM | AT_MENU | AT_LINE, 0,
        GROUP_EVERYWHERE, 0, NULL, NULL, "draw the whole screen anew"},
    {{UI_CTRL('Z')}, ACT_SUSPEND, ANYWHERE | AT_FORM | AT_MENU | AT_LINE, 0,
        GROUP_EVERYWHERE, 0, NULL, NULL, "go back to the shell; fg brings the console back"},

    {{UI_UP, 'k'}, ACT_UP, ANYWHERE, 0, GROUP_LISTS, 0, NULL, NULL,
        "one row up"},
    {{UI_DOWN, 'j'}, ACT_DOWN, ANYWHERE, 0, GROUP_LISTS, 0, NULL, NULL,
        "one row down"},
    {{UI_PAGE_UP, UI_CTRL('B')}, ACT_PAGE_UP, ANYWHERE, 0, GROUP_LISTS, 0, NULL,
        NULL, "one screen up"},
    {{UI_PAGE_DOWN, UI_CTRL('F')}, ACT_PAGE_DOWN, ANYWHERE, 0, GROUP_LISTS, 0, NULL,
        NULL, "one screen down"},
    {{UI_HOME, 'g'}, ACT_FIRST, ANYWHERE, 0, GROUP_LISTS, 0, NULL, NULL,
        "to the first row"},
    {{UI_END, 'G'}, ACT_LAST, ANYWHERE & ~(GRAPHS | AT_GRAPH), 0, GROUP_LISTS, 0, NULL, NULL,
        "to the last row; there, messages and events keep rolling"},
    {{UI_END}, ACT_LAST, GRAPHS | AT_GRAPH, 0, GROUP_LISTS, 0, NULL, NULL,
        "to the last row, where G draws a graph"},
    {{'o'}, ACT_ORDER, ORDERED, 0, GROUP_LISTS, 10, "Order", "Order by a column",
        "choose the column by which the rows are ordered"},
    {{'r'}, ACT_REVERSE, ORDERED, 0, GROUP_LISTS, 11, "Reverse", NULL,
        "turn the order around"},
    {{UI_LEFT}, ACT_LEFT, LISTS & ~ON(TREE), 0, GROUP_LISTS, 0, NULL, NULL,
        "back to the columns before"},
    {{UI_RIGHT}, ACT_RIGHT, LISTS & ~ON(TREE), 0, GROUP_LISTS, 0, NULL, NULL,
        "to the columns for which there is no room"},
    {{UI_ESCAPE}, ACT_BACK, LISTS, 0, GROUP_LISTS, 0, NULL, NULL,
        "drop the filter"},
    {{UI_LEFT}, ACT_LEFT, ON(TREE), 0, GROUP_TREE, 0, NULL, NULL,
        "back to the columns before; else hide the brokers below, or go to the parent; the root "
        "stays open"},
    {{UI_RIGHT}, ACT_RIGHT, ON(TREE), 0, GROUP_TREE, 0, NULL, NULL,
        "show the brokers below; else to the columns for which there is no room"},

    {{UI_TAB}, ACT_NEXT, AT_FORM, 0, GROUP_FORMS, 2, "Next field", NULL,
        "to the next field, with the suggestion that is marked, or the only one"},
    {{UI_TAB}, ACT_NEXT, AT_COMMAND, 0, GROUP_FORMS, 1, "Complete", NULL,
        "complete the command"},
    {{UI_BACK_TAB}, ACT_PREVIOUS, AT_FORM, 0, GROUP_FORMS, 0, NULL, NULL,
        "to the field before"},
    {{UI_ENTER}, ACT_ACCEPT, AT_FORM | AT_MENU | AT_LINE, 0, GROUP_FORMS, 1, "Choose", NULL,
        "take what is marked, go on, and at the last field do it"},
    {{UI_ESCAPE, UI_CTRL('C')}, ACT_BACK, AT_FORM | AT_MENU | AT_LINE, 0, GROUP_FORMS, 1, "Cancel",
        NULL, "leave without doing it"},
    {{'q'}, ACT_BACK, AT_MENU, 0, GROUP_FORMS, 0, NULL, NULL,
        "close the menu"},
    {{UI_UP}, ACT_UP, AT_FORM | AT_MENU | AT_LINE, 0, GROUP_FORMS, 0, NULL, NULL,
        "to the suggestion or choice above"},
    {{UI_DOWN}, ACT_DOWN, AT_FORM | AT_MENU | AT_LINE, 0, GROUP_FORMS, 0, NULL, NULL,
        "to the suggestion or choice below"},
    {{UI_LEFT}, ACT_LEFT, AT_FORM | AT_MENU | AT_LINE, 0, GROUP_FORMS, 0, NULL, NULL,
        "one character, or button, to the left"},
    {{UI_RIGHT}, ACT_RIGHT, AT_FORM | AT_MENU | AT_LINE, 0, GROUP_FORMS, 0, NULL, NULL,
        "one character, or button, to the right"},
    {{UI_HOME, UI_CTRL('A')}, ACT_FIRST, AT_FORM | AT_LINE, 0, GROUP_FORMS, 0, NULL, NULL,
        "to the start of the text"},
    {{UI_END, UI_CTRL('E')}, ACT_LAST, AT_FORM | AT_LINE, 0, GROUP_FORMS, 0, NULL, NULL,
        "to the end of the text"},
    {{UI_BACKSPACE, UI_CTRL('H')}, ACT_ERASE, AT_FORM | AT_LINE, 0, GROUP_FORMS, 0, NULL, NULL,
        "erase the character before the cursor"},
    {{UI_DELETE, UI_CTRL('D')}, ACT_ERASE_NEXT, AT_FORM | AT_LINE, 0, GROUP_FORMS, 0, NULL, NULL,
        "erase the character at the cursor"},
    {{UI_CTRL('W')}, ACT_ERASE_WORD, AT_FORM | AT_LINE, 0, GROUP_FORMS, 0, NULL, NULL,
        "erase the word before the cursor"},
    {{UI_CTRL('U')}, ACT_ERASE_ALL, AT_FORM | AT_LINE, 0, GROUP_FORMS, 0, NULL, NULL,
        "erase the whole text"},
};
/* clang-format on */
#define BINDING_COUNT (sizeof DEFAULTS / sizeof DEFAULTS[0])

/* Where some actions have their rank; on other screens they come after all others, and in
   help, or where something is open, they don't come. */
static const struct {
    action_t action;
    unsigned where;
} FOREMOST[] = {
    {ACT_NOTIFY, ON(TREE) | ON(CLIENTS) | AT_MESSAGE},
    {ACT_PUBLISH, ON(TREE) | ON(SUBSCRIPTIONS)},
    {ACT_SUBSCRIBE, ON(SUBSCRIPTIONS)},
    {ACT_UNSUBSCRIBE, ON(SUBSCRIPTIONS)},
    {ACT_OPEN, LISTS & ~ON(SUBSCRIPTIONS)},
    {ACT_TRACE, LISTS | AT_DETAIL},
    {ACT_GO_TOPICS, ON(TREE) | ON(SUBSCRIPTIONS)},
    {ACT_TROUBLE, ON(TREE) | ON(CLIENTS) | ON(TOPICS) | ON(EVENTS)},
    {ACT_COPY, ON(MESSAGES) | AT_DETAIL},
    {ACT_EXPORT, ON(EVENTS)},
};

/* As the user has configured them: there is one keyboard. */
typedef struct {
    binding_t bindings[BINDING_COUNT];
    bool is_bound[BINDING_COUNT]; /* and not as in DEFAULTS */
    bool is_configured;
} keys_t;

static keys_t keys, kept_keys;
/* The last one is of what stands in the footer only if there is room to spare. */
#define RANKS 13

static const char *const GROUP_NAMES[GROUPS] = {
    [GROUP_PAGES] = "Screens",
    [GROUP_EVERYWHERE] = "Everywhere",
    [GROUP_LISTS] = "In lists",
    [GROUP_TREE] = "In the tree",
    [GROUP_MESSAGES] = "At messages and events",
    [GROUP_OPERATORS] = "With an operator's key",
    [GROUP_FORMS] = "In forms and menus",
};

static const binding_t *bindings(void)
{
    return keys.is_configured ? keys.bindings : DEFAULTS;
}

const binding_t *keymap_bindings(size_t *count)
{
    *count = BINDING_COUNT;
    return bindings();
}

const char *keymap_group(group_t group)
{
    return GROUP_NAMES[group];
}

bool keymap_works(const binding_t *self, unsigned where, unsigned rights)
{
    return (self->where & where) != 0 && (self->needs & rights) == self->needs;
}

static bool has_key(const binding_t *self, ui_key_t key)
{
    for (size_t i = 0; i < BINDING_KEYS && self->keys[i] != UI_NONE; i++)
        if (self->keys[i] == key)
            return true;
    return false;
}

/* ---- Configured keys ------------------------------------------------------------------------ */

/* The binding that a configuration means: the first one where nothing is entered. */
static size_t find_bound(action_t action)
{
    size_t i = 0;
    while (i < BINDING_COUNT && (DEFAULTS[i].action != action || !(DEFAULTS[i].where & ANYWHERE)))
        i++;
    return i;
}

/* Keys that type are needed where something is entered. */
static bool can_have(const binding_t *self, ui_key_t key)
{
    bool types = key >= ' ' && key < UI_BEYOND;
    return !types || !(self->where & (AT_FORM | AT_LINE));
}

static void take_key(binding_t *self, ui_key_t key)
{
    size_t kept = 0;
    for (size_t i = 0; i < BINDING_KEYS; i++)
        if (self->keys[i] != key)
            self->keys[kept++] = self->keys[i];
    while (kept < BINDING_KEYS)
        self->keys[kept++] = UI_NONE;
}

/* Who was given a key before, in a place where this one works, too; BINDING_COUNT for nobody. */
static size_t find_owner(size_t bound, ui_key_t key)
{
    for (size_t i = 0; i < BINDING_COUNT; i++)
        if (i != bound && keys.is_bound[i] &&
            (keys.bindings[i].where & keys.bindings[bound].where) &&
            has_key(&keys.bindings[i], key))
            return i;
    return BINDING_COUNT;
}

action_t keymap_bind(action_t action, const ui_key_t wanted[BINDING_KEYS])
{
    size_t bound = find_bound(action);
    binding_t *all = keys.bindings;
    if (!keys.is_configured)
        memcpy(all, DEFAULTS, sizeof DEFAULTS);
    keys.is_configured = true;
    for (size_t k = 0; k < BINDING_KEYS && wanted[k] != UI_NONE && bound < BINDING_COUNT; k++) {
        size_t owner = find_owner(bound, wanted[k]);
        if (owner < BINDING_COUNT)
            return all[owner].action;
        if (!can_have(&all[bound], wanted[k]))
            return action;
        for (size_t i = 0; i < BINDING_COUNT; i++)
            if (i != bound && (all[i].where & all[bound].where))
                take_key(&all[i], wanted[k]);
    }
    if (bound < BINDING_COUNT) {
        memcpy(all[bound].keys, wanted, sizeof all[bound].keys);
        keys.is_bound[bound] = true;
    }
    return ACT_NONE;
}

void keymap_reset(void)
{
    memset(keys.is_bound, 0, sizeof keys.is_bound);
    keys.is_configured = false;
}

void keymap_keep(void)
{
    kept_keys = keys;
}

void keymap_bring_back(void)
{
    keys = kept_keys;
}

action_t keymap_action(ui_key_t key, unsigned where, unsigned rights)
{
    for (size_t i = 0; i < BINDING_COUNT; i++)
        if (has_key(&bindings()[i], key) && keymap_works(&bindings()[i], where, rights))
            return bindings()[i].action;
    return ACT_NONE;
}

unsigned keymap_missing(ui_key_t key, unsigned where, unsigned rights)
{
    if (keymap_action(key, where, rights) != ACT_NONE)
        return 0;
    for (size_t i = 0; i < BINDING_COUNT; i++)
        if (has_key(&bindings()[i], key) && keymap_works(&bindings()[i], where, ~0u))
            return bindings()[i].needs & ~rights;
    return 0;
}

bool keymap_allows(action_t action, unsigned where, unsigned rights)
{
    for (size_t i = 0; i < BINDING_COUNT; i++)
        if (bindings()[i].action == action && keymap_works(&bindings()[i], where, rights))
            return true;
    return false;
}

ui_key_t keymap_key_of(action_t action)
{
    size_t bound = find_bound(action);
    return bound < BINDING_COUNT ? bindings()[bound].keys[0] : UI_NONE;
}

/* ---- Names ---------------------------------------------------------------------------------- */

static const struct {
    ui_key_t key;
    const char *name;
} KEY_NAMES[] = {
    {' ', "Space"},
    {UI_TAB, "Tab"},
    {UI_ENTER, "Enter"},
    {UI_ESCAPE, "Esc"},
    {UI_BACKSPACE, "Backspace"},
    {UI_BACK_TAB, "Shift-Tab"},
    {UI_DELETE, "Del"},
    {UI_UP, "Up"},
    {UI_DOWN, "Down"},
    {UI_LEFT, "Left"},
    {UI_RIGHT, "Right"},
    {UI_PAGE_UP, "PgUp"},
    {UI_PAGE_DOWN, "PgDn"},
    {UI_HOME, "Home"},
    {UI_END, "End"},
};

void keymap_key_name(ui_key_t key, char out[KEY_NAME_ROOM])
{
    for (size_t i = 0; i < sizeof KEY_NAMES / sizeof KEY_NAMES[0]; i++) {
        if (KEY_NAMES[i].key == key) {
            snprintf(out, KEY_NAME_ROOM, "%s", KEY_NAMES[i].name);
            return;
        }
    }
    char text[DD_UTF8_MAX + 1];
    if (key == UI_NONE)
        out[0] = '\0';
    else if (key > UI_F0 && key < UI_KEYS_END)
        snprintf(out, KEY_NAME_ROOM, "F%u", (unsigned)(key - UI_F0));
    else if (key < ' ')
        snprintf(out, KEY_NAME_ROOM, "Ctrl-%c", (char)(key + '@'));
    else
        snprintf(out, KEY_NAME_ROOM, "%s", dd_utf8_encode(key, text) > 0 ? text : "?");
}

void keymap_key_names(const binding_t *self, char out[KEY_NAMES_ROOM])
{
    size_t used = 0;
    for (size_t i = 0; i < BINDING_KEYS && self->keys[i] != UI_NONE; i++) {
        char name[KEY_NAME_ROOM];
        keymap_key_name(self->keys[i], name);
        int size = snprintf(out + used, KEY_NAMES_ROOM - used, "%s%s", i > 0 ? ", " : "", name);
        used += (size_t)size;
    }
}

/* ---- Footer --------------------------------------------------------------------------------- */

unsigned keymap_rank(const binding_t *self, unsigned where)
{
    for (size_t i = 0; i < sizeof FOREMOST / sizeof FOREMOST[0]; i++)
        if (FOREMOST[i].action == self->action && self->rank > 0 && !(FOREMOST[i].where & where))
            return where & (AT_DETAIL | AT_GRAPH | ON(HELP)) ? 0 : RANKS;
    return self->rank;
}

/* "n Notify", and the two blanks after it. */
static size_t footer_width(const binding_t *self)
{
    char name[KEY_NAME_ROOM];
    keymap_key_name(self->keys[0], name);
    return strlen(name) + 1 + strlen(self->label) + 2;
}

size_t keymap_footer(
    unsigned where, unsigned rights, size_t width, const binding_t *chosen[], size_t max)
{
    bool in[BINDING_COUNT] = {false};
    size_t used = 0, count = 0;
    for (unsigned rank = 1; rank <= RANKS; rank++) {
        for (size_t i = 0; i < BINDING_COUNT; i++) {
            const binding_t *binding = &bindings()[i];
            if (keymap_rank(binding, where) != rank || binding->keys[0] == UI_NONE ||
                !keymap_works(binding, where, rights) || used + footer_width(binding) > width + 2)
                continue;
            in[i] = true;
            used += footer_width(binding);
        }
    }
    for (size_t i = 0; i < BINDING_COUNT && count < max; i++)
        if (in[i])
            chosen[count++] = &bindings()[i];
    return count;
}
