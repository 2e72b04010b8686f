/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * link_rules - what a link may pass on, and for whom it speaks
 *
 * Rules 1 and 2 of dd-protocol(7). A link carries what clients and brokers beyond it say, and what
 * it says can be wrong or made up: each such record is looked at here before anything is done with
 * it. So what a broker has from a link and hands on has good names, stays within its tenant's
 * walls, and is about somebody whom the link leads to.
 *
 * A child leads to what it has told of. The parent leads to all the rest.
 */
#ifndef LINK_RULES_H_INCLUDED
#define LINK_RULES_H_INCLUDED

#include "core_state.h"

/* A notification: its source is beyond the link. */
bool link_rules_forward(const core_t *self, const peer_t *link, const dd_record_t *record);

/* The same, but that its source waits for a name that another one has there. */
bool link_rules_is_claimed(const core_t *self, const peer_t *link, const dd_record_t *record);

/* A publication: its source is beyond the link. */
bool link_rules_relay(const core_t *self, const peer_t *link, const dd_record_t *record);

/* What became of a notification: its receiver, the source, is beyond the link. */
bool link_rules_ack(const core_t *self, const peer_t *link, const dd_record_t *record);
/* The same; and of a refusal, that it is beyond the link or may have been when the notification was
   handed over. */
bool link_rules_receipt(const core_t *self, const peer_t *link, const dd_record_t *record);

/* A report: the broker that made it is beyond the link. */
bool link_rules_report(const core_t *self, const peer_t *link, const dd_record_t *record);
/* To how many brokers it says that the question was passed on: to no more than are there. */
uint16_t link_rules_links(const peer_t *link, const dd_record_t *record);

/* A question: everybody who gets it can carry it. */
bool link_rules_question(const dd_record_t *record);

/* What a broker did with a notification. */
bool link_rules_hop(const dd_record_t *record);

#endif
