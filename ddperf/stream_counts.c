/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stream_counts - which messages of a numbered stream have arrived
 */
#include "stream_counts.h"

#include <stdlib.h>

bool stream_counts_init(stream_counts_t *self, uint64_t expected)
{
    size_t bytes = expected / 8 < SIZE_MAX ? (size_t)(expected / 8) + 1 : SIZE_MAX;
    *self = (stream_counts_t){.expected = expected, .seen = calloc(bytes, 1)};
    return self->seen;
}

void stream_counts_clear(stream_counts_t *self)
{
    free(self->seen);
    *self = (stream_counts_t){0};
}

void stream_counts_take(stream_counts_t *self, uint64_t number)
{
    if (number >= self->expected)
        return;
    uint8_t bit = (uint8_t)(1u << number % 8);
    uint8_t *byte = &self->seen[number / 8];
    if (*byte & bit) {
        self->duplicated++;
        return;
    }
    *byte |= bit;
    self->received++;
    if (number < self->next)
        self->reordered++;
    else
        self->next = number + 1;
}
