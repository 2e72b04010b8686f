/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pulse - whether there is life at the other end of a connection that brings no message
 */
#include "pulse.h"

dd_pulse_result_t dd_pulse_feel(
    dd_pulse_t *self, const dd_traffic_t *traffic, bool is_asked, uint64_t *heard, uint64_t now)
{
    dd_traffic_t before = self->traffic;
    self->traffic = *traffic;
    if (self->heard != *heard) { /* a message has come since, and with it the end of all doubt */
        self->heard = *heard;
        self->reached = false; /* what was sent last may not be in the kernel's hands yet */
        self->mark = 0;
        return DD_PULSE_UNKNOWN;
    }
    bool came = traffic->received > before.received;
    bool left = is_asked && traffic->acknowledged > before.acknowledged;
    bool passed = self->mark > 0 && traffic->acknowledged >= self->mark;
    self->reached = !came && (self->reached || passed || !traffic->waiting);
    self->mark = came ? 0 : self->mark > 0 ? self->mark : traffic->written;
    if (!came && (!left || self->reached))
        return DD_PULSE_NONE;
    self->heard = *heard = now;
    return DD_PULSE_FELT;
}
