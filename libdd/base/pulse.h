/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pulse - whether there is life at the other end of a connection that brings no message
 *
 * One message may take as long as the line needs. So whoever is silent is looked at from time to
 * time: bytes that came since the last look are life. Bytes of ours that were acknowledged are not,
 * since the kernel of a stopped process acknowledges; they excuse only an answer to what waits
 * behind them, until all is acknowledged that was written before.
 */
#ifndef DD_PULSE_H_INCLUDED
#define DD_PULSE_H_INCLUDED

#include <stdbool.h>
#include <stdint.h>

/* What a connection has carried since its begin. */
typedef struct {
    uint64_t received;     /* bytes */
    uint64_t acknowledged; /* bytes of ours that have arrived at the other kernel */
    bool waiting;          /* and others have not yet */
    uint64_t written;      /* bytes of ours that the kernel has, or had, to send; 0: not known */
} dd_traffic_t;

typedef enum {
    DD_PULSE_UNKNOWN, /* the first look: there is nothing to compare it with */
    DD_PULSE_FELT,
    DD_PULSE_NONE
} dd_pulse_result_t;

/* All 0 to begin with. */
typedef struct {
    uint64_t heard;       /* when the other end was heard last, as of the last look */
    dd_traffic_t traffic; /* then */
    uint64_t mark;        /* bytes that had been written at a look since then; 0: none yet */
    bool reached;         /* since then, a look has found that these, or all, are acknowledged */
} dd_pulse_t;

/*
 * Takes a look at the time now, of any clock that never jumps. *heard says when the other end was
 * heard last, and is set to now if it lives. is_asked: it speaks only when it is asked.
 */
dd_pulse_result_t dd_pulse_feel(
    dd_pulse_t *self, const dd_traffic_t *traffic, bool is_asked, uint64_t *heard, uint64_t now);

#endif
