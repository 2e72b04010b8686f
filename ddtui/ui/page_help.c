/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * page_help - the keys, and a few words on what they are about
 */
#include <stdio.h>

#include "legend.h"
#include "page.h"

/* Least columns of a screen with two columns of help, and of the keys' names. */
#define TWO_FROM 130
#define KEYS_WIDTH 18
/* And of the questions that it answers. */
#define WAYS_WIDTH 28
/* And of titles and states. */
#define LEGEND_WIDTH 14
/* Bytes of a line before it is wrapped. */
#define LINE_ROOM 512

/* The page's private state. */
typedef struct {
    size_t scroll;         /* the first line that is shown */
    const query_t *search; /* what is looked for, or NULL; lent */
} help_page_t;

static const char *const WORDS[] = {
    "A tree of brokers carries messages between clients. Any broker is a door to the whole tree. "
    "Clients belong to tenants; a tenant sees its own clients and no others.",
    "A notification goes to one client by its name. A publication goes to all of the tenant's "
    "clients that have subscribed to its topic, if their scope covers the broker of its sender.",
    "Scopes are paths of numbers: /1/2/3/ is node 3 of cluster 2 of region 1. To subscribe within "
    "\"all\" takes everything; \"region\", \"cluster\" and \"node\" take what is sent in your own; "
    "a path like /1/2/ takes what is sent there; \"noscope\" takes all topics that begin with "
    "the given one, from anywhere.",
};

/* What people come for, and where it is. A '@' stands for the key of the next action. */
static const struct {
    const char *question;
    const char *answer;
    action_t actions[4];
    unsigned needs; /* rights */
} WAYS[] = {
    {"Who is in trouble?", "@ goes to the next one; @ says all about it", {ACT_TROUBLE, ACT_OPEN},
        0},
    {"Who loses messages?", "the same: details name clients and times", {ACT_NONE}, 0},
    {"Which topic is the busiest?", "@ lists them, and who publishes; @ draws one",
        {ACT_GO_TOPICS, ACT_GRAPH}, 0},
    {"What happened, in order?", "@; @ leaves out the small, @ saves it to a file",
        {ACT_GO_EVENTS, ACT_LEVEL, ACT_EXPORT}, 0},
    {"Where is a message lost?", "@ follows one, broker by broker", {ACT_TRACE}, RIGHT_SEND},
    {"How to copy a message?", "@, select it, @; or @, and mark it by mouse",
        {ACT_GO_MESSAGES, ACT_COPY, ACT_MOUSE}, RIGHT_SEND},
    {"What does a column say?", "below, with the states; @ searches here", {ACT_FILTER}, 0},
    {"How to move a broker?", "select it at @, then @", {ACT_GO_TREE, ACT_MOVE}, RIGHT_OPERATE},
};

static void write_answer(size_t way, char *out, size_t room)
{
    size_t used = 0, action = 0;
    for (const char *at = WAYS[way].answer; *at != '\0' && used + 1 < room; at++) {
        char name[KEY_NAME_ROOM];
        keymap_key_name(*at == '@' ? keymap_key_of(WAYS[way].actions[action++]) : UI_NONE, name);
        int size = *at == '@' ? snprintf(out + used, room - used, "%s", name)
                              : snprintf(out + used, room - used, "%c", *at);
        used += (size_t)size;
    }
}

/* The right part stays in its own column where it is too long for a line. */
static void add_pair(text_pane_t *pane, int width, const char *left, const char *right)
{
    char line[LINE_ROOM];
    snprintf(line, sizeof line, "  %-*s%s", width, left, right);
    text_pane_hang(pane, STYLE_PLAIN, width + 2, line);
}

static void add_ways(text_pane_t *pane, unsigned rights)
{
    text_pane_text(pane, STYLE_TITLE, "Where to look");
    for (size_t i = 0; i < sizeof WAYS / sizeof WAYS[0]; i++) {
        char answer[128] = "";
        if ((WAYS[i].needs & rights) != WAYS[i].needs)
            continue;
        write_answer(i, answer, sizeof answer);
        add_pair(pane, WAYS_WIDTH, WAYS[i].question, answer);
    }
    text_pane_text(pane, STYLE_PLAIN, "");
}

static void add_words(text_pane_t *pane)
{
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
        text_pane_text(pane, STYLE_PLAIN, WORDS[i]);
        text_pane_text(pane, STYLE_PLAIN, "");
    }
}

static void add_legend(text_pane_t *pane)
{
    size_t count;
    const legend_t *all = legend_all(&count);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || all[i].kind != all[i - 1].kind)
            text_pane_text(pane, STYLE_TITLE, legend_title(all[i].kind));
        add_pair(pane, LEGEND_WIDTH, all[i].name, all[i].meaning);
        if (i + 1 == count || all[i].kind != all[i + 1].kind)
            text_pane_text(pane, STYLE_PLAIN, "");
    }
}

static bool is_allowed(const binding_t *binding, unsigned rights)
{
    return (binding->needs & rights) == binding->needs;
}

static void add_group(text_pane_t *pane, group_t group, unsigned rights)
{
    size_t count;
    const binding_t *bindings = keymap_bindings(&count);
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        char names[KEY_NAMES_ROOM];
        if (bindings[i].group != group || !is_allowed(&bindings[i], rights))
            continue;
        if (!any)
            text_pane_text(pane, STYLE_TITLE, keymap_group(group));
        any = true;
        keymap_key_names(&bindings[i], names);
        add_pair(pane, KEYS_WIDTH, names, bindings[i].help);
    }
    if (any)
        text_pane_text(pane, STYLE_PLAIN, "");
}

static text_pane_t *make_pane(const page_t *self, int width, group_t first, group_t last)
{
    text_pane_t *pane = text_pane_new(width);
    if (first == 0) {
        add_ways(pane, self->rights);
        add_words(pane);
        add_legend(pane);
    }
    for (group_t group = first; group <= last; group++)
        add_group(pane, group, self->rights);
    return pane;
}

static bool has_two_columns(rect_t area)
{
    return area.width >= TWO_FROM;
}

/* Both columns are as wide, so that their lines are the same wherever they stand. */
static int text_width(rect_t area)
{
    return (has_two_columns(area) ? area.width / 2 : area.width) - 1;
}

static group_t last_on_the_left(rect_t area)
{
    return has_two_columns(area) ? GROUP_EVERYWHERE : GROUPS - 1;
}

static void draw(page_t *self, canvas_t *canvas, rect_t area)
{
    help_page_t *help = self->private;
    rect_t inside = canvas_box(canvas, area, "Help");
    rect_t right = {0};
    self->rows = inside;
    if (has_two_columns(inside))
        right = rect_cut_right(&inside, inside.width / 2);
    group_t last = last_on_the_left(self->rows);
    text_pane_t *pane = make_pane(self, text_width(self->rows), 0, last);
    size_t wanted = help->scroll, height = (size_t)inside.height, lines = text_pane_count(pane);
    help->scroll = text_pane_draw(pane, canvas, inside, wanted, help->search);
    text_pane_destroy(&pane);
    if (right.width > 0) {
        pane = make_pane(self, text_width(self->rows), last + 1, GROUPS - 1);
        lines = text_pane_count(pane) > lines ? text_pane_count(pane) : lines;
        size_t scroll = text_pane_draw(pane, canvas, right, wanted, help->search);
        help->scroll = scroll > help->scroll ? scroll : help->scroll;
        text_pane_destroy(&pane);
    }
    list_table_draw_bar(canvas, area, help->scroll, height, lines);
}

/* The right column goes on where the left one ends. */
static size_t find(page_t *self, const query_t *query, size_t line, bool next)
{
    help_page_t *help = self->private;
    text_pane_t *left = make_pane(self, text_width(self->rows), 0, last_on_the_left(self->rows));
    text_pane_t *all = make_pane(self, text_width(self->rows), 0, GROUPS - 1);
    size_t lines = text_pane_count(left), found = SIZE_MAX;
    help->search = query;
    if (query_looks_for(query))
        found = text_pane_find(all, query, line, next);
    if (found != SIZE_MAX)
        help->scroll = found < lines ? found : found - lines;
    text_pane_destroy(&left);
    text_pane_destroy(&all);
    return found;
}

static bool act(page_t *self, action_t action)
{
    help_page_t *help = self->private;
    size_t page = self->rows.height > 1 ? (size_t)self->rows.height - 1 : 1;
    switch (action) {
    case ACT_UP:
        help->scroll -= help->scroll > 0;
        return true;
    case ACT_DOWN:
        help->scroll++;
        return true;
    case ACT_PAGE_UP:
        help->scroll -= help->scroll > page ? page : help->scroll;
        return true;
    case ACT_PAGE_DOWN:
        help->scroll += page;
        return true;
    case ACT_FIRST:
        help->scroll = 0;
        return true;
    case ACT_LAST:
        help->scroll = TEXT_PANE_LINES_MAX;
        return true;
    default:
        return false;
    }
}

const page_ops_t HELP_PAGE = {.title = "Help",
    .state_size = sizeof(help_page_t),
    .views = 1u << VIEW_TREE,
    .draw = draw,
    .find = find,
    .act = act};
