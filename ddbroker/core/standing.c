/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * standing - who may be here, and stay
 */
#include "standing.h"

#include "registration.h"

int standing_role(const core_t *self, const uint8_t *key, const dd_tenant_t **tenant)
{
    switch (dd_keyring_owner(self->keyring, key, tenant)) {
    case DD_OWNER_TENANT:
        return ROLE_CLIENT;
    case DD_OWNER_OPERATORS:
        return ROLE_OPERATOR;
    case DD_OWNER_BROKERS:
        return ROLE_CHILD;
    default:
        return 0;
    }
}

/* Whether the key is still whose it was. */
static bool is_same(const peer_t *peer, int role, const dd_tenant_t *tenant)
{
    bool observes = peer->role == ROLE_OBSERVER && role & (ROLE_CLIENT | ROLE_OPERATOR);
    return (role == (int)peer->role || observes) &&
           strcmp(tenant ? tenant->name : "", peer->tenant) == 0;
}

static void check_key(core_t *self, peer_t *peer)
{
    const dd_tenant_t *tenant;
    int role = standing_role(self, peer->key, &tenant);
    peer->keys = self->keys;
    if (!is_same(peer, role, tenant))
        core_end(self, peer, DD_E_REFUSED, "its key was taken out of the broker's key file");
    else if (peer->role == ROLE_CLIENT && registration_looks_foreign(self, &peer->name))
        core_end(self, peer, DD_E_NAME_INVALID, "its name now begins with a tenant's");
}

void standing_check(core_t *self, peer_t *peer)
{
    if (peer->role == ROLE_PARENT)
        return;
    if (peer->keys != self->keys)
        check_key(self, peer);
    if (peer->state == PEER_READY && peer->scope_number != self->scope_number)
        core_end(self, peer, DD_E_UNKNOWN_PEER, "this broker's scope is now %s", self->scope.text);
}

void standing_changed(core_t *self)
{
    rounds_begin(self, &self->standing_round, standing_check);
}
