/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ledger - the account of what clients send, what they are told of it, and what arrives
 *
 * Clients are numbers from 0, each of a tenant, and so are topics. Every notification has its place
 * among those that its sender has sent, from 0; every publication has its number among those of its
 * publisher on its topic, from 0. What comes out of libdd is entered in the order in which it came
 * out of it for that client.
 *
 * The whole is kept in memory. Pure: it knows no clients, no brokers and no clock. Not for two
 * threads at once. Out of memory ends the program.
 */
#ifndef LEDGER_H_INCLUDED
#define LEDGER_H_INCLUDED

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "libdd/include/dd.h"

typedef struct ledger ledger_t;

/* All in the last group must be 0. */
typedef struct {
    /* Notifications. accepted = delivered + refused + unknown + silent. */
    uint64_t accepted;
    uint64_t delivered; /* told so */
    uint64_t refused;   /* told another reason than that it isn't known */
    uint64_t unknown;   /* told that it isn't known */
    /* Publications. */
    uint64_t published;
    uint64_t copies;  /* that have arrived */
    uint64_t missing; /* copies that have not, where later ones of their publisher have */
    uint64_t gaps;    /* times that a client was told of missing ones */
    /* Both. */
    uint64_t disconnections;
    /* What must not be. */
    uint64_t silent;     /* notifications of which the sender was told nothing */
    uint64_t duplicated; /* messages that arrived again */
    uint64_t reordered;  /* messages that arrived after a later one of the same sender */
    uint64_t crossed;    /* messages that reached somebody they were not for */
    uint64_t wrong;      /* refused and yet arrived, or delivered and never arrived */
    uint64_t untold;     /* missing publications without a word about it before the next one */
    uint64_t odd; /* outcomes of what was never sent, second outcomes, messages nobody sent */
} ledger_figures_t;

/* A ledger for so many clients and topics. */
ledger_t *ledger_new(unsigned clients, unsigned topics);
void ledger_destroy(ledger_t **self_p);

/* Before anything else of that client. Without it, it is of tenant 0. */
void ledger_set_tenant(ledger_t *self, unsigned client, unsigned tenant);

/* ---- Notifications ------------------------------------------------------------------------ */

/* The place that the sender's next notification will have. */
uint32_t ledger_next(const ledger_t *self, unsigned sender);
/* The library has taken it, and given it that ref. Refs of a sender rise. */
void ledger_accept(ledger_t *self, unsigned sender, unsigned receiver, uint32_t ref);
/* The receiver has taken that one of the sender out of its queue. */
void ledger_arrive(ledger_t *self, unsigned receiver, unsigned sender, uint32_t place);
/* The sender was told what became of it: DD_OK, DD_E_UNKNOWN, or why it was refused. */
void ledger_tell(ledger_t *self, unsigned sender, uint32_t ref, dd_error_t outcome);
/* Notifications that the sender has been told nothing of. */
uint32_t ledger_open(const ledger_t *self, unsigned sender);
/* Those of them that are for that receiver. */
uint32_t ledger_open_to(const ledger_t *self, unsigned sender, unsigned receiver);

/* ---- Publications ------------------------------------------------------------------------- */

/* From here on, what the topic's publishers publish is awaited by that client. */
void ledger_subscribe(ledger_t *self, unsigned subscriber, unsigned topic);
/* The number that the publisher's next publication on the topic will have. */
uint32_t ledger_next_number(const ledger_t *self, unsigned publisher, unsigned topic);
/* The library has taken it, from a call that began at that time of dd_event_t's clock. */
void ledger_publish(ledger_t *self, unsigned publisher, unsigned topic, uint64_t time_us);
void ledger_receive(
    ledger_t *self, unsigned subscriber, unsigned publisher, unsigned topic, uint32_t number);
/* The subscriber was told that publications on the topic are missing. */
void ledger_gap(ledger_t *self, unsigned subscriber, unsigned topic);

/* ---- Both --------------------------------------------------------------------------------- */

/* The client was told that its connection had ended at that time: what others publish until it is
   back is lost to it, and of the last ones that it published itself it knows that they may be. */
void ledger_disconnect(ledger_t *self, unsigned client, uint64_t time_us);
/* Something came that can't be entered; format says what. */
__attribute__((format(printf, 2, 3))) void ledger_wonder(ledger_t *self, const char *format, ...);

/* The account so far. */
ledger_figures_t ledger_figures(const ledger_t *self);
/* Whether everything is 0 that must be. */
bool ledger_figures_hold(const ledger_figures_t *self);
/* Prints, a line each, the first ones of what must not be. */
void ledger_print_faults(const ledger_t *self, FILE *file);

#endif
