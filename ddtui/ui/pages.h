/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pages - all screens of the console, by their numbers
 *
 * This is where a new page is entered into the console.
 */
#ifndef PAGES_H_INCLUDED
#define PAGES_H_INCLUDED

#include "page.h"

typedef struct pages pages_t;

/* All pages, of the session view, which is lent; rights as in keymap.h. NULL when out of memory. */
pages_t *pages_new(session_view_t *session, unsigned rights);
void pages_destroy(pages_t **self_p);

page_t *pages_page(pages_t *self, page_number_t number);
const char *pages_title(page_number_t number);
/* NULL if the page has no list. */
const list_table_t *pages_table(page_number_t number);

#endif
