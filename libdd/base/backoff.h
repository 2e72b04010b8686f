/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * backoff - pauses between attempts that grow and never fall in step
 */
#ifndef DD_BACKOFF_H_INCLUDED
#define DD_BACKOFF_H_INCLUDED

#include <stdint.h>

/* Pauses in ms: the first attempt after a lost connection comes within DD_BACKOFF_FIRST. */
#define DD_BACKOFF_FIRST 100
#define DD_BACKOFF_MOST 5000

typedef struct {
    uint32_t ceiling; /* ms; 0 before the first pause */
} dd_backoff_t;

/* After success: the next pause is short again. */
void dd_backoff_reset(dd_backoff_t *self);
/* The next pause in ms: random between half the ceiling and the ceiling, which doubles each time.
 */
uint32_t dd_backoff_next(dd_backoff_t *self, uint32_t random);

#endif
