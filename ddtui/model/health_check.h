/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * health_check - the state of the tree in one line, as monitors want it
 *
 * The line and the exit statuses are those of Nagios' plugins; ddtui(1) says what they mean here.
 */
#ifndef HEALTH_CHECK_H_INCLUDED
#define HEALTH_CHECK_H_INCLUDED

#include <stdbool.h>
#include <stdio.h>

#include "model.h"

/* ms for which a loss makes a warning. */
#define HEALTH_DROP_AGE 300000

/* Exit statuses. */
typedef enum { HEALTH_OK, HEALTH_WARNING, HEALTH_CRITICAL, HEALTH_UNKNOWN } health_check_state_t;

/* All brokers together. */
typedef struct {
    uint64_t brokers; /* that answered */
    uint64_t silent;  /* that did not */
    uint64_t cut_off;
    uint64_t draining;
    uint64_t clients;
    uint64_t subscriptions;
    uint64_t outbox; /* bytes */
    uint64_t in;
    uint64_t out;
    uint64_t refused;
    uint64_t dropped;
} health_check_figures_t;

typedef struct {
    health_check_state_t state;
    char text[1024];
    health_check_figures_t figures; /* unless `failed` */
    bool failed;                    /* there was no tree to look at */
} health_check_t;

/* Judges the brokers in the model. silent: brokers that did not answer; unreadable: reports that
   made no sense. */
void health_check_tree(
    health_check_t *self, const model_t *model, uint64_t silent, uint64_t unreadable);
/* It didn't come to that; the text says why. */
void health_check_fail(health_check_t *self, health_check_state_t state, const char *text);

/* False, with errno set, when the output can't take the line. */
bool health_check_print(const health_check_t *self, FILE *out, bool json);

#endif
