/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * console_state - what the console is at, and the questions about it that its files share
 */
#include "console_state.h"

#include <stdio.h>

page_t *console_page(const console_t *self)
{
    return pages_page(self->pages, self->page);
}

bool console_is_text(const console_t *self)
{
    return console_page(self)->ops->find != NULL;
}

void console_close_over(console_t *self)
{
    form_destroy(&self->form);
    self->over = OVER_NOTHING;
}

void console_forget_search(console_t *self)
{
    self->found = SIZE_MAX;
    query_clear(&self->search);
}

void console_show_page(console_t *self, page_number_t page)
{
    if (page == PAGE_HELP && self->page != PAGE_HELP) {
        self->back_page = self->page;
        self->back_over = self->over;
        console_forget_search(self);
        page_act(pages_page(self->pages, PAGE_HELP), ACT_FIRST);
    }
    console_close_over(self);
    self->page = page;
}

const query_t *console_search(const console_t *self)
{
    return self->search.count > 0 ? &self->search : list_filter(console_page(self)->list);
}

const query_t *console_typed(const console_t *self)
{
    return self->over == OVER_SEARCH ? &self->search : list_filter(console_page(self)->list);
}

unsigned console_where(const console_t *self)
{
    static const unsigned OVER[] = {[OVER_FORM] = AT_FORM,
        [OVER_MENU] = AT_MENU,
        [OVER_ORDER] = AT_MENU,
        [OVER_LINE] = AT_LINE,
        [OVER_COMMAND] = AT_LINE | AT_COMMAND,
        [OVER_SEARCH] = AT_LINE,
        [OVER_CLEAR] = AT_MENU,
        [OVER_END] = AT_MENU,
        [OVER_GRAPH] = AT_GRAPH,
        [OVER_DETAIL] = AT_DETAIL};
    if (self->over == OVER_DETAIL && self->page == PAGE_MESSAGES)
        return AT_DETAIL | AT_MESSAGE;
    return self->over == OVER_NOTHING ? AT_PAGE(self->page) : OVER[self->over];
}

const char *console_why_not(const console_t *self, unsigned needs)
{
    bool is_operator = session_view_is_operator(self->session);
    if (needs & RIGHT_SEND)
        return is_operator ? "an operator doesn't send or subscribe: use a tenant's key (-k)"
                           : "nothing is sent or subscribed to with --read-only";
    return is_operator ? "with this key, or --read-only, nothing is changed in the tree"
                       : "that takes an operator's key (-k)";
}

/* The menu's items, as far as they can be done on a page. */
static const action_t MENU[] = {ACT_NOTIFY, ACT_PUBLISH, ACT_SUBSCRIBE, ACT_UNSUBSCRIBE, ACT_TRACE,
    ACT_END_CLIENT, ACT_DRAIN, ACT_LOG_LEVEL, ACT_MOVE, ACT_GO_TOPICS, ACT_TROUBLE, ACT_OPEN,
    ACT_GRAPH, ACT_FILTER, ACT_ORDER, ACT_COPY, ACT_EXPORT, ACT_SAVE, ACT_SEND_AGAIN, ACT_MOUSE,
    ACT_COMMAND, ACT_GO_HELP, ACT_QUIT};
#define MENU_COUNT (sizeof MENU / sizeof MENU[0])
_Static_assert(MENU_COUNT <= CHOOSER_ITEMS_MAX, "the menu is too long");

/* NULL if it can't be done there. */
static const binding_t *find_item(const console_t *self, action_t action)
{
    size_t count;
    const binding_t *bindings = keymap_bindings(&count);
    for (size_t i = 0; i < count; i++)
        if (bindings[i].action == action && bindings[i].menu &&
            keymap_works(&bindings[i], AT_PAGE(self->page), self->rights))
            return &bindings[i];
    return NULL;
}

size_t console_menu(const console_t *self, const binding_t *items[CHOOSER_ITEMS_MAX])
{
    size_t used = 0;
    for (size_t i = 0; i < MENU_COUNT; i++)
        if ((items[used] = find_item(self, MENU[i])) != NULL)
            used++;
    return used;
}

/* What the page of events shows: that, and not what was said besides. */
static size_t count_events(const session_view_t *session)
{
    const status_log_t *log = session_view_status_log(session);
    size_t count = event_archive_count(session_view_events(session));
    for (size_t i = 0; i < status_log_count(log); i++)
        count += !status_log_at(log, i)->is_aside;
    return count;
}

size_t console_kept(const console_t *self, char words[KEPT_ROOM])
{
    const session_view_t *session = self->session;
    bool messages = self->page == PAGE_MESSAGES;
    size_t count =
        messages ? messages_count(session_view_messages(session)) : count_events(session);
    snprintf(
        words, KEPT_ROOM, "%zu %s%s", count, messages ? "message" : "event", count == 1 ? "" : "s");
    return count;
}

size_t console_orders(const console_t *self, const char *items[CHOOSER_ITEMS_MAX],
    size_t columns[LIST_TABLE_COLUMNS_MAX + 1])
{
    const page_t *page = console_page(self);
    items[0] = page->ops->order;
    columns[0] = LIST_NONE;
    size_t count = 1 + page_orders(page, columns + 1);
    for (size_t i = 1; i < count; i++)
        items[i] = page->ops->table->columns[columns[i]].title;
    return count;
}

/* ---- What is selected ----------------------------------------------------------------------- */

const void *console_selected_row(console_t *self, page_number_t page, view_t view)
{
    if (self->page != page)
        return NULL;
    size_t index = page_selected_index(console_page(self));
    return index == LIST_NONE ? NULL : session_view_row(self->session, view, index);
}

const client_t *console_selected_client(console_t *self)
{
    return console_selected_row(self, PAGE_CLIENTS, VIEW_CLIENTS);
}

const message_t *console_selected_message(console_t *self)
{
    if (self->page != PAGE_MESSAGES)
        return NULL;
    size_t index = page_selected_index(console_page(self));
    return index == LIST_NONE ? NULL : messages_at(session_view_messages(self->session), index);
}
