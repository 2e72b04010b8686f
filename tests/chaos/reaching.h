/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reaching - who has reached whom since a round began, and by which kind of message
 *
 * Clients are numbers from 0, and so many in a row are fellows. A round is complete when every
 * fellow, itself included, has reached every other in both ways.
 *
 * Pure: it knows no clients, no brokers and no clock. Not for two threads at once. Out of memory
 * ends the program.
 */
#ifndef REACHING_H_INCLUDED
#define REACHING_H_INCLUDED

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef struct reaching reaching_t;

typedef enum { BY_NOTIFICATION, BY_PUBLICATION, REACHING_WAYS } reaching_way_t;

/* Until the first round begins it is complete. */
reaching_t *reaching_new(unsigned clients, unsigned fellows);
void reaching_destroy(reaching_t **self_p);

/* Nobody has reached anybody in the round that begins. */
void reaching_begin(reaching_t *self, uint64_t now_us);
/* The number of the round, which a message takes with it. */
uint32_t reaching_round(const reaching_t *self);
/* A message of that round came from one to the other. */
void reaching_note(reaching_t *self, reaching_way_t way, unsigned to, unsigned from, uint32_t round,
    uint64_t now_us);

/* Whether one is yet to be reached by the other, in that way. */
bool reaching_lacks(const reaching_t *self, reaching_way_t way, unsigned to, unsigned from);
bool reaching_is_complete(const reaching_t *self);
/* ms from the beginning of a round that is complete until it was. */
int reaching_took_ms(const reaching_t *self);
/* Prints, a line each, the first ones who aren't reached. */
void reaching_print(const reaching_t *self, FILE *file);

#endif
