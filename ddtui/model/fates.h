/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fates - what can be said of brokers that don't report
 *
 * Only of one whose neighbour in the tree reports can it be said that it is gone. What was reached
 * through such a one is behind it, and may be well.
 */
#ifndef FATES_H_INCLUDED
#define FATES_H_INCLUDED

#include "model.h"

/* ms that a fate has lasted at most when it is seen for the first time: what looks gone after an
   outage may only not have come back yet. */
#define FATES_AT_FIRST 5000

/* Sets the fate of each broker in a model that is arranged, and for how long it has it: fate and
   fate_ms of silent brokers are those of before. DD_E_MEMORY: none is set. */
dd_error_t fates_set(model_t *model);

#endif
