/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * page_help - the keys, and a few words on what they are about
 */
#include "pages.h"

/* Least columns of a screen with two columns of help, and of the keys' names. */
#define TWO_FROM 130
#define KEYS_WIDTH 18

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

static void add_words(text_pane_t *sheet)
{
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
        text_pane_text(sheet, STYLE_PLAIN, WORDS[i]);
        text_pane_text(sheet, STYLE_PLAIN, "");
    }
}

static bool is_allowed(const binding_t *binding, unsigned rights)
{
    return (binding->needs & rights) == binding->needs;
}

static void add_group(text_pane_t *sheet, group_t group, unsigned rights)
{
    size_t count;
    const binding_t *bindings = keymap_bindings(&count);
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        char names[KEY_NAMES_ROOM];
        if (bindings[i].group != group || !is_allowed(&bindings[i], rights))
            continue;
        if (!any)
            text_pane_text(sheet, STYLE_TITLE, keymap_group(group));
        any = true;
        keymap_key_names(&bindings[i], names);
        text_pane_print(sheet, STYLE_PLAIN, "  %-*s%s", KEYS_WIDTH, names, bindings[i].help);
    }
    if (any)
        text_pane_text(sheet, STYLE_PLAIN, "");
}

static text_pane_t *make_sheet(const page_state_t *self, int width, group_t first, group_t last)
{
    text_pane_t *sheet = text_pane_new(width);
    if (first == 0)
        add_words(sheet);
    for (group_t group = first; group <= last; group++)
        add_group(sheet, group, self->rights);
    return sheet;
}

static void draw(page_state_t *self, canvas_t *canvas, rect_t area)
{
    rect_t inside = canvas_box(canvas, area, "Help");
    rect_t right = {0};
    self->rows = inside;
    if (inside.width >= TWO_FROM)
        right = rect_cut_right(&inside, inside.width / 2);
    group_t last = right.width > 0 ? GROUP_EVERYWHERE : GROUPS - 1;
    text_pane_t *sheet = make_sheet(self, inside.width - 1, 0, last);
    size_t wanted = self->scroll, height = (size_t)inside.height, lines = text_pane_count(sheet);
    self->scroll = text_pane_draw(sheet, canvas, inside, wanted, "");
    text_pane_destroy(&sheet);
    if (right.width > 0) {
        sheet = make_sheet(self, right.width - 1, last + 1, GROUPS - 1);
        lines = text_pane_count(sheet) > lines ? text_pane_count(sheet) : lines;
        size_t scroll = text_pane_draw(sheet, canvas, right, wanted, "");
        self->scroll = scroll > self->scroll ? scroll : self->scroll;
        text_pane_destroy(&sheet);
    }
    list_table_draw_bar(canvas, area, self->scroll, height, lines);
}

static bool act(page_state_t *self, action_t action)
{
    size_t page = self->rows.height > 1 ? (size_t)self->rows.height - 1 : 1;
    switch (action) {
    case ACT_UP:
        self->scroll -= self->scroll > 0;
        return true;
    case ACT_DOWN:
        self->scroll++;
        return true;
    case ACT_PAGE_UP:
        self->scroll -= self->scroll > page ? page : self->scroll;
        return true;
    case ACT_PAGE_DOWN:
        self->scroll += page;
        return true;
    case ACT_FIRST:
        self->scroll = 0;
        return true;
    case ACT_LAST:
        self->scroll = TEXT_PANE_LINES_MAX;
        return true;
    default:
        return false;
    }
}

const page_ops_t HELP_PAGE = {.title = "Help", .views = 1u << VIEW_TREE, .draw = draw, .act = act};
