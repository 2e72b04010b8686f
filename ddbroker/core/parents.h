/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * parents - the brokers that this one may join, in order of preference, and what is known of each
 *
 * When there is none, or the one at hand is lost, the next one is tried, and after the last the
 * first. A pause comes only after all were tried. Pure: the link to the parent does the joining.
 */
#ifndef PARENTS_H_INCLUDED
#define PARENTS_H_INCLUDED

#include "libdd/protocol/endpoint.h"

typedef enum {
    PARENT_UNKNOWN,
    PARENT_ANSWERS,
    PARENT_SILENT, /* or doesn't let this broker in */
    PARENT_ITSELF  /* is this very broker */
} parent_health_t;

typedef struct {
    dd_endpoints_t list;
    parent_health_t health[DD_ENDPOINTS_MAX];
    size_t chosen;                  /* index of the one that is joined, or tried */
    size_t failures;                /* one after the other, since it was joined last */
    bool joined;                    /* the chosen one has admitted this broker */
    uint64_t since_ms;              /* when; of the time before that, when it was lost */
    uint64_t moves;                 /* how often it was another than the time before */
    char last[DD_ENDPOINT_MAX + 1]; /* that one; "": there was none */
    unsigned changes;               /* of the list */
    unsigned departures;            /* of those, how many the chosen one was to be left for */
} parents_t;

/* Takes another list. What is known of those that stay is kept; a joined one that stays is not
   left, wherever it stands, and all others begin with the first. */
void parents_set(parents_t *self, const dd_endpoints_t *list);

/* Puts an endpoint first, and has it joined instead of the one at hand. alone: the others go. */
void parents_prefer(parents_t *self, const char *endpoint, bool alone);

/* The endpoint to join; NULL without any. */
const char *parents_chosen(const parents_t *self);

void parents_joined(parents_t *self, uint64_t now_ms);

/* The chosen one is lost, or can't be joined: chooses the next one. True if all were tried since
   one was joined last, so that a pause is due. */
bool parents_failed(parents_t *self, parent_health_t health, uint64_t now_ms);

/* The first one behind index `after` that is not the chosen one, SIZE_MAX if there is none;
   with after = SIZE_MAX the first of all. */
size_t parents_unused(const parents_t *self, size_t after);

const char *parents_health_name(const parents_t *self, size_t index);

#endif
