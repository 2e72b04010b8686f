/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * losses - of lost publications, since when there are such, how long ago the last one was, and who
 * lost them
 */
#ifndef UI_LOSSES_H_INCLUDED
#define UI_LOSSES_H_INCLUDED

#include "page.h"

/* Adds how many a broker's clients together, or a client, lost, in a line like "6 since 00:58:01,
   the last 2s ago". Nothing if that is none. */
void losses_add_of_broker(const page_t *page, const broker_t *broker, text_pane_t *pane);
void losses_add_of_client(const page_t *page, const client_t *client, text_pane_t *pane);

/* The same of a topic, with `count`, which is how many in words; and also if it is none. */
void losses_add_of_topic(
    const page_t *page, const topic_t *topic, const char *count, text_pane_t *pane);

/* Adds which of a broker's clients lost some, also of those that aren't there any more, as far as
   its row and its events tell. */
void losses_add_losers(const page_t *page, const broker_t *broker, text_pane_t *pane);

#endif
