/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * descendants - the brokers beneath this one, and through which children
 */
#include "descendants.h"

#include <sodium.h>
#include <stdlib.h>

#include "peer.h"

void descendants_id(uint8_t id[DD_BROKER_ID_SIZE], const uint8_t secret[DD_BROKER_ID_SIZE])
{
    crypto_generichash(id, DD_BROKER_ID_SIZE, secret, DD_BROKER_ID_SIZE, NULL, 0);
}

static descendant_t *find(const descendants_t *self, const uint8_t *id)
{
    descendant_t *descendant;
    HASH_FIND(hh, self->by_id, id, DD_BROKER_ID_SIZE, descendant);
    return descendant;
}

claim_t *descendants_find(
    const descendants_t *self, const peer_t *child, const uint8_t id[DD_BROKER_ID_SIZE])
{
    const descendant_t *descendant = find(self, id);
    claim_t *claim = descendant ? descendant->claims : NULL;
    while (claim && claim->child != child)
        claim = claim->next_other;
    return claim;
}

bool descendants_beneath(const descendants_t *self, const peer_t *child, dd_bytes_t id)
{
    return id.size == DD_BROKER_ID_SIZE && descendants_find(self, child, id.data);
}

static descendant_t *add_descendant(descendants_t *self, const uint8_t *secret)
{
    descendant_t *descendant = calloc(1, sizeof *descendant);
    if (!descendant)
        return NULL;
    memcpy(descendant->secret, secret, sizeof descendant->secret);
    descendants_id(descendant->id, secret);
    HASH_ADD(hh, self->by_id, id, sizeof descendant->id, descendant);
    if (descendant->hh.tbl)
        return descendant;
    free(descendant);
    return NULL;
}

static void drop_unclaimed(descendants_t *self, descendant_t *descendant)
{
    if (descendant->claims)
        return;
    cursor_pass(&self->cursors, descendant, descendant->hh.next);
    HASH_DEL(self->by_id, descendant);
    sodium_memzero(descendant->secret, sizeof descendant->secret);
    free(descendant);
}

claim_t *descendants_add(
    descendants_t *self, peer_t *child, const uint8_t secret[DD_BROKER_ID_SIZE])
{
    uint8_t id[DD_BROKER_ID_SIZE];
    descendants_id(id, secret);
    descendant_t *descendant = find(self, id);
    if (!descendant)
        descendant = add_descendant(self, secret);
    if (!descendant)
        return NULL;
    claim_t *claim = calloc(1, sizeof *claim);
    if (!claim) {
        drop_unclaimed(self, descendant);
        return NULL;
    }
    claim->descendant = descendant;
    claim->child = child;
    DL_APPEND2(descendant->claims, claim, prev_other, next_other);
    DL_APPEND(child->claims, claim);
    child->claim_count++;
    return claim;
}

void descendants_remove(descendants_t *self, claim_t *claim)
{
    descendant_t *descendant = claim->descendant;
    DL_DELETE(claim->child->claims, claim);
    claim->child->claim_count--;
    DL_DELETE2(descendant->claims, claim, prev_other, next_other);
    free(claim);
    drop_unclaimed(self, descendant);
}
