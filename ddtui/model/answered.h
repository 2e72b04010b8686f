/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * answered - which brokers have answered all questions of a round
 *
 * What such a broker doesn't report isn't there; of the others nothing is known.
 */
#ifndef ANSWERED_H_INCLUDED
#define ANSWERED_H_INCLUDED

#include <stdbool.h>

typedef struct answered answered_t;

/* NULL when out of memory. */
answered_t *answered_new(void);
void answered_destroy(answered_t **self_p);

/* The first question of the round, or one more, goes to all brokers. */
void answered_ask(answered_t *self);
/* A broker has answered it, once or several times. What finds no memory has not answered. */
void answered_add(answered_t *self, const char *id, const char *name, const char *scope);
/* Whether a broker has answered all of them, or one of its name and scope that was started since.
 */
bool answered_has(const answered_t *self, const char *id, const char *name, const char *scope);

#endif
