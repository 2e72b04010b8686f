/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * strangers - who was refused a connection, so that an operator finds out who isn't connected, and
 * why
 *
 * Whoever is refused tries again every few seconds, and anybody may try, under any number of keys
 * and addresses. So each address and key is told of once and then once a minute with the count, so
 * many are told apart, of which one address has only a part, and their events have room of their
 * own: they push out no other events, and one of them not all those of others.
 */
#ifndef STRANGERS_H_INCLUDED
#define STRANGERS_H_INCLUDED

#include "event_history.h"

/* Addresses and keys that are told apart, and keys of one address; then there is one more for all
   others. */
#define STRANGERS_MAX 32
#define STRANGERS_OF_ADDRESS 8
/* Bytes of an address, and of a key as ddkeys shows it, with the NUL; longer ones are cut. */
#define STRANGERS_ADDRESS_ROOM 64
#define STRANGERS_KEY_ROOM 48

typedef struct {
    char address[STRANGERS_ADDRESS_ROOM]; /* of the last one, for all others */
    char key[STRANGERS_KEY_ROOM];         /* the same; "": none */
    char why[EVENT_TEXT_MAX / 2];
    uint64_t fresh; /* refusals that aren't told yet */
    uint64_t told_ms;
    uint64_t last_ms;
} stranger_t;

/* All zero: nobody yet. */
typedef struct {
    stranger_t items[STRANGERS_MAX];
    size_t count;
    stranger_t others; /* last_ms is 0: there were none lately */
    uint64_t refused;  /* connections in all */
    uint64_t last_ms;  /* when the last one was */
} strangers_t;

/* One was refused a connection. address: "" where there is none, as over ipc; key: as ddkeys shows
   it, or "". */
void strangers_refused(strangers_t *self, event_history_t *events, const char *address,
    const char *key, const char *why, uint64_t now_ms);

/* To be called about once a second: tells what is to be told. */
void strangers_tell(strangers_t *self, event_history_t *events, uint64_t now_ms);

#endif
