/*
 * tally - which messages of a numbered stream have arrived
 */
#include "tally.h"

#include <stdlib.h>

bool tally_init(tally_t *self, uint64_t expected)
{
    *self = (tally_t){.expected = expected, .seen = calloc(expected / 8 + 1, 1)};
    return self->seen;
}

void tally_clear(tally_t *self)
{
    free(self->seen);
    *self = (tally_t){0};
}

void tally_take(tally_t *self, uint64_t number)
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
