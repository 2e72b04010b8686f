/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * utf8 - reading UTF-8 that may be anything
 */
#include "utf8.h"

#include <stdbool.h>

size_t dd_utf8_decode(const uint8_t *at, size_t size, uint32_t *character)
{
    static const struct {
        uint8_t mask, lead, length;
        uint32_t least;
    } FORMS[] = {{0x80, 0x00, 1, 0}, {0xE0, 0xC0, 2, 0x80}, {0xF0, 0xE0, 3, 0x800},
        {0xF8, 0xF0, 4, 0x10000}};
    for (size_t i = 0; i < sizeof FORMS / sizeof FORMS[0]; i++) {
        if ((at[0] & FORMS[i].mask) != FORMS[i].lead)
            continue;
        if (FORMS[i].length > size)
            return 0;
        uint32_t value = at[0] & (uint8_t)~FORMS[i].mask;
        for (size_t j = 1; j < FORMS[i].length; j++) {
            if ((at[j] & 0xC0) != 0x80)
                return 0;
            value = value << 6 | (at[j] & 0x3F);
        }
        *character = value;
        bool surrogate = value >= 0xD800 && value <= 0xDFFF;
        return value < FORMS[i].least || value > 0x10FFFF || surrogate ? 0 : FORMS[i].length;
    }
    return 0;
}
