/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rotation - which clients have yet to come by their tenant's next key
 */
#include "rotation.h"

static bool has_shown(const peer_t *peer, const uint8_t *key)
{
    return memcmp(peer->key, key, DD_KEY_SIZE) == 0 ||
           (peer->proven && memcmp(peer->next_key, key, DD_KEY_SIZE) == 0);
}

/* The key that follows the tenant's current one; NULL if there is none. */
static const uint8_t *next_key(const core_t *self, dd_bytes_t name)
{
    const dd_tenant_t *tenant = dd_keyring_tenant_by_name(self->keyring, name);
    return tenant && tenant->other ? tenant->other->public_key : NULL;
}

const char *rotation_key(const core_t *self, const peer_t *peer)
{
    const uint8_t *next = next_key(self, peer_tenant(peer));
    if (!next)
        return NULL;
    return has_shown(peer, next) ? "new" : "old";
}

void rotation_count(core_t *self, peer_t *peer)
{
    if (peer->role != ROLE_CLIENT)
        return;
    const uint8_t *next = next_key(self, peer_tenant(peer));
    bool is_behind = peer->state == PEER_READY && next && !has_shown(peer, next);
    if (is_behind && !peer->is_behind)
        peer->quota->old_keys++;
    else if (!is_behind && peer->is_behind)
        peer->quota->old_keys--;
    peer->is_behind = is_behind;
}
