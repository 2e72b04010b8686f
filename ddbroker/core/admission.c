/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admission - who may connect, and the places there are for those who do
 *
 * Tenants share the places by their quotas; some are kept for operators and child brokers. An
 * operator, too, has no more than are left, so that one who may look only keeps nobody out. The
 * handshake asks first, and refuses those for whom there is no room. Between the handshake and the
 * first word of a connection others may have taken the place: then it is told so in words.
 */
#include "admission.h"

#include <stdio.h>

#include "operators.h"
#include "standing.h"

/* For a tenant's client, or an operator or child broker; quota: NULL for the last. */
static bool has_place(const core_t *self, bool is_tenants, const quota_t *quota)
{
    size_t places = self->settings.clients_max + (is_tenants ? 0 : CORE_RESERVED);
    size_t left = self->connections < places ? places - self->connections : 0;
    return quota ? quota_has_place(quota, left) : left > 0;
}

/* tenant: NULL for an operator. */
static bool may_come(core_t *self, const dd_tenant_t *tenant, const uint8_t *key)
{
    quota_t *quota = tenant ? quotas_of(&self->quotas, dd_bytes_of(tenant->name), self->now_ms)
                            : operators_quota(self, key);
    return quota && has_place(self, tenant, quota) && quota_take_connect(quota, self->now_ms);
}

core_admission_t core_admit(
    core_t *self, const uint8_t key[DD_KEY_SIZE], bool clients, uint64_t now_ms)
{
    const dd_tenant_t *tenant;
    self->now_ms = now_ms;
    int role = standing_role(self, key, &tenant);
    if (role == 0)
        return CORE_UNKNOWN_KEY;
    if (role == ROLE_CLIENT && !clients)
        return CORE_NO_CLIENTS;
    bool may = role == ROLE_CHILD ? has_place(self, false, NULL) : may_come(self, tenant, key);
    return may ? CORE_ADMITTED : CORE_NO_ROOM;
}

void core_holder(const core_t *self, const uint8_t key[DD_KEY_SIZE], char out[CORE_HOLDER_ROOM])
{
    const dd_tenant_t *tenant;
    int role = standing_role(self, key, &tenant);
    const char *other = role == ROLE_OPERATOR ? "an operator"
                        : role == ROLE_CHILD  ? "a broker"
                                              : "";
    bool is_tenants = role == ROLE_CLIENT;
    snprintf(out, CORE_HOLDER_ROOM, "%s%s", is_tenants ? "tenant " : other,
        is_tenants ? tenant->name : "");
}

void core_refused_connection(
    core_t *self, const char *address, const char *key, const char *why, uint64_t now_ms)
{
    strangers_refused(&self->strangers, &self->events, address, key, why, now_ms);
}

void admission_take_place(core_t *self, peer_t *peer)
{
    if (!has_place(self, peer_is_tenants(peer), peer->quota)) {
        core_end(self, peer, DD_E_LIMIT, "no room for more %s%s, or for anybody",
            peer_is_tenants(peer) ? "clients of tenant " : "brokers and operators", peer->tenant);
        return;
    }
    peer->placed = true;
    self->connections++;
    if (peer->quota)
        peer->quota->clients++;
}

void admission_leave_place(core_t *self, peer_t *peer)
{
    if (!peer->placed)
        return;
    self->connections--;
    if (peer->quota)
        peer->quota->clients--;
}
