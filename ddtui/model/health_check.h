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
#include "threshold.h"

/* ms for which a loss makes a warning. */
#define HEALTH_DROP_AGE 300000

/* Exit statuses. */
typedef enum { HEALTH_OK, HEALTH_WARNING, HEALTH_CRITICAL, HEALTH_UNKNOWN } health_check_state_t;

/* All brokers together, in the order in which they are printed. */
typedef enum {
    HEALTH_BROKERS, /* that answered */
    HEALTH_SILENT,  /* that did not */
    HEALTH_CUT_OFF,
    HEALTH_DRAINING,
    HEALTH_CLIENTS,
    HEALTH_SUBSCRIPTIONS,
    HEALTH_OUTBOX, /* bytes */
    HEALTH_IN,
    HEALTH_OUT,
    HEALTH_REFUSED,
    HEALTH_DROPPED,
    HEALTH_DROPPED_LATELY,
    HEALTH_OLD_KEYS, /* clients that the end of a rotation would cut off */
    HEALTH_GONE,     /* that are missed, and have not answered */
    HEALTH_RTT,      /* us; the longest of a broker to its parent */
    HEALTH_TIME,     /* us that the answers took */
    HEALTH_FIGURES
} health_check_figure_t;

/* What is asked for besides. */
typedef struct {
    uint64_t brokers; /* that there ought to be at least */
    threshold_t warning[HEALTH_FIGURES];
    threshold_t critical[HEALTH_FIGURES];
} health_check_limits_t;

/* How the question went. */
typedef struct {
    uint64_t silent;     /* brokers that did not answer */
    uint64_t unreadable; /* reports that made no sense */
    uint64_t took_us;
} health_check_round_t;

typedef struct {
    health_check_state_t state;
    char text[1024];
    uint64_t figures[HEALTH_FIGURES]; /* unless `failed` */
    const health_check_limits_t *limits;
    bool failed; /* there was no tree to look at */
} health_check_t;

/* The figure of that name; HEALTH_FIGURES if there is none. */
health_check_figure_t health_check_find(const char *name, size_t size);

/* Judges the brokers in the model. The limits are lent for as long as the check is printed. */
void health_check_tree(health_check_t *self, const model_t *model,
    const health_check_round_t *round, const health_check_limits_t *limits);
/* It didn't come to that; the text says why. */
void health_check_fail(health_check_t *self, health_check_state_t state, const char *text);

/* False, with errno set, when the output can't take the line. */
bool health_check_print(const health_check_t *self, FILE *out, bool json);

#endif
