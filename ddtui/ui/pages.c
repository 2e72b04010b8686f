/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pages - all screens of the console, by their numbers
 */
#include "pages.h"

#include <stdlib.h>

struct pages {
    page_t pages[PAGES];
};

static const page_ops_t *const OPS[PAGES] = {
    [PAGE_TREE] = &TREE_PAGE,
    [PAGE_CLIENTS] = &CLIENTS_PAGE,
    [PAGE_SUBSCRIPTIONS] = &SUBSCRIPTIONS_PAGE,
    [PAGE_MESSAGES] = &MESSAGES_PAGE,
    [PAGE_EVENTS] = &EVENTS_PAGE,
    [PAGE_TRACE] = &TRACE_PAGE,
    [PAGE_HELP] = &HELP_PAGE,
    [PAGE_TOPICS] = &TOPICS_PAGE,
};

pages_t *pages_new(session_view_t *session, unsigned rights)
{
    pages_t *self = calloc(1, sizeof *self);
    for (page_number_t number = 0; self && number < PAGES; number++)
        if (!page_init(&self->pages[number], number, OPS[number], session, rights))
            pages_destroy(&self);
    return self;
}

void pages_destroy(pages_t **self_p)
{
    pages_t *self = self_p ? *self_p : NULL;
    if (!self)
        return;
    for (size_t i = 0; i < PAGES; i++)
        page_clear(&self->pages[i]);
    free(self);
    *self_p = NULL;
}

page_t *pages_page(pages_t *self, page_number_t number)
{
    return &self->pages[number];
}

const char *pages_title(page_number_t number)
{
    return OPS[number]->title;
}

const list_table_t *pages_table(page_number_t number)
{
    return OPS[number]->table;
}
