/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * filter - which texts hold another
 */
#include "filter.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "libdd/base/utf8.h"

/* The next character in lower case; a byte that is none stands for itself. */
static size_t next_character(const uint8_t *at, size_t size, uint32_t *character)
{
    uint32_t code;
    size_t length = dd_utf8_decode(at, size, &code);
    *character = length > 0 ? dd_utf8_lower(code) : *at;
    return length > 0 ? length : 1;
}

void filter_set(filter_t *self, const char *text)
{
    *self = (filter_t){.length = 0};
    snprintf(self->text, sizeof self->text, "%s", text);
    const uint8_t *at = (const uint8_t *)self->text;
    while (*at != '\0' && self->length < FILTER_MAX)
        at += next_character(at, strlen((const char *)at), &self->what[self->length++]);
}

static bool stands_at(const filter_t *self, const uint8_t *at, const uint8_t *end)
{
    for (size_t i = 0; i < self->length; i++) {
        uint32_t character;
        if (at == end)
            return false;
        at += next_character(at, (size_t)(end - at), &character);
        if (character != self->what[i])
            return false;
    }
    return true;
}

bool filter_wants(const filter_t *self, const void *text, size_t size)
{
    if (self->length == 0)
        return true;
    const uint8_t *at = text, *end = at + size;
    while (at < end) {
        if (stands_at(self, at, end))
            return true;
        uint32_t passed;
        at += next_character(at, (size_t)(end - at), &passed);
    }
    return false;
}
