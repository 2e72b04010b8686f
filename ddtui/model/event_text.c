/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * event_text - whom the text of a broker's event is about, and what it says of them
 */
#include "event_text.h"

#include <string.h>

bool event_text_read(event_text_t *self, const char *text, const char *kind)
{
    size_t size = strlen(kind);
    if (strncmp(text, kind, size) != 0 || text[size] != ' ')
        return false;
    self->name = text + size + 1;
    self->size = strcspn(self->name, " ");
    self->what = self->name + self->size;
    self->what += *self->what == ' ' ? 1 : 0;
    return true;
}

bool event_text_names(const event_text_t *self, const char *name)
{
    return strlen(name) == self->size && memcmp(self->name, name, self->size) == 0;
}

bool event_text_says(const event_text_t *self, const char *beginning)
{
    return strncmp(self->what, beginning, strlen(beginning)) == 0;
}
