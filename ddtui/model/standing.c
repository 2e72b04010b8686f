/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * standing - how a broker is, as far as its row of the tree, and the age of that, let know
 */
#include "standing.h"

#include "missed.h"

standing_t standing_of(const broker_t *broker, const sight_t *tree)
{
    static const standing_t STANDINGS[] = {[BROKER_REPORTS] = STANDING_REPORTS,
        [BROKER_GONE] = STANDING_GONE,
        [BROKER_BEHIND] = STANDING_BEHIND,
        [BROKER_DRAINED] = STANDING_DRAINED};
    if (!tree->is_current)
        return STANDING_UNKNOWN;
    bool is_sure = broker->fate_ms + tree->age_ms >= STANDING_GONE_AFTER;
    if (broker->fate == BROKER_DRAINED || (broker->fate != BROKER_REPORTS && is_sure))
        return STANDINGS[broker->fate];
    if (broker->fate != BROKER_BEHIND && missed_is(broker, tree->finished_ms))
        return STANDING_GONE;
    bool is_late = standing_silence(broker->silent_ms, tree) >= STANDING_LATE_AFTER;
    return is_late ? STANDING_LATE : STANDING_REPORTS;
}

uint64_t standing_silence(uint64_t silent_ms, const sight_t *view)
{
    bool reports = silent_ms == 0 && view->is_current;
    return reports ? 0 : silent_ms + view->age_ms;
}
