/*
 * answer - what can be asked about this broker
 */
#ifndef ANSWER_H_INCLUDED
#define ANSWER_H_INCLUDED

#include "report.h"

/* Whether an INSPECT may ask for it: "tree", "clients", "subscriptions" or "events". */
bool answer_is_question(dd_bytes_t what);

/* Answers an INSPECT, in as many REPORTs as that takes. */
void answer_inspect(const report_to_t *to, const dd_record_t *asked);

/* Does what a CONTROL wants, and reports how that went. */
void answer_control(const report_to_t *to, const dd_record_t *asked);

#endif
