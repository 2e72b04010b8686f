/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * losses - of lost publications, since when there are such and how long ago the last one was
 */
#ifndef UI_LOSSES_H_INCLUDED
#define UI_LOSSES_H_INCLUDED

#include "page.h"

/* Of a broker's clients together, or of one, as they are reported: adds a line like "6 since
   00:58:01, the last 2s ago", the time being that of the event that told of the first one, if that
   is known. Nothing if none was lost. */
void losses_add_of_broker(const page_t *page, const broker_t *broker, text_pane_t *pane);
void losses_add_of_client(const page_t *page, const client_t *client, text_pane_t *pane);

#endif
