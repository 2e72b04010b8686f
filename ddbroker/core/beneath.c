/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * beneath - which brokers are beneath this one, as children tell and the parent is told
 */
#include "beneath.h"

/* Brokers beneath one child. */
#define BROKERS_MAX 10000

static void tell_parent(core_t *self, uint8_t type, const descendant_t *descendant)
{
    if (!core_parent_ready(self))
        return;
    core_tell(self, self->parent,
        &(dd_record_t){
            .type = type, .id = dd_bytes(descendant->secret, sizeof descendant->secret)});
}

void beneath_tell(core_t *self, const descendant_t *descendant)
{
    tell_parent(self, DD_ADD_BROKER, descendant);
}

void beneath_add(core_t *self, peer_t *child, const uint8_t secret[DD_BROKER_ID_SIZE])
{
    if (child->claim_count >= BROKERS_MAX) {
        core_end(self, child, DD_E_LIMIT, "it tells of more than %d brokers", BROKERS_MAX);
        return;
    }
    const claim_t *claim = descendants_add(&self->descendants, child, secret);
    if (!claim)
        core_end(self, child, DD_E_LIMIT, "the broker is out of memory");
    else if (descendants_is_only(claim))
        beneath_tell(self, claim->descendant);
}

static void drop(core_t *self, claim_t *claim)
{
    if (descendants_is_only(claim))
        tell_parent(self, DD_DROP_BROKER, claim->descendant);
    descendants_remove(&self->descendants, claim);
}

int beneath_forget(core_t *self, peer_t *child, int units)
{
    for (; units > 0 && child->claims; units--)
        drop(self, child->claims);
    return units;
}

/* What the secret of a record says; false if it says nothing that can be. */
static bool read_secret(
    core_t *self, peer_t *child, const dd_record_t *record, uint8_t id[DD_BROKER_ID_SIZE])
{
    if (record->id.size == DD_BROKER_ID_SIZE) {
        descendants_id(id, record->id.data);
        return true;
    }
    core_pass_over(self, child, "tells of a broker that can't be");
    return false;
}

/* That this broker is beneath its own child is said in a loop that is about to be found. */
void beneath_add_broker(core_t *self, peer_t *child, const dd_record_t *record)
{
    uint8_t id[DD_BROKER_ID_SIZE];
    if (read_secret(self, child, record, id) && memcmp(id, self->id, sizeof id) != 0 &&
        !descendants_find(&self->descendants, child, id))
        beneath_add(self, child, record->id.data);
}

void beneath_drop_broker(core_t *self, peer_t *child, const dd_record_t *record)
{
    uint8_t id[DD_BROKER_ID_SIZE];
    if (!read_secret(self, child, record, id) || memcmp(id, child->id, sizeof id) == 0)
        return;
    claim_t *claim = descendants_find(&self->descendants, child, id);
    if (claim)
        drop(self, claim);
}
