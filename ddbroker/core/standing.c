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

static bool is_named(const dd_operator_t *operator)
{
    return strcmp(operator->name, DD_OPERATOR) != 0;
}

const dd_operator_t *standing_operator(const core_t *self, dd_bytes_t name)
{
    const dd_operator_t *operator= dd_keyring_operator_by_name(self->keyring, name);
    return operator&& is_named(operator) ? operator: NULL;
}

dd_bytes_t standing_operator_name(const core_t *self, const peer_t *operator_peer)
{
    const dd_operator_t *operator= dd_keyring_operator_by_key(self->keyring, operator_peer->key);
    return operator&& is_named(operator) ? dd_bytes_of(operator->name) : dd_bytes(NULL, 0);
}

/* Whether an operator is still called as its key says. */
static bool is_renamed(const core_t *self, const peer_t *peer)
{
    dd_bytes_t name = standing_operator_name(self, peer);
    return peer->role == ROLE_OPERATOR && peer->state == PEER_READY && name.size > 0 &&
           !dd_bytes_equal(name, dd_name_bytes(&peer->name));
}

static void check_key(core_t *self, peer_t *peer)
{
    const dd_tenant_t *tenant;
    int role = standing_role(self, peer->key, &tenant);
    peer->keys = self->keys;
    if (role != (int)peer->role || (tenant && strcmp(tenant->name, peer->tenant) != 0) ||
        is_renamed(self, peer))
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
