/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * topic_rates - how much is published on each topic a second, between two rounds of reports
 */
#ifndef TOPIC_RATES_H_INCLUDED
#define TOPIC_RATES_H_INCLUDED

#include "model.h"

/* Sets the rates of all parts in `now`, the newer round, by what they were in `before`, which is
   elapsed_ms older. Both must be arranged; the sums are up to date after the next model_arrange().
   */
void topic_rates_set(model_t *now, const model_t *before, uint64_t elapsed_ms);

/* Nothing more is heard: there are no rates any more. */
void topic_rates_stop(model_t *self);

#endif
