/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * outage - why there is no connection, in whole sentences
 */
#include "outage.h"

/* Lines above what is shown, which is of the past. */
#define LINES_MAX 4

bool outage_is_known(const session_view_t *session)
{
    const link_t *link = session_view_link(session);
    return link->state != LINK_REGISTERED && link->reason[0] != '\0';
}

void outage_add(const session_view_t *session, text_pane_t *pane)
{
    const link_t *link = session_view_link(session);
    text_pane_print(pane, STYLE_BAD, "Not connected: %s", link->reason);
    text_pane_text(pane, STYLE_DIM,
        link->state == LINK_CLOSED ? "The connection has ended for good. q leaves the console."
                                   : "The console keeps trying by itself.");
}

void outage_draw(const session_view_t *session, canvas_t *canvas, rect_t *area)
{
    text_pane_t *pane = text_pane_new(area->width - 2);
    outage_add(session, pane);
    size_t lines = text_pane_count(pane);
    rect_t place = rect_cut_top(area, lines < LINES_MAX ? (int)lines : LINES_MAX);
    rect_cut_left(&place, 1);
    text_pane_draw(pane, canvas, place, 0, NULL);
    text_pane_destroy(&pane);
}
