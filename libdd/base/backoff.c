/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * backoff - pauses between attempts that grow and never fall in step
 */
#include "backoff.h"

void dd_backoff_reset(dd_backoff_t *self)
{
    self->ceiling = 0;
}

uint32_t dd_backoff_next(dd_backoff_t *self, uint32_t random)
{
    self->ceiling = self->ceiling == 0 ? DD_BACKOFF_FIRST : self->ceiling * 2;
    if (self->ceiling > DD_BACKOFF_MOST)
        self->ceiling = DD_BACKOFF_MOST;
    uint32_t half = self->ceiling / 2;
    return half + random % (half + 1);
}
