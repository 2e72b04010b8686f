/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * flood - which of more publications than a person could read are kept
 *
 * So many a second are, shared by their topics and senders: who publishes little is seen whole,
 * whatever others do. How much each publishes is known from the second before; in the first one of
 * a flood up to twice as many are kept.
 */
#ifndef FLOOD_H_INCLUDED
#define FLOOD_H_INCLUDED

#include <stdbool.h>
#include <stdint.h>

typedef struct flood flood_t;

/* For so many within a second. NULL when out of memory. */
flood_t *flood_new(uint64_t budget);
void flood_destroy(flood_t **self_p);

/* Another second begins. */
void flood_next(flood_t *self);
/* Whether one that comes now, of that topic and sender, is kept. */
bool flood_admits(flood_t *self, const char *voice);

#endif
