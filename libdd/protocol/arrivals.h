/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * arrivals - notifications that came, for each to be taken once and acknowledged
 *
 * A sender numbers its notifications: by ref, which rises, within a run. A run is 24 random bits of
 * the sender's and, below them, 8 that count its runs. A notification is taken if its number is
 * above the last one from that sender, and its run isn't one that is over; so nothing is taken
 * twice or out of order, whatever way it came. What was taken is told to its sender in
 * acknowledgements, many at a time.
 *
 * Not thread-safe.
 */
#ifndef DD_ARRIVALS_H_INCLUDED
#define DD_ARRIVALS_H_INCLUDED

#include "record.h"

/* Room for the ranges of one ACK. */
#define DD_ARRIVALS_ROOM (DD_ACK_RANGES_MAX * DD_ACK_RANGE_SIZE)

typedef struct dd_arrivals dd_arrivals_t;

/* Remembers so many senders; beyond them the one forgotten is the one that was silent longest. NULL
   when out of memory. */
dd_arrivals_t *dd_arrivals_new(size_t senders_max);
void dd_arrivals_destroy(dd_arrivals_t **self_p);

/* A DATA came. True if it is to be taken; what has no number (run 0) always is. */
bool dd_arrivals_take(dd_arrivals_t *self, const dd_record_t *data);

/* One that was taken isn't to be acknowledged: its sender is told something else of it. */
void dd_arrivals_exclude(dd_arrivals_t *self, dd_bytes_t source, uint32_t ref);

/* How many were taken and are not acknowledged yet. */
size_t dd_arrivals_pending(const dd_arrivals_t *self);

/* Makes the next ACK, whose ranges are written into room, and whose destination stays valid until
   the next call. Those to one sender come in their order. False if there is nothing to
   acknowledge. */
bool dd_arrivals_next(dd_arrivals_t *self, dd_record_t *ack, uint8_t room[DD_ARRIVALS_ROOM]);

/* The connection is lost: what was not acknowledged is so no more. */
void dd_arrivals_forget_pending(dd_arrivals_t *self);

#endif
