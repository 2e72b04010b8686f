/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * threshold - a range of good values, as plugins for monitors take it
 */
#include "threshold.h"

#include <stddef.h>

#include "libdd/base/options.h"

/* The end of a range that begins with a colon; without a number there is none. */
static bool read_high(threshold_t *self, const char *text)
{
    self->high = UINT64_MAX;
    if (*text == '\0')
        return true;
    const char *rest = dd_option_digits(text, &self->high);
    return rest && *rest == '\0';
}

bool threshold_read(threshold_t *self, const char *text)
{
    *self = (threshold_t){.text = text, .inverted = *text == '@'};
    const char *at = text + self->inverted;
    if (at[0] == '~' && at[1] == ':')
        at++;
    else if (*at != ':')
        at = dd_option_digits(at, &self->low);
    if (!at)
        return false;
    if (*at != ':') {
        self->high = self->low;
        self->low = 0;
        return *at == '\0';
    }
    return read_high(self, at + 1) && self->low <= self->high;
}

bool threshold_alerts(const threshold_t *self, uint64_t value)
{
    bool inside = value >= self->low && value <= self->high;
    return self->text && inside == self->inverted;
}
