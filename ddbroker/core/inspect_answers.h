/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * inspect_answers - what can be asked about this broker
 */
#ifndef INSPECT_ANSWERS_H_INCLUDED
#define INSPECT_ANSWERS_H_INCLUDED

#include "report.h"

/* Whether an INSPECT may ask for it: "tree", "clients", "subscriptions", "events",
   "quotas" or "topics". */
bool inspect_answers_is_question(dd_bytes_t what);

typedef struct answer answer_t;

/* Begins to answer an INSPECT, in as many REPORTs as that takes. The answer is the caller's, and
   counts among the jobs of the tenant that asks, until inspect_answers_end(), which may come before
   all is said. NULL when out of memory. */
answer_t *inspect_answers_begin(const report_to_t *to, const dd_record_t *asked);
/* Takes NULL, too. */
void inspect_answers_end(answer_t *answer);

/* How many brokers beyond this one haven't said their last: the last REPORT of the answer will tell
   the asker. False if that has been said, or there is no answer. */
bool inspect_answers_await(answer_t *answer, unsigned outstanding);

#endif
