/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * registration - clients and their names
 *
 * A name is granted at once where the client connects, told upward, and contested where two of the
 * kind meet first: there the one that was first stays. A client that lost its connection is known
 * again by its instance, and takes its name over from what is left of its old connection.
 */
#include "registration.h"

#include <sodium.h>
#include <stdio.h>

/* An instance is 48 random bits of the client's and, in the low 16, how many times it has
   registered: of two with the same random bits the larger count is the later one. */
#define INSTANCE_COUNT_BITS 16

static bool is_later(uint64_t instance, uint64_t before)
{
    if (instance >> INSTANCE_COUNT_BITS != before >> INSTANCE_COUNT_BITS)
        return false;
    return (int16_t)(uint16_t)(instance - before) > 0;
}

/* Whether the client of that instance may have the name of one who is registered: that one is the
   same client's earlier connection, or it has just gone. */
static bool may_take_over(uint64_t instance, const entry_t *entry)
{
    return entry->via->gone || is_later(instance, entry->instance);
}

static bool is_known_above(const core_t *self, const entry_t *entry)
{
    return entry->told == self->uplink;
}

static void tell_parent(core_t *self, uint8_t type, entry_t *entry)
{
    if (!core_parent_ready(self))
        return;
    entry->told = self->uplink;
    dd_record_t record = {.type = type, .number = entry->instance, .name = entry_name(entry)};
    core_tell(self, self->parent, &record);
}

/* Tells a child that a client it told of has to go. */
static void tell_child(
    core_t *self, peer_t *child, dd_bytes_t name, uint64_t instance, dd_error_t why)
{
    dd_record_t record = {
        .type = DD_DROP_CLIENT, .number = instance, .code = (uint16_t)why, .name = name};
    core_tell(self, child, &record);
}

/* What was handed to it for that client may still come back. */
static void note_departure(const core_t *self, const entry_t *entry)
{
    departures_add(entry->via->departures, entry_name(entry), self->now_ms);
}

/* Adds a name that nobody has. It may be left of an absent peer, which loses it for good. */
static entry_t *add(core_t *self, dd_bytes_t name, peer_t *via, uint64_t instance)
{
    const entry_t *left = directory_left(&self->directory, name);
    if (left)
        note_departure(self, left);
    return directory_add(&self->directory, name, via, instance);
}

static void drop(core_t *self, entry_t *entry)
{
    if (is_known_above(self, entry))
        tell_parent(self, DD_DROP_CLIENT, entry);
    note_departure(self, entry);
    directory_remove(&self->directory, entry);
}

/* Why a client has to go that did nothing wrong here. The first one stands for all others. */
static const struct {
    dd_error_t why;
    const char *text;
} REASONS[] = {
    {DD_E_NAME_TAKEN, "another client of that name is registered already, elsewhere in the tree"},
    {DD_E_UNKNOWN_PEER, "the same client registered again elsewhere"},
    {DD_E_REFUSED, "a broker above has no key for its tenant"},
};

static void send_away(core_t *self, peer_t *client, dd_error_t why)
{
    size_t i = sizeof REASONS / sizeof REASONS[0];
    while (--i > 0 && REASONS[i].why != why)
        ;
    core_end(self, client, REASONS[i].why, "%s", REASONS[i].text);
}

/* A client came back elsewhere: what is left of it here goes. */
static void release(core_t *self, entry_t *entry)
{
    peer_t *via = entry->via;
    core_remark(self, via, DD_LOG_INFO, "client %s came back on another connection", entry->name);
    if (peer_is_link(via))
        tell_child(self, via, entry_name(entry), entry->instance, DD_E_UNKNOWN_PEER);
    else
        send_away(self, via, DD_E_UNKNOWN_PEER);
    drop(self, entry); /* at once: another is about to have the name */
}

/* ---- HELLO --------------------------------------------------------------------------------- */

static void make_up_name(core_t *self, dd_name_t *name, dd_bytes_t tenant)
{
    do {
        char client[16];
        snprintf(client, sizeof client, "auto-%08x", randombytes_random());
        dd_name_join(name, tenant, dd_bytes_of(client));
    } while (directory_find(&self->directory, dd_name_bytes(name)));
}

bool registration_looks_foreign(const core_t *self, const dd_name_t *name)
{
    dd_bytes_t tenant, client, first, rest;
    return dd_name_split(dd_name_bytes(name), &tenant, &client) &&
           dd_bytes_equal(tenant, dd_bytes_of(DD_PUBLIC)) && dd_name_split(client, &first, &rest) &&
           dd_keyring_has_tenant(self->keyring, first);
}

static void welcome(core_t *self, peer_t *peer, dd_bytes_t name)
{
    peer->state = PEER_READY;
    peer->since_ms = self->now_ms;
    peer->scope_number = self->scope_number;
    peer->heartbeat = self->settings.heartbeat;
    dd_record_t record = {.type = DD_WELCOME,
        .heartbeat = peer->heartbeat,
        .limit = self->settings.payload_max,
        .tenant = peer_tenant(peer),
        .name = name,
        .id = dd_bytes(self->id, sizeof self->id),
        .source = dd_bytes_of(self->name),
        .scope = dd_scope_bytes(&self->scope)};
    core_tell(self, peer, &record);
    char text[PEER_TEXT_MAX];
    core_event(self, peer, DD_LOG_INFO, "%s registered", peer_text(peer, text));
}

static void hello_operator(core_t *self, peer_t *peer, dd_bytes_t name)
{
    if (!dd_client_valid(name)) {
        core_end(self, peer, DD_E_NAME_INVALID, "an operator needs a valid name");
        return;
    }
    dd_bytes_copy(name, peer->name.text, sizeof peer->name.text);
    peer->name.size = (uint8_t)name.size;
    welcome(self, peer, name);
}

/* Makes sure that nobody has the name; false if somebody keeps it. */
static bool claim(core_t *self, peer_t *peer, uint64_t instance)
{
    entry_t *entry = directory_find(&self->directory, dd_name_bytes(&peer->name));
    if (!entry)
        return true;
    if (may_take_over(instance, entry)) {
        release(self, entry);
        return true;
    }
    char text[PEER_TEXT_MAX];
    core_end(self, peer, DD_E_NAME_TAKEN, "%s is registered already, %s%s", peer->name.text,
        peer_is_link(entry->via) ? "beneath " : "at this broker",
        peer_is_link(entry->via) ? peer_text(entry->via, text) : "");
    peer->name.size = 0; /* it never was that client */
    return false;
}

static void hello_client(core_t *self, peer_t *peer, dd_bytes_t client, uint64_t instance)
{
    dd_bytes_t tenant = peer_tenant(peer);
    if (dd_bytes_equal(client, dd_bytes_of(DD_AUTO_NAME))) {
        make_up_name(self, &peer->name, tenant);
    } else if (!dd_client_valid(client) || !dd_name_join(&peer->name, tenant, client) ||
               registration_looks_foreign(self, &peer->name)) {
        peer->name.size = 0; /* it never was that client */
        core_end(self, peer, DD_E_NAME_INVALID,
            "a client's name is 1 to %d bytes of UTF-8 without white space and control "
            "characters, and begins with no other tenant's name and a dot",
            DD_CLIENT_MAX);
        return;
    }
    if (!claim(self, peer, instance))
        return;
    peer->instance = instance;
    entry_t *entry = add(self, dd_name_bytes(&peer->name), peer, instance);
    if (!entry) {
        core_end(self, peer, DD_E_LIMIT, "the broker is out of memory");
        return;
    }
    tell_parent(self, DD_ADD_CLIENT, entry);
    welcome(self, peer, dd_name_shown(dd_name_bytes(&peer->name), tenant));
}

void registration_hello(core_t *self, peer_t *peer, const dd_record_t *record)
{
    if (self->drain != DRAIN_NOT)
        core_end(self, peer, DD_E_DRAINING, "the broker is shutting down");
    else if (peer->role == ROLE_OPERATOR)
        hello_operator(self, peer, record->name);
    else
        hello_client(self, peer, record->name, record->number);
}

/* ---- Names beneath children ---------------------------------------------------------------- */

/* Rule 2: a link may only bring clients of tenants that exist. */
static bool may_add(const core_t *self, dd_bytes_t name)
{
    dd_bytes_t tenant, client;
    dd_name_t full;
    return dd_name_split(name, &tenant, &client) && dd_client_valid(client) &&
           dd_keyring_has_tenant(self->keyring, tenant) && dd_name_join(&full, tenant, client) &&
           !registration_looks_foreign(self, &full);
}

static void refuse_client(core_t *self, peer_t *link, const dd_record_t *record, dd_error_t why)
{
    core_pass_over(self, link,
        why == DD_E_NAME_TAKEN ? "tells of a client whose name is taken"
                               : "tells of a client of a tenant that has no key here");
    tell_child(self, link, record->name, record->number, why);
}

/* A client is told of by another link: the broker that it is at, or one above that, has moved. What
   was said last is true. The parent knows the name already; and a client of this very broker, told
   of by a link, came round a loop that is about to be found. */
static void move(core_t *self, entry_t *entry, peer_t *link)
{
    peer_t *before = entry->via;
    if (!peer_is_link(before))
        return;
    note_departure(self, entry);
    directory_move(entry, link);
    tell_child(self, before, entry_name(entry), entry->instance, DD_E_MOVED);
}

/* The parent has heard that a client of this broker is reached in another way: that is not so. */
static void insist(core_t *self, entry_t *entry)
{
    tell_parent(self, DD_ADD_CLIENT, entry);
}

/* Whether one more client may be beneath the link; else ends it. */
static bool has_room(core_t *self, peer_t *link)
{
    if (link->entry_count < self->settings.link_names_max)
        return true;
    core_end(self, link, DD_E_LIMIT, "it tells of more than %zu clients, its link-names-max",
        self->settings.link_names_max);
    return false;
}

void registration_add_client(core_t *self, peer_t *link, const dd_record_t *record)
{
    if (!may_add(self, record->name)) {
        refuse_client(self, link, record, DD_E_REFUSED);
        return;
    }
    entry_t *entry = directory_find(&self->directory, record->name);
    if (entry && entry->via == link) {
        entry->instance = record->number;
        tell_parent(self, DD_ADD_CLIENT, entry);
        return;
    }
    if (!has_room(self, link))
        return;
    if (entry && entry->instance == record->number) {
        move(self, entry, link);
        return;
    }
    if (entry && !may_take_over(record->number, entry)) {
        refuse_client(self, link, record, DD_E_NAME_TAKEN);
        return;
    }
    if (entry)
        release(self, entry);
    entry = add(self, record->name, link, record->number);
    if (entry)
        tell_parent(self, DD_ADD_CLIENT, entry);
    else
        core_end(self, link, DD_E_LIMIT, "the broker is out of memory");
}

/* From a child: the client is gone. From the parent: it has to go. Either may be about one that
   went before, its name being another's by now: the instance tells. */
void registration_drop_client(core_t *self, peer_t *link, const dd_record_t *record)
{
    entry_t *entry = directory_find(&self->directory, record->name);
    if (!entry || entry->instance != record->number)
        return;
    peer_t *via = entry->via;
    if (link->role == ROLE_CHILD) {
        if (via == link)
            drop(self, entry);
    } else if (peer_is_link(via)) {
        tell_child(self, via, record->name, record->number, record->code);
        note_departure(self, entry);
        directory_remove(&self->directory, entry);
    } else if (record->code == DD_E_MOVED) {
        insist(self, entry);
    } else {
        send_away(self, via, record->code);
    }
}

void registration_check(core_t *self, entry_t *entry)
{
    if (!peer_is_link(entry->via) || entry->via->absent || may_add(self, entry_name(entry)))
        return;
    tell_child(self, entry->via, entry_name(entry), entry->instance, DD_E_REFUSED);
    drop(self, entry);
}

/* ---- The whole ----------------------------------------------------------------------------- */

int registration_forget(core_t *self, peer_t *peer, int units)
{
    for (; units > 0 && peer->entries; units--)
        drop(self, peer->entries);
    return units;
}

void registration_tell(core_t *self, entry_t *entry)
{
    if (!is_known_above(self, entry) && !entry->via->absent)
        tell_parent(self, DD_ADD_CLIENT, entry);
}

void registration_introduce(core_t *self, dd_bytes_t name)
{
    if (!self->parent || !self->parent->resync)
        return;
    entry_t *entry = directory_find(&self->directory, name);
    if (entry)
        registration_tell(self, entry);
}
