/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gathered - what happens in masses, and is told in few events
 *
 * The first event has what a second brought, and from then on there is one a minute, which says how
 * much there was since the one before and since the first one.
 */
#ifndef GATHERED_H_INCLUDED
#define GATHERED_H_INCLUDED

#include <stdbool.h>
#include <stdint.h>

/* What has been told of some count that grows. Begins as zeros. */
typedef struct {
    uint64_t told; /* of these so many */
    uint64_t told_ms;
    uint64_t fresh_ms; /* when it was seen that there are more; 0: there are none */
} gathered_t;

/* Bytes of how many there were within which time. */
#define GATHERED_ROOM 128

/* Whether there is more than was told; and whether it is time to tell it, for which somebody should
   look about once a second. */
bool gathered_has_fresh(gathered_t *self, uint64_t count, uint64_t now_ms);
bool gathered_is_due(gathered_t *self, uint64_t count, uint64_t now_ms);

/* It is told now: "6 within 2 s", and later "90 within 60 s, 5406 within 3720 s in all". since_ms:
   when the first of all was. */
void gathered_take(
    gathered_t *self, uint64_t count, uint64_t since_ms, uint64_t now_ms, char out[GATHERED_ROOM]);

#endif
