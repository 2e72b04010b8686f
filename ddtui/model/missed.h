/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * missed - when brokers were last said to be gone, by those beside them in the tree
 *
 * Who says so is believed until the broker has reported again; session_view_standing() compares.
 */
#ifndef MISSED_H_INCLUDED
#define MISSED_H_INCLUDED

#include "event_archive.h"
#include "poller.h"

/* What parents that report say of silent children. True if that is news. */
bool missed_by_parents(poller_t *poller, uint64_t now_ms);
/* An event of so long ago may be the word of a parent or a child. True if it is, and news. */
bool missed_by_event(poller_t *poller, const archived_t *event, uint64_t age_ms, uint64_t now_ms);

/* Whether one beside it has said so since it was heard last; finished_ms: when the round of its row
   was over. */
bool missed_is(const broker_t *broker, uint64_t finished_ms);

#endif
