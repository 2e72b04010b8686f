/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * outage - why there is no connection, in whole sentences
 */
#ifndef OUTAGE_H_INCLUDED
#define OUTAGE_H_INCLUDED

#include "ddtui/model/session_view.h"
#include "text_pane.h"

/* Whether there is none, and something is known of why. */
bool outage_is_known(const session_view_t *session);

/* Adds why, and what comes next. */
void outage_add(const session_view_t *session, text_pane_t *pane);

/* Cuts lines off the top of an area, in which the same stands as far as it fits. */
void outage_draw(const session_view_t *session, canvas_t *canvas, rect_t *area);

#endif
