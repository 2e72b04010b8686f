/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * counts - what a peer, all clients of a tenant, or all peers of a broker did
 *
 * Each is counted where it happens, for all three at once, so that what a tenant did is still known
 * when its clients have left.
 */
#ifndef COUNTS_H_INCLUDED
#define COUNTS_H_INCLUDED

#include <stddef.h>
#include <stdint.h>

#include "libdd/include/dd.h"

/* Codes that a broker gives to others; 0 is what it keeps to itself. */
#define COUNTS_REASONS (DD_E_MOVED + 1)

/* Of a peer: since it was registered. */
typedef struct {
    uint64_t in;       /* notifications and publications from it */
    uint64_t out;      /* the same to it */
    uint64_t in_bytes; /* of their payloads */
    uint64_t out_bytes;
    uint64_t refused; /* what it asked and didn't get */
    uint64_t dropped; /* publications that it had no room for, or that were too large for it */
    uint64_t dropped_since_ms; /* when it lost the first of them, */
    uint64_t dropped_ms;       /* and the last */
} counts_t;

/* What was refused, by code. */
typedef struct {
    uint64_t of[COUNTS_REASONS];
} counts_reasons_t;

static inline void counts_in(counts_t *self, size_t size)
{
    self->in++;
    self->in_bytes += size;
}

static inline void counts_out(counts_t *self, size_t size)
{
    self->out++;
    self->out_bytes += size;
}

static inline void counts_dropped(counts_t *self, uint64_t now_ms)
{
    if (self->dropped++ == 0)
        self->dropped_since_ms = now_ms;
    self->dropped_ms = now_ms;
}

/* Codes that no broker gives to others, and what a peer made up, are counted as one. */
static inline void counts_reasons_add(counts_reasons_t *self, dd_error_t code)
{
    self->of[code < COUNTS_REASONS ? code : 0]++;
}

/* What a reason is called. */
static inline const char *counts_reason_name(size_t code)
{
    return code > 0 ? dd_strerror((dd_error_t)code) : "other";
}

#endif
