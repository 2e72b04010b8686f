/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * console - the whole screen: one of the pages, and over it a form, a menu, or a detail
 */
#include "console.h"

#include <stdlib.h>

#include "console_state.h"
#include "export.h"

/* Rows that a turn of the wheel moves. */
#define WHEEL_ROWS 3
/* ms for which rows of a page that isn't shown are looked at as they are. */
#define FRESH_ROWS 3000

/* ms between two questions for events when they aren't shown. */
#define EVENTS_PAUSE 5000
/* And for clients and topics; with more rows than so many they are asked for only if shown. */
#define FIGURES_PAUSE 15000
#define BACKGROUND_ROWS 2000

console_t *console_new(
    session_view_t *session, history_t *history, const char *endpoint, unsigned rights)
{
    console_t *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    self->session = session;
    self->history = history;
    self->endpoint = endpoint;
    self->rights = rights;
    self->pages = pages_new(session, rights);
    self->line = line_editor_new(FILTER_ROOM - 1);
    if (!self->pages || !self->line || !console_line_new(self))
        console_destroy(&self);
    return self;
}

void console_destroy(console_t **self_p)
{
    console_t *self = self_p ? *self_p : NULL;
    if (!self)
        return;
    pages_destroy(&self->pages);
    line_editor_destroy(&self->line);
    line_editor_destroy(&self->command.line);
    query_clear(&self->search);
    form_destroy(&self->form);
    free(self->copied);
    free(self);
    *self_p = NULL;
}

void console_set_glyphs(console_t *self, glyphs_t glyphs)
{
    self->glyphs = glyphs;
}

/* Whether a view was asked for so long ago, and costs brokers little. */
static bool is_due(const console_t *self, view_t view, uint64_t pause_ms)
{
    const round_t *last = poller_last(session_view_poller(self->session), view);
    bool is_small = session_view_row_count(self->session, view) <= BACKGROUND_ROWS;
    return !last->any || (is_small && session_view_age(self->session, view) >= pause_ms);
}

/* What is asked for whatever is shown, but less often: events, so that those of a broker that goes
   are there, and what there are graphs of, so that these have no holes. */
static unsigned background_views(const console_t *self)
{
    static const struct {
        view_t view;
        uint64_t pause_ms;
    } VIEWS_OF[] = {
        {VIEW_EVENTS, EVENTS_PAUSE}, {VIEW_CLIENTS, FIGURES_PAUSE}, {VIEW_TOPICS, FIGURES_PAUSE}};
    unsigned views = 0;
    for (size_t i = 0; i < sizeof VIEWS_OF / sizeof VIEWS_OF[0]; i++)
        if (is_due(self, VIEWS_OF[i].view, VIEWS_OF[i].pause_ms))
            views |= 1u << VIEWS_OF[i].view;
    return views;
}

unsigned console_views(const console_t *self)
{
    const page_t *page = console_page(self);
    /* The line at the top counts the brokers in trouble. */
    unsigned views = page_views(page) | background_views(self) | 1u << VIEW_TREE;
    if (self->over == OVER_DETAIL || self->over == OVER_SEARCH)
        views |= page->ops->detail_views;
    if (self->over == OVER_GRAPH)
        views |= 1u << page_graph_view(page);
    if (self->over == OVER_COMMAND)
        views |= command_line_views(line_editor_text(self->command.line), self->rights);
    return self->over == OVER_FORM ? views | form_views(self->form) : views;
}

/* ---- Forms ---------------------------------------------------------------------------------- */

const command_t *console_command(const console_t *self)
{
    return form_command(self->form);
}

void console_done(console_t *self, const char *why)
{
    if (why) {
        form_fail(self->form, why);
        return;
    }
    form_remember(self->form);
    page_number_t shown = form_command(self->form)->kind == FORM_TRACE ? PAGE_TRACE : self->page;
    console_close_over(self);
    self->page = shown;
}

const message_t *console_message_to_save(const console_t *self)
{
    return messages_find(session_view_messages(self->session), self->to_save);
}

/* ---- What actions do ------------------------------------------------------------------------ */

static void open_menu(console_t *self)
{
    self->over = OVER_MENU;
    self->menu_item = 0;
}

static void open_orders(console_t *self)
{
    bool reverse;
    const char *items[CHOOSER_ITEMS_MAX];
    size_t columns[LIST_TABLE_COLUMNS_MAX + 1], count = console_orders(self, items, columns);
    size_t order = list_order(console_page(self)->list, &reverse);
    self->over = OVER_ORDER;
    self->menu_item = 0;
    while (self->menu_item + 1 < count && columns[self->menu_item] != order)
        self->menu_item++;
}

/* In an open detail or a text, the line is what is searched for in it. */
static void open_line(console_t *self)
{
    page_t *page = console_page(self);
    bool searches = self->over == OVER_DETAIL || console_is_text(self);
    if (!page->list && !searches)
        return;
    self->over = searches ? OVER_SEARCH : OVER_LINE;
    line_editor_set(self->line, searches ? "" : list_filter(page->list)->text);
    self->line_fresh = line_editor_text(self->line)[0] != '\0';
}

/* To where help was called, as it was there. */
static void leave_help(console_t *self)
{
    console_forget_search(self);
    self->page = self->back_page;
    self->over = self->back_over;
}

static void go_back(console_t *self)
{
    bool leaves = self->page == PAGE_HELP;
    if (self->over == OVER_NOTHING && !leaves)
        page_set_filter(console_page(self), "");
    console_close_over(self);
    if (leaves)
        leave_help(self);
}

static void open_detail(console_t *self)
{
    text_pane_t *pane = page_detail(console_page(self), 1);
    if (pane)
        self->over = OVER_DETAIL;
    self->scroll = 0;
    console_forget_search(self);
    text_pane_destroy(&pane);
}

static void toggle_graph(console_t *self)
{
    page_t *page = console_page(self);
    if (self->over == OVER_GRAPH)
        console_close_over(self);
    else if (page_graph_view(page) != VIEW_NONE && page_selected_index(page) != LIST_NONE)
        self->over = OVER_GRAPH;
}

/* To the next line of the detail that has what is searched for, or the one before. */
static void find_in_detail(console_t *self, bool next)
{
    const query_t *query = console_search(self);
    text_pane_t *pane = page_detail(console_page(self), self->detail_width);
    if (query_looks_for(query))
        self->found = text_pane_find(pane, query, self->found, next);
    if (self->found != SIZE_MAX)
        self->scroll = self->found;
    text_pane_destroy(&pane);
}

/* In what is open, or in the page. */
static void find_text(console_t *self, bool next)
{
    page_t *page = console_page(self);
    if (console_is_text(self))
        self->found = page->ops->find(page, &self->search, self->found, next);
    else
        find_in_detail(self, next);
}

static void scroll_detail(console_t *self, action_t action)
{
    size_t page = self->detail_height > 1 ? self->detail_height - 1 : 1;
    size_t step = action == ACT_PAGE_UP || action == ACT_PAGE_DOWN ? page : 1;
    if (action == ACT_UP || action == ACT_PAGE_UP)
        self->scroll -= self->scroll < step ? self->scroll : step;
    else if (action == ACT_DOWN || action == ACT_PAGE_DOWN)
        self->scroll += step;
    else if (action == ACT_FIRST || action == ACT_LAST)
        self->scroll = action == ACT_FIRST ? 0 : TEXT_PANE_LINES_MAX;
    else if (action == ACT_FIND_NEXT || action == ACT_FIND_PREVIOUS)
        find_in_detail(self, action == ACT_FIND_NEXT);
    else
        page_act(console_page(self), action);
}

/* What is done in the page or the detail, and nowhere else. */
static void act_on_page(console_t *self, action_t action)
{
    if (self->over == OVER_DETAIL)
        scroll_detail(self, action);
    else if (console_is_text(self) && (action == ACT_FIND_NEXT || action == ACT_FIND_PREVIOUS))
        find_text(self, action == ACT_FIND_NEXT);
    else if (action == ACT_OPEN)
        open_detail(self);
    else
        page_act(console_page(self), action);
}

/* The row, or what is open of it. */
static unsigned copy(console_t *self)
{
    page_t *page = console_page(self);
    free(self->copied);
    self->copied = self->over == OVER_DETAIL ? export_detail(page, &self->copied_size)
                                             : export_row(page, &self->copied_size);
    if (!self->copied)
        session_view_say(self->session, NOTE_WARNING, "no row is selected: nothing was copied");
    return self->copied ? CONSOLE_COPY : 0;
}

const char *console_copied(const console_t *self, size_t *size)
{
    *size = self->copied_size;
    return self->copied;
}

static unsigned free_mouse(console_t *self)
{
    self->mouse_freed = !self->mouse_freed;
    session_view_say(self->session, NOTE_PLAIN,
        self->mouse_freed ? "the mouse is the terminal's: select text with it; M takes it back"
                          : "the mouse is the console's again");
    return CONSOLE_MOUSE;
}

bool console_mouse_freed(const console_t *self)
{
    return self->mouse_freed;
}

void console_set_trees(console_t *self, const char *const *names, const char *own)
{
    self->trees = names;
    self->tree = own;
}

void console_choose_columns(console_t *self, page_number_t page, const char *names)
{
    page_choose_columns(pages_page(self->pages, page), names);
}

const char *console_wanted_tree(const console_t *self)
{
    return self->wanted_tree;
}

void console_set_endpoint(console_t *self, const char *endpoint)
{
    self->endpoint = endpoint;
}

const char *console_wanted_endpoint(const console_t *self)
{
    return self->wanted_endpoint;
}

page_t *console_exported(const console_t *self)
{
    return console_page(self);
}

/* Whether the rows of a page have been reported since then. What is no broker's always has. */
static bool has_rows_since(const console_t *self, page_number_t number, uint64_t since_ms)
{
    view_t view = pages_page(self->pages, number)->ops->table->view;
    const round_t *last = poller_last(session_view_poller(self->session), view);
    return number == PAGE_TREE || number == PAGE_SUBSCRIPTIONS ||
           (last->any && last->finished_ms >= since_ms);
}

/* The rows of a page that isn't shown are asked for first, if there must be trouble. */
static bool look_for_trouble(console_t *self, page_number_t number, bool behind_selected)
{
    uint64_t now_ms = session_view_now_ms(self->session);
    uint64_t since_ms = now_ms > FRESH_ROWS ? now_ms - FRESH_ROWS : 0;
    bool seeks = !has_rows_since(self, number, since_ms) && trouble_is_with_clients(self->session);
    if (!seeks && !page_next_trouble(pages_page(self->pages, number), behind_selected))
        return false;
    console_close_over(self);
    self->page = number;
    self->seeks = seeks;
    self->seeks_ms = now_ms + 1;
    return true;
}

/* From the selected row on through the pages that know of trouble, and around to where it began. */
static void go_to_trouble(console_t *self)
{
    static const page_number_t ROUND[] = {PAGE_TREE, PAGE_CLIENTS, PAGE_TOPICS, PAGE_SUBSCRIPTIONS};
    enum { STOPS = sizeof ROUND / sizeof ROUND[0] };
    size_t start = 0;
    while (start < STOPS && ROUND[start] != self->page)
        start++;
    bool here = start < STOPS;
    for (size_t i = 0; i <= STOPS; i++)
        if (look_for_trouble(self, ROUND[(start + i) % STOPS], here && i == 0))
            return;
    session_view_say(self->session, NOTE_GOOD, "nothing that is shown here is in trouble");
    self->calm = true;
    self->calm_serial = status_log_at(session_view_status_log(self->session), 0)->serial;
}

/* It isn't true for long, perhaps. */
static void end_calm(console_t *self)
{
    char summary[TROUBLE_SUMMARY_ROOM];
    if (!self->calm || trouble_summary(self->session, summary) == 0)
        return;
    self->calm = false;
    status_log_end(session_view_status_log(self->session), self->calm_serial);
}

/* The rows have come. */
static void seek_trouble(console_t *self)
{
    if (!self->seeks || !has_rows_since(self, self->page, self->seeks_ms))
        return;
    self->seeks = false;
    if (!page_next_trouble(console_page(self), false))
        go_to_trouble(self);
}

/* A slip of a finger is no reason to lose what nobody else has: a button is to be chosen first. */
static void ask_to_clear(console_t *self)
{
    char kept[KEPT_ROOM];
    if (console_kept(self, kept) == 0) {
        session_view_say(self->session, NOTE_PLAIN, "there is nothing to forget");
        return;
    }
    self->over = OVER_CLEAR;
    self->dialog_button = 1;
}

static void clear(console_t *self)
{
    char kept[KEPT_ROOM];
    console_kept(self, kept);
    session_view_clear(self->session, console_page(self)->ops->part);
    session_view_say(self->session, NOTE_PLAIN, "%s forgotten", kept);
}

static unsigned act(console_t *self, action_t action)
{
    switch (action) {
    case ACT_QUIT:
        return CONSOLE_QUIT;
    case ACT_SUSPEND:
        return CONSOLE_SUSPEND;
    case ACT_REDRAW:
        return CONSOLE_REDRAW;
    case ACT_MENU:
        open_menu(self);
        break;
    case ACT_FILTER:
        open_line(self);
        break;
    case ACT_COMMAND:
        console_line_open(self);
        break;
    case ACT_TROUBLE:
        go_to_trouble(self);
        break;
    case ACT_ORDER:
        open_orders(self);
        break;
    case ACT_FREEZE:
        session_view_freeze(self->session, !session_view_is_frozen(self->session));
        break;
    case ACT_BACK:
        go_back(self);
        break;
    case ACT_GRAPH:
        toggle_graph(self);
        break;
    case ACT_CLEAR:
        ask_to_clear(self);
        break;
    case ACT_COPY:
        return copy(self);
    case ACT_MOUSE:
        return free_mouse(self);
    default:
        if (action >= ACT_GO_TREE && action <= ACT_GO_TOPICS) {
            console_show_page(self, (page_number_t)(action - ACT_GO_TREE));
        } else if (!console_open_form(self, action)) {
            act_on_page(self, action);
        }
    }
    return 0;
}

/* ---- Keys ----------------------------------------------------------------------------------- */

static unsigned form_took(console_t *self, form_state_t state)
{
    if (state == FORM_CANCELLED)
        console_close_over(self);
    return state == FORM_READY ? CONSOLE_COMMAND : 0;
}

/* Moves in a list of so many items. True if one of them is taken. */
static bool choose_key(console_t *self, action_t action, size_t count)
{
    if (action == ACT_UP)
        self->menu_item = self->menu_item > 0 ? self->menu_item - 1 : count - 1;
    else if (action == ACT_DOWN)
        self->menu_item = self->menu_item + 1 < count ? self->menu_item + 1 : 0;
    else if (action == ACT_BACK || action == ACT_ACCEPT)
        console_close_over(self);
    return action == ACT_ACCEPT;
}

static unsigned menu_key(console_t *self, action_t action)
{
    const binding_t *items[CHOOSER_ITEMS_MAX];
    size_t count = console_menu(self, items);
    return choose_key(self, action, count) ? act(self, items[self->menu_item]->action) : 0;
}

static void order_key(console_t *self, action_t action)
{
    const char *items[CHOOSER_ITEMS_MAX];
    size_t columns[LIST_TABLE_COLUMNS_MAX + 1], count = console_orders(self, items, columns);
    if (choose_key(self, action, count))
        page_order_by(console_page(self), columns[self->menu_item]);
}

/* A search begins anew with each change of its text. */
static void take_line(console_t *self)
{
    const char *text = line_editor_text(self->line);
    if (self->over != OVER_SEARCH) {
        page_set_filter(console_page(self), text);
        return;
    }
    query_set(&self->search, text);
    self->found = SIZE_MAX;
    find_text(self, true);
}

static void close_line(console_t *self)
{
    bool over_detail = self->over == OVER_SEARCH && !console_is_text(self);
    self->over = over_detail ? OVER_DETAIL : OVER_NOTHING;
}

static void type_into_line(console_t *self, ui_key_t key)
{
    if (self->line_fresh)
        line_editor_set(self->line, "");
    line_editor_type(self->line, key);
}

static void line_key(console_t *self, ui_key_t key, action_t action)
{
    /* What can't be understood stays there to be mended, and the line says what is wrong. */
    if (action == ACT_ACCEPT && console_typed(self)->problem[0] != '\0')
        return;
    if (action == ACT_ACCEPT) {
        history_add(self->history, HISTORY_FILTER, line_editor_text(self->line));
        close_line(self);
        return;
    }
    if (self->over == OVER_LINE && (action == ACT_UP || action == ACT_DOWN)) {
        page_act(console_page(self), action);
        return;
    }
    if (action == ACT_BACK)
        line_editor_set(self->line, "");
    else if (action != ACT_NONE)
        line_editor_act(self->line, action);
    else if (key >= ' ' && key < UI_BEYOND)
        type_into_line(self, key);
    self->line_fresh = false;
    take_line(self);
    if (action == ACT_BACK)
        close_line(self);
}

static unsigned command_key(console_t *self, ui_key_t key, action_t action)
{
    if (action != ACT_BACK && action != ACT_ACCEPT) {
        console_line_key(self, key, action);
        return 0;
    }
    unsigned flags = 0;
    const char *line = action == ACT_ACCEPT ? console_line_take(self) : "";
    console_close_over(self);
    action_t left = console_do(self, line, &flags);
    return left == ACT_NONE ? flags : flags | act(self, left);
}

/* True if the first button of a dialog is pressed. */
static bool dialog_key(console_t *self, action_t action)
{
    if (action == ACT_LEFT || action == ACT_RIGHT)
        self->dialog_button = action == ACT_RIGHT;
    if (action == ACT_BACK || action == ACT_ACCEPT)
        console_close_over(self);
    return action == ACT_ACCEPT && self->dialog_button == 0;
}

static unsigned take(console_t *self, ui_key_t key, action_t action)
{
    if (action == ACT_REDRAW || action == ACT_SUSPEND)
        return act(self, action);
    switch (self->over) {
    case OVER_FORM:
        return form_took(self, form_key(self->form, key, action));
    case OVER_MENU:
        return menu_key(self, action);
    case OVER_ORDER:
        order_key(self, action);
        return 0;
    case OVER_END:
        return dialog_key(self, action) ? CONSOLE_QUIT : 0;
    case OVER_CLEAR:
        if (dialog_key(self, action))
            clear(self);
        return 0;
    case OVER_LINE:
    case OVER_SEARCH:
        line_key(self, key, action);
        return 0;
    case OVER_COMMAND:
        return command_key(self, key, action);
    default:
        return action == ACT_NONE ? 0 : act(self, action);
    }
}

/* A key that would do something with other rights, or elsewhere, doesn't just do nothing. */
static void say_why_not(console_t *self, ui_key_t key)
{
    unsigned where = console_where(self), needs = keymap_missing(key, where, self->rights);
    if (needs != 0)
        session_view_say(self->session, NOTE_WARNING, "%s", console_why_not(self, needs));
    else if (key == UI_TAB && self->over == OVER_NOTHING)
        session_view_say(self->session, NOTE_PLAIN,
            "Tab goes from field to field in forms; 1 to 7 go from screen to screen");
}

/* What is open of a row stays with that row, also while help is read. */
static bool is_open(const console_t *self, page_number_t page)
{
    bool here = page == self->page;
    over_t over = here ? self->over : self->back_over;
    return (here || (self->page == PAGE_HELP && page == self->back_page)) &&
           (over == OVER_DETAIL || over == OVER_SEARCH || over == OVER_GRAPH);
}

static void hold_rows(console_t *self)
{
    for (page_number_t page = 0; page < PAGES; page++)
        page_hold(pages_page(self->pages, page), is_open(self, page));
}

unsigned console_key(console_t *self, ui_key_t key)
{
    action_t action = keymap_action(key, console_where(self), self->rights);
    self->seeks = self->paste_told = false;
    if (action == ACT_NONE)
        say_why_not(self, key);
    unsigned flags = take(self, key, action);
    hold_rows(self);
    return flags;
}

/* Once, however much it is. */
static void refuse_paste(console_t *self)
{
    if (!self->paste_told)
        session_view_say(self->session, NOTE_WARNING,
            "what was pasted went nowhere: there is no field here to put it into");
    self->paste_told = true;
}

void console_paste(console_t *self, ui_key_t character)
{
    if (character == UI_ENTER)
        character = '\n';
    if (self->over == OVER_FORM)
        form_key(self->form, character, ACT_NONE);
    else if (self->over == OVER_LINE || self->over == OVER_SEARCH)
        line_key(self, character, ACT_NONE);
    else if (self->over == OVER_COMMAND)
        command_key(self, character, ACT_NONE);
    else
        refuse_paste(self);
}

void console_choose(console_t *self, chooser_kind_t kind, size_t item)
{
    if (self->over == OVER_MENU || self->over == OVER_ORDER)
        self->menu_item = item;
    else if (self->over == OVER_END || self->over == OVER_CLEAR)
        self->dialog_button = item;
    else if (self->over == OVER_FORM)
        form_choose(self->form, kind, item);
}

unsigned console_pick(console_t *self, chooser_kind_t kind, size_t item)
{
    console_choose(self, kind, item);
    if (self->over == OVER_FORM)
        return form_took(self, form_pick(self->form, kind, item));
    return take(self, UI_NONE, ACT_ACCEPT);
}

/* Beside the clients only the subscriptions of one of them are shown: its broker alone is asked. */
static void aim(console_t *self)
{
    const client_t *client = self->over == OVER_FORM ? NULL : console_selected_client(self);
    poller_aim(
        session_view_poller(self->session), VIEW_SUBSCRIPTIONS, client ? client->broker_id : "");
}

void console_update(console_t *self)
{
    hold_rows(self);
    bool closed = session_view_link(self->session)->state == LINK_CLOSED;
    if (closed && !self->end_told) {
        console_close_over(self);
        self->over = OVER_END;
        self->dialog_button = 0;
    }
    self->end_told = closed;
    if (self->over == OVER_FORM) {
        form_update(self->form);
        console_refresh_form(self);
    }
    if (self->over == OVER_COMMAND)
        console_line_update(self);
    seek_trouble(self);
    end_calm(self);
    aim(self);
}

/* ---- Mouse ---------------------------------------------------------------------------------- */

/* A click on what is selected already opens it. */
static void click_page(console_t *self, int row, int column)
{
    page_t *page = console_page(self);
    size_t before = page->list ? list_selected(page->list) : LIST_NONE;
    if (page_click(page, row, column) && list_selected(page->list) == before)
        open_detail(self);
}

/* The action of what stands at a place of the lines around the page, as far as it may be done now;
   ACT_NONE if there is none. */
static action_t spot_action(const console_t *self, int row, int column)
{
    for (size_t i = 0; i < self->spot_count; i++) {
        action_t action = self->spots[i].action;
        if (rect_has(self->spots[i].area, row, column) &&
            keymap_allows(action, console_where(self), self->rights))
            return action;
    }
    return ACT_NONE;
}

static unsigned click(console_t *self, int row, int column)
{
    action_t action = spot_action(self, row, column);
    if (action != ACT_NONE)
        return take(self, UI_NONE, action);
    if (self->over == OVER_FORM)
        form_click(self->form, row, column);
    else if (self->over == OVER_NOTHING || self->over == OVER_LINE)
        click_page(self, row, column);
    return 0;
}

static void turn_wheel(console_t *self, action_t action)
{
    if (self->over == OVER_FORM)
        form_key(self->form, UI_NONE, action);
    else if (self->over == OVER_MENU)
        menu_key(self, action);
    else if (self->over == OVER_ORDER)
        order_key(self, action);
    for (int i = 0; i < WHEEL_ROWS && (self->over == OVER_NOTHING || self->over == OVER_DETAIL);
         i++)
        act_on_page(self, action);
}

unsigned console_mouse(console_t *self, mouse_t what, int row, int column)
{
    if (what == MOUSE_CLICK)
        return click(self, row, column);
    turn_wheel(self, what == MOUSE_WHEEL_UP ? ACT_UP : ACT_DOWN);
    return 0;
}
