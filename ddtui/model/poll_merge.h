/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * poll_merge - what a round of reports takes over from the round before it
 *
 * From the difference of two rounds come rates. What was there and is not any more stays for a
 * while, with the time for which it has been silent, so that a fault can be seen.
 */
#ifndef POLL_MERGE_H_INCLUDED
#define POLL_MERGE_H_INCLUDED

#include "answered.h"
#include "model.h"

/* ms for which a silent row stays: of a broker, of a client whose broker is silent, and of a client
   that has left. */
#define POLL_MERGE_BROKER_STAYS 600000
#define POLL_MERGE_UNKNOWN_STAYS POLL_MERGE_BROKER_STAYS
#define POLL_MERGE_CLIENT_STAYS 60000

/* Completes the rows of a view in `now`, the newer round, by those in `before`, which is
   elapsed_ms older; answered says which brokers have reported all they have. Both must be arranged;
   so is `now` afterwards. DD_E_MEMORY, DD_E_LIMIT: what didn't fit is missing. */
dd_error_t poll_merge_carry(model_t *now, const model_t *before, view_t view, uint64_t elapsed_ms,
    const answered_t *answered);

/* Nothing more is heard: no row of the view has a rate any more. */
void poll_merge_stop_rates(model_t *self, view_t view);

#endif
