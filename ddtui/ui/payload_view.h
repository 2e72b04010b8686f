/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * payload_view - a payload to be read: as text, as JSON, or as bytes
 *
 * Payloads are bytes of strangers; what is shown of them is escaped, and bounded.
 */
#ifndef PAYLOAD_VIEW_H_INCLUDED
#define PAYLOAD_VIEW_H_INCLUDED

#include "text_pane.h"

typedef enum {
    PAYLOAD_AUTO, /* JSON if it is that, else text, else bytes */
    PAYLOAD_TEXT,
    PAYLOAD_JSON,
    PAYLOAD_BYTES,
    PAYLOAD_MODES
} payload_view_mode_t;

const char *payload_view_mode_name(payload_view_mode_t mode);

/* Adds a payload to a pane. Nothing in it acts on a terminal. A payload that isn't what the mode
   wants is shown as text, after a line that says so. */
void payload_view_add(
    text_pane_t *pane, payload_view_mode_t mode, const uint8_t *data, size_t size);

#endif
