/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * window - how much may be on its way to a broker that it hasn't said to have taken in
 */
#include "window.h"

uint64_t dd_window_most(uint32_t size, size_t largest)
{
    uint64_t beyond_quarter = dd_window_quarter(size) - 1 + dd_window_count(largest);
    return (beyond_quarter > size ? beyond_quarter : size) + DD_WINDOW_SIGNS;
}

bool dd_window_lets(const dd_window_t *self, size_t frame)
{
    uint64_t untaken = self->sent - self->taken;
    return self->size == 0 || untaken < dd_window_quarter(self->size) ||
           untaken + dd_window_count(frame) <= self->size;
}

bool dd_window_taken(dd_window_t *self, uint64_t taken)
{
    if (taken < self->taken || taken > self->sent)
        return false;
    self->taken = taken;
    return true;
}
