/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fair_log - what came lately, in its order and of bounded size
 *
 * Each row has a voice: a text that says where it came from. When there is no more room, the oldest
 * rows of those voices go that have most, so that what is rare stays, however loud the others are.
 * Room is made for many rows at once, since that takes a look at all of them.
 */
#ifndef FAIR_LOG_H_INCLUDED
#define FAIR_LOG_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct fair_log fair_log_t;

/* For so many rows, and so many bytes of them. NULL when out of memory. */
fair_log_t *fair_log_new(size_t rows, size_t bytes);
void fair_log_destroy(fair_log_t **self_p);

/* Adds a row of that many bytes, which is freed by free() when it goes. Where false comes back, for
   want of memory or because what is held takes all room, it is still the caller's. */
bool fair_log_append(fair_log_t *self, void *row, size_t bytes, const char *voice);
void fair_log_clear(fair_log_t *self);

/* The number that the next row will have; each has its own. */
uint64_t fair_log_next(const fair_log_t *self);
size_t fair_log_count(const fair_log_t *self);
/* The oldest is number 0. Valid until the next change. */
void *fair_log_at(const fair_log_t *self, size_t number);
/* The row of that number; NULL if it has gone or is still to come. */
void *fair_log_find(const fair_log_t *self, uint64_t serial);

/* Whether all rows that are there now stay, and room is made by later ones alone. */
void fair_log_hold(fair_log_t *self, bool held);
/* The rows that are held. */
size_t fair_log_held(const fair_log_t *self);
/* Rows that have made room and had never been shown, as what was held stood before them. */
uint64_t fair_log_unseen(const fair_log_t *self);

#endif
