/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * console_state - what the console is at, and the questions about it that its files share
 */
#include "console_state.h"

page_t *console_page(const console_t *self)
{
    return pages_page(self->pages, self->page);
}

unsigned console_where(const console_t *self)
{
    static const unsigned OVER[] = {[OVER_FORM] = AT_FORM,
        [OVER_MENU] = AT_MENU,
        [OVER_LINE] = AT_LINE,
        [OVER_COMMAND] = AT_LINE | AT_COMMAND,
        [OVER_END] = AT_MENU,
        [OVER_DETAIL] = AT_DETAIL};
    if (self->over == OVER_DETAIL && self->page == PAGE_MESSAGES)
        return AT_DETAIL | AT_MESSAGE;
    return self->over == OVER_NOTHING ? AT_PAGE(self->page) : OVER[self->over];
}

size_t console_menu(const console_t *self, const binding_t *items[CHOOSER_ITEMS_MAX])
{
    size_t count, used = 0;
    const binding_t *bindings = keymap_bindings(&count);
    for (size_t i = 0; i < count && used < CHOOSER_ITEMS_MAX; i++)
        if (bindings[i].menu && keymap_works(&bindings[i], AT_PAGE(self->page), self->rights))
            items[used++] = &bindings[i];
    return used;
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
