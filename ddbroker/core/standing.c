/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * standing - who may be here, and stay
 */
#include "standing.h"

#include "libdd/keys/proof.h"
#include "operators.h"
#include "registration.h"
#include "rotation.h"

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

/* Whether an operator is still called as its key says. */
static bool is_renamed(const core_t *self, const peer_t *peer)
{
    dd_bytes_t name = operators_name(self, peer->key);
    return peer->role == ROLE_OPERATOR && peer->state == PEER_READY && name.size > 0 &&
           !dd_bytes_equal(name, dd_name_bytes(&peer->name));
}

/* Whether an operator without a name of its own is called as one who has got it since. */
static bool has_anothers_name(const core_t *self, const peer_t *peer)
{
    return peer->role == ROLE_OPERATOR && operators_name(self, peer->key).size == 0 &&
           operators_find(self, dd_name_bytes(&peer->name)) != NULL;
}

/* ms before somebody may prove another key by which nothing has changed: looking at a proof takes
   time. */
#define PROVE_INTERVAL 1000

/* What a broker's proof is made around: the first bytes of its id. */
static uint64_t instance_of_broker(const uint8_t *id)
{
    uint64_t instance = 0;
    for (size_t i = 0; i < sizeof instance; i++)
        instance |= (uint64_t)id[i] << (8 * i);
    return instance;
}

static uint64_t instance_of(const peer_t *peer)
{
    return peer_is_link(peer) ? instance_of_broker(peer->id) : peer->instance;
}

/* A proof counts whether its key is known here yet or not, for a client may have its new file
   first. One that can't be read is for a pair of the brokers' that this one hasn't heard of. */
void standing_prove(core_t *self, peer_t *peer, const dd_record_t *record)
{
    if (peer->proof_keys == self->keys + 1 && self->now_ms < peer->proof_ms + PROVE_INTERVAL)
        return;
    peer->proof_keys = self->keys + 1;
    peer->proof_ms = self->now_ms;
    const uint8_t *key = dd_proof_check(self->keyring, instance_of(peer), record->payload);
    if (!key) {
        char text[PEER_TEXT_MAX];
        core_count_refused(self, peer, DD_E_REFUSED);
        core_remark(self, peer, DD_LOG_WARNING, "%s proves nothing with its proof of a new key",
            peer_text(peer, text));
        return;
    }
    memcpy(peer->next_key, key, DD_KEY_SIZE);
    peer->proven = true;
    rotation_count(self, peer);
}

/* The link was made with the pair before this one: it is to stay when that is gone. */
void standing_show(core_t *self)
{
    uint8_t proof[DD_PROOF_SIZE];
    peer_t *parent = self->parent;
    const uint8_t *key = dd_keyring_public_key(self->keyring);
    if (!core_parent_ready(self) || memcmp(parent->key, key, DD_KEY_SIZE) == 0 ||
        !dd_proof_make(self->keyring, DD_KEY_CURRENT, instance_of_broker(self->id), proof))
        return;
    memcpy(parent->key, key, DD_KEY_SIZE);
    core_tell(self, parent,
        &(dd_record_t){
            .type = DD_PROVE, .flags = DD_FLAG_OPTIONAL, .payload = dd_bytes(proof, sizeof proof)});
}

/* The role that its key gives, or else the next one: then it is that. */
static int role_of(const core_t *self, peer_t *peer, const dd_tenant_t **tenant)
{
    int role = standing_role(self, peer->key, tenant);
    if (role == 0 && peer->proven) {
        memcpy(peer->key, peer->next_key, DD_KEY_SIZE);
        peer->proven = false;
        role = standing_role(self, peer->key, tenant);
    }
    return role;
}

static void end_without_key(core_t *self, peer_t *peer)
{
    if (peer_is_tenants(peer) && dd_keyring_has_tenant(self->keyring, peer_tenant(peer)))
        core_end(self, peer, DD_E_REFUSED,
            "its key was taken out of the broker's key file; %s has another one, and a new file",
            peer->tenant);
    else
        core_end(self, peer, DD_E_REFUSED, "its key was taken out of the broker's key file");
}

static void check_key(core_t *self, peer_t *peer)
{
    const dd_tenant_t *tenant;
    int role = role_of(self, peer, &tenant);
    peer->keys = self->keys;
    rotation_count(self, peer);
    if (!is_same(peer, role, tenant) || is_renamed(self, peer))
        end_without_key(self, peer);
    else if (peer->role == ROLE_CLIENT && registration_looks_foreign(self, &peer->name))
        core_end(self, peer, DD_E_NAME_INVALID, "its name now begins with a tenant's");
    else if (has_anothers_name(self, peer))
        core_end(self, peer, DD_E_NAME_INVALID, "its name is now of an operator with another key");
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
