/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * names - granting them and taking them back, and what others are told of that
 */
#include "names.h"

#include "departures.h"
#include "rotation.h"

/* An instance is 48 random bits of the client's and, in the low 16, how many times it has
   registered: of two with the same random bits the larger count is the later one. */
#define INSTANCE_COUNT_BITS 16

bool names_is_later(uint64_t instance, uint64_t before)
{
    if (instance >> INSTANCE_COUNT_BITS != before >> INSTANCE_COUNT_BITS)
        return false;
    return (int16_t)(uint16_t)(instance - before) > 0;
}

/* ---- Telling ------------------------------------------------------------------------------- */

bool names_known_above(const core_t *self, const entry_t *entry)
{
    return entry->told == self->uplink;
}

void names_tell_parent(core_t *self, dd_record_type_t type, entry_t *entry)
{
    if (!core_parent_ready(self))
        return;
    entry->told = self->uplink;
    dd_record_t record = {
        .type = (uint8_t)type, .number = entry->instance, .name = entry_name(entry)};
    core_tell(self, self->parent, &record);
}

void names_tell_child(
    core_t *self, peer_t *child, dd_bytes_t name, uint64_t instance, dd_error_t why)
{
    dd_record_t record = {
        .type = DD_DROP_CLIENT, .number = instance, .code = (uint16_t)why, .name = name};
    core_tell(self, child, &record);
}

void names_refuse(core_t *self, peer_t *child, dd_bytes_t name, uint64_t instance, dd_error_t why)
{
    core_pass_over(self, child,
        why == DD_E_REFUSED ? "tells of a client of a tenant that has no key here"
                            : "tells of a client whose name is taken");
    names_tell_child(self, child, name, instance, why);
}

/* Why a client has to go that did nothing wrong here. The first one stands for all others. */
static const struct {
    dd_error_t why;
    const char *text;
} REASONS[] = {
    {DD_E_NAME_TAKEN, "another client of that name is registered already, elsewhere in the tree"},
    {DD_E_UNKNOWN_PEER, "the same client registered again elsewhere"},
    {DD_E_REFUSED, "a broker above has no key for its tenant"},
    {DD_E_TIMEOUT, "another client had that name, and it can't be found out whether it still has"},
    {DD_E_LIMIT, "too many names are contested"},
};

void names_send_away(core_t *self, peer_t *client, dd_error_t why)
{
    size_t i = sizeof REASONS / sizeof REASONS[0];
    while (--i > 0 && REASONS[i].why != why)
        ;
    core_end(self, client, REASONS[i].why, "%s", REASONS[i].text);
}

/* ---- Granting and taking back -------------------------------------------------------------- */

/* Whoever replaces old clients one by one wants to know which are left. */
static void tell_of_registration(core_t *self, const peer_t *peer)
{
    char text[PEER_TEXT_MAX];
    if (peer->role == ROLE_OBSERVER)
        core_event(self, peer, DD_LOG_DEBUG, "%s looks", peer_text(peer, text));
    else if (peer_is_old(peer))
        core_event(self, peer, DD_LOG_INFO, "%s registered (protocol %u)", peer_text(peer, text),
            peer->protocol);
    else
        core_event(self, peer, DD_LOG_INFO, "%s registered", peer_text(peer, text));
}

void names_welcome(core_t *self, peer_t *peer, dd_bytes_t name)
{
    peer->state = PEER_READY;
    if (peer->role == ROLE_CLIENT)
        peer->quota->registered++;
    rotation_count(self, peer);
    peer->since_ms = self->now_ms;
    peer->scope_number = self->scope_number;
    peer->heartbeat = peer_heartbeat(peer, self->settings.heartbeat);
    peer->window = peer_is_old(peer) ? 0 : self->settings.window_client;
    dd_record_t record = {.type = DD_WELCOME,
        .heartbeat = peer->heartbeat,
        .limit = self->settings.payload_max,
        .window = peer->window,
        .tenant = peer_tenant(peer),
        .name = name,
        .id = dd_bytes(self->id, sizeof self->id),
        .source = dd_bytes_of(self->name),
        .scope = dd_scope_bytes(&self->scope)};
    core_tell(self, peer, &record);
    peer->window_from = peer->outbox.taken + peer->outbox.bytes;
    tell_of_registration(self, peer);
}

void names_note_departure(const core_t *self, const entry_t *entry)
{
    departures_t *departures = peer_is_link(entry->via) ? entry->via->departures : self->left;
    departures_add(departures, entry_name(entry), self->now_ms);
}

void names_grant(core_t *self, dd_bytes_t name, peer_t *via, uint64_t instance)
{
    const entry_t *left = directory_left(&self->directory, name);
    if (left)
        names_note_departure(self, left);
    entry_t *entry = directory_add(&self->directory, name, via, instance);
    if (!entry) {
        core_end(self, via, DD_E_LIMIT, "the broker is out of memory");
        return;
    }
    names_tell_parent(self, DD_ADD_CLIENT, entry);
    if (!peer_is_link(via))
        names_welcome(self, via, dd_name_shown(entry_name(entry), peer_tenant(via)));
}

void names_drop(core_t *self, entry_t *entry)
{
    if (names_known_above(self, entry))
        names_tell_parent(self, DD_DROP_CLIENT, entry);
    names_note_departure(self, entry);
    directory_remove(&self->directory, entry);
}
