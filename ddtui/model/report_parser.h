/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report_parser - what brokers report, read into the model
 *
 * Reports are JSON of strangers: whatever they hold, they do no more harm than to be refused.
 */
#ifndef REPORT_PARSER_H_INCLUDED
#define REPORT_PARSER_H_INCLUDED

#include <stdbool.h>

#include "model.h"

/* What a report says of itself. */
typedef struct {
    char id[MODEL_ID_ROOM]; /* the broker's, and its name and scope; "" if it doesn't say */
    char broker[DD_BROKER_MAX + 1];
    char scope[DD_SCOPE_MAX + 1];
    uint64_t rows; /* that the broker says it has; 0 if it doesn't say */
} report_head_t;

/*
 * Reads the JSON text of one DD_EVENT_REPORT that answers the question of a view. Whose it is says
 * the event, and not the text, which could say anything; an empty id leaves it to the text. Fields
 * that this version doesn't know are passed over. DD_E_MALFORMED if the text is no such report:
 * what stood before the fault has been taken in. DD_E_LIMIT and DD_E_MEMORY as model_add(). head
 * may be NULL.
 */
dd_error_t report_parser_report(
    model_t *model, view_t view, const char *json, const char *broker_id, report_head_t *head);

/* Reads the JSON text of a report on what a broker was told to do: whether it did. If not, failure
   becomes the reason, escaped. */
bool report_parser_control(const char *json, char *failure, size_t room);

#endif
