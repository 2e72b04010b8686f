/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * outcomes - notifications that were sent and of which it isn't known yet what became of them
 *
 * Each is open from its SEND until it is settled, once: as delivered (acknowledged), as refused
 * (somebody said why), or as unknown. Those to one destination are in the order of their refs,
 * which is the order in which they arrive there: what a later acknowledgement passes over is
 * unknown.
 *
 * Not thread-safe. Times are milliseconds of a clock that never jumps.
 */
#ifndef DD_OUTCOMES_H_INCLUDED
#define DD_OUTCOMES_H_INCLUDED

#include "libdd/base/buffer.h"
#include "libdd/include/dd.h"

/* Open notifications to one destination, and to all together. */
#define DD_OUTCOMES_PER_DESTINATION 65536
#define DD_OUTCOMES_MAX 1048576

typedef struct dd_outcomes dd_outcomes_t;

/* What became of one notification. */
typedef struct {
    dd_error_t error; /* DD_OK: delivered; DD_E_UNKNOWN; or the reason for which it was refused */
    uint32_t ref;
    dd_bytes_t destination; /* as dd_outcomes_open() got it; lent for the call */
    bool wanted;            /* the application asked to be told of a delivery as well */
} dd_outcome_t;

/* Takes an outcome. Called from inside of the calls below, and must not call back into them. */
typedef void(dd_settle_t)(void *arg, const dd_outcome_t *outcome);

/* NULL when out of memory. settle gets arg. */
dd_outcomes_t *dd_outcomes_new(dd_settle_t *settle, void *arg);
void dd_outcomes_destroy(dd_outcomes_t **self_p);

/* A notification is on its way; ref is larger than all before. Its time counts from since_ms on,
   which may be still to come. DD_E_OVERLOADED if there are DD_OUTCOMES_PER_DESTINATION to that
   destination already, DD_E_OUTBOX_FULL if there are DD_OUTCOMES_MAX in all, DD_E_MEMORY; then it
   is not taken note of. */
dd_error_t dd_outcomes_open(
    dd_outcomes_t *self, dd_bytes_t destination, uint32_t ref, bool wanted, uint64_t since_ms);

/* Takes that back without a word: it could not be sent. */
void dd_outcomes_cancel(dd_outcomes_t *self, dd_bytes_t destination, uint32_t ref);

/* How many are open, in all. */
size_t dd_outcomes_count(const dd_outcomes_t *self);

/* The destination has received the notifications of these ranges: pairs of the first and the last
   ref, u32 little-endian, rising. Those are delivered, and what is open before them is unknown.
   DD_E_MALFORMED if the bytes are no such ranges, of which those before the wrong one have been
   taken. Refs that were never sent to it deliver nothing. */
dd_error_t dd_outcomes_acknowledge(dd_outcomes_t *self, dd_bytes_t destination, dd_bytes_t ranges);

/* Settles one; false if it isn't open, since it was settled before or never sent there. */
bool dd_outcomes_settle(
    dd_outcomes_t *self, dd_bytes_t destination, uint32_t ref, dd_error_t error);

/* Settles up to `most` of those that are open as unknown. True if some are left. */
bool dd_outcomes_abandon(dd_outcomes_t *self, size_t most);

/* Settles as unknown what has been open for limit_ms, and to one destination in the order in which
   it was sent: what is behind one that has more time waits with it. A call looks at no more than so
   many destinations and settles no more than so many. True if there are destinations that it didn't
   come to, which the next call goes on with. */
bool dd_outcomes_expire(dd_outcomes_t *self, uint64_t now_ms, uint64_t limit_ms, size_t most);

/* Whether it is better to wait than to open one more: DD_OUTCOMES_MAX was reached, and more than
   half of it is still open. */
bool dd_outcomes_is_full(const dd_outcomes_t *self);

/* Keeps an eye on one destination, which has as many as it may have; an empty name ends that. */
void dd_outcomes_watch(dd_outcomes_t *self, dd_bytes_t destination);
/* Whether that one still has more than half of it. */
bool dd_outcomes_is_crowded(const dd_outcomes_t *self);

#endif
