/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * inspect_answers - what can be asked about this broker
 */
#ifndef INSPECT_ANSWERS_H_INCLUDED
#define INSPECT_ANSWERS_H_INCLUDED

#include "report.h"

/* Whether an INSPECT may ask for it: "tree", "clients", "subscriptions" or "events". */
bool inspect_answers_is_question(dd_bytes_t what);

/* Answers an INSPECT, in as many REPORTs as that takes. */
void inspect_answers_inspect(const report_to_t *to, const dd_record_t *asked);

#endif
