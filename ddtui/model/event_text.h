/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * event_text - whom the text of a broker's event is about, and what it says of them
 */
#ifndef EVENT_TEXT_H_INCLUDED
#define EVENT_TEXT_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>

/* Points into the text. */
typedef struct {
    const char *name; /* of `size` bytes; a client's is the full one */
    size_t size;
    const char *what; /* what is said of it; "" if nothing is */
} event_text_t;

/* Reads "KIND NAME what is said of it"; a kind is "client", "broker" or "parent". False if the text
   isn't about such a one. */
bool event_text_read(event_text_t *self, const char *text, const char *kind);

/* Whether it is about the one of that name. */
bool event_text_names(const event_text_t *self, const char *name);
/* Whether that is said of it, or begins what is said. */
bool event_text_says(const event_text_t *self, const char *beginning);

#endif
