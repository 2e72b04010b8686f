/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * topic_rates - how much is published on each topic a second, between two rounds of reports
 */
#ifndef TOPIC_RATES_H_INCLUDED
#define TOPIC_RATES_H_INCLUDED

#include "model.h"

/* ms for which what a broker that is gone has counted is kept. */
#define TOPIC_RATES_STAYS (UINT64_C(24) * 3600 * 1000)

/* Sets the rates of all parts in `now`, the newer round, by what they were in `before`, which is
   elapsed_ms older. What brokers that are in `before` alone had counted goes on in `now`, without
   subscribers and rates: what was published and lost doesn't become less because a broker was
   restarted. Both must be arranged; the sums are up to date after the next model_arrange().
   */
void topic_rates_set(model_t *now, const model_t *before, uint64_t elapsed_ms);

/* Nothing more is heard: there are no rates any more. */
void topic_rates_stop(model_t *self);

#endif
