/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * outage - why there is no connection, in whole sentences
 */
#include "outage.h"

#include <stdio.h>
#include <string.h>

#include "ddtui/model/parent_list.h"

/* Lines above what is shown, which is of the past. */
#define LINES_MAX 5
/* Bytes of the endpoints that are offered, and how many of them. */
#define ENDPOINTS_ROOM 512
#define ENDPOINTS_MAX 3

bool outage_is_known(const session_view_t *session)
{
    const link_t *link = session_view_link(session);
    return link->state != LINK_REGISTERED && link->reason[0] != '\0';
}

/* Endpoints at which others have joined, or may; the lost one isn't among them. */
typedef struct {
    char text[ENDPOINTS_ROOM];
    size_t count;
} known_t;

static void add_endpoint(known_t *self, const char *endpoint)
{
    size_t used = strlen(self->text);
    if (self->count == ENDPOINTS_MAX || strstr(self->text, endpoint) ||
        used + strlen(endpoint) + 3 > sizeof self->text)
        return;
    snprintf(self->text + used, sizeof self->text - used, "%s%s", used > 0 ? ", " : "", endpoint);
    self->count++;
}

static void find_endpoints(const session_view_t *session, known_t *out)
{
    const link_t *link = session_view_link(session);
    *out = (known_t){0};
    for (size_t i = 0; i < session_view_row_count(session, VIEW_TREE); i++) {
        const broker_t *broker = session_view_row(session, VIEW_TREE, i);
        const char *text = broker->parents;
        listed_parent_t parent;
        while (parent_list_next(&text, &parent))
            if (strcmp(parent.endpoint, link->endpoint) != 0)
                add_endpoint(out, parent.endpoint);
    }
}

static void add_other_brokers(const session_view_t *session, text_pane_t *pane)
{
    known_t known;
    find_endpoints(session, &known);
    if (known.count > 0)
        text_pane_print(pane, STYLE_DIM, "Others are known: :connect %s", known.text);
    else
        text_pane_text(pane, STYLE_DIM, ":connect ENDPOINT goes to another broker.");
}

void outage_add(const session_view_t *session, text_pane_t *pane)
{
    const link_t *link = session_view_link(session);
    text_pane_print(pane, STYLE_BAD, "Not connected: %s", link->reason);
    text_pane_text(pane, STYLE_DIM,
        link->state == LINK_CLOSED ? "The connection has ended for good. q leaves the console."
                                   : "The console keeps trying by itself.");
    add_other_brokers(session, pane);
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
