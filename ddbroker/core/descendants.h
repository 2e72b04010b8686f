/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * descendants - the brokers beneath this one, and through which children
 *
 * A broker is known by its id, which everybody may see. Its secret, from which the id is made, is
 * told upward only: whoever says that a broker is beneath it has heard that from the broker itself
 * or from one between the two, so that nobody else can report in its name. While brokers move, or
 * before a loop is found, one may be beneath several children.
 */
#ifndef DESCENDANTS_H_INCLUDED
#define DESCENDANTS_H_INCLUDED

#include "cursor.h"
#include "libdd/base/hash.h"
#include "libdd/protocol/record.h"

typedef struct peer peer_t;
typedef struct claim claim_t;

typedef struct {
    UT_hash_handle hh;
    uint8_t id[DD_BROKER_ID_SIZE];
    uint8_t secret[DD_BROKER_ID_SIZE];
    claim_t *claims; /* by the children beneath which it is; at least one */
} descendant_t;

/* Begins as zeros. */
typedef struct {
    descendant_t *by_id; /* the oldest first */
    cursor_t *cursors;   /* at them, in that order */
} descendants_t;

/* That a broker is beneath a child. */
struct claim {
    descendant_t *descendant;
    peer_t *child;
    claim_t *prev, *next;             /* of the same child */
    claim_t *prev_other, *next_other; /* of the same broker */
};

/* The id that belongs to a secret. */
void descendants_id(uint8_t id[DD_BROKER_ID_SIZE], const uint8_t secret[DD_BROKER_ID_SIZE]);

/* Whether the broker of that id is beneath the child. */
bool descendants_beneath(const descendants_t *self, const peer_t *child, dd_bytes_t id);

/* The claim that a broker is beneath the child; NULL if it isn't there. */
claim_t *descendants_find(
    const descendants_t *self, const peer_t *child, const uint8_t id[DD_BROKER_ID_SIZE]);

/* Adds a claim that isn't there yet; NULL when out of memory. */
claim_t *descendants_add(
    descendants_t *self, peer_t *child, const uint8_t secret[DD_BROKER_ID_SIZE]);

/* Takes it out and frees it, and with the last one the broker. */
void descendants_remove(descendants_t *self, claim_t *claim);

/* Whether nobody else claims that broker. */
static inline bool descendants_is_only(const claim_t *claim)
{
    const claim_t *first = claim->descendant->claims;
    return first == claim && !first->next_other;
}

#endif
