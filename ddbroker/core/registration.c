/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * registration - clients and their names
 *
 * A name is granted at once where the client connects, told upward, and contested where two of the
 * kind meet first: there the one that was first stays, if it is still there. A client that lost its
 * connection is known again by its instance, and takes its name over from what is left of its old
 * connection.
 */
#include "registration.h"

#include <sodium.h>
#include <stdio.h>

#include "contests.h"
#include "losses.h"
#include "names.h"
#include "operators.h"

/* Whether the client of that instance may have the name of one who is registered: that one is the
   same client's earlier connection, or it has just gone. */
static bool may_take_over(uint64_t instance, const entry_t *entry)
{
    return entry->via->gone || names_is_later(instance, entry->instance);
}

/* A client came back elsewhere: what is left of it here goes. Where others wait for its name, it
   has shown that it is there. */
static void release(core_t *self, entry_t *entry)
{
    peer_t *via = entry->via;
    core_remark(self, via, DD_LOG_INFO, "client %s came back on another connection", entry->name);
    if (!via->gone)
        contests_keep(self, entry);
    if (peer_is_link(via))
        names_tell_child(self, via, entry_name(entry), entry->instance, DD_E_UNKNOWN_PEER);
    else
        names_send_away(self, via, DD_E_UNKNOWN_PEER);
    contests_drop(self, entry); /* at once: another is about to have the name */
}

/* Who has the name, unless it may be taken over, in which case nobody has it any more. */
static entry_t *find_holder(core_t *self, dd_bytes_t name, uint64_t instance)
{
    entry_t *entry = directory_find(&self->directory, name);
    if (!entry || !may_take_over(instance, entry))
        return entry;
    release(self, entry);
    return directory_find(&self->directory, name); /* one who has waited for it before */
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

/* An operator with a key of its own is called as the key file says. */
static void hello_operator(core_t *self, peer_t *peer, dd_bytes_t name)
{
    dd_bytes_t own = operators_name(self, peer->key);
    if (own.size > 0) {
        name = own;
    } else if (!dd_client_valid(name)) {
        core_end(self, peer, DD_E_NAME_INVALID, "an operator needs a valid name");
        return;
    } else if (operators_find(self, name)) {
        core_end(self, peer, DD_E_NAME_INVALID,
            "the operator of that name has a key of its own, and this is another");
        return;
    }
    peer_set_name(peer, name);
    names_welcome(self, peer, name);
}

/* The client gets its name, if nobody has it. Who only asks needs none: nobody can reach it by
   that, which may be another's. */
static void give_name(core_t *self, peer_t *peer)
{
    dd_bytes_t name = dd_name_bytes(&peer->name);
    if (peer->role == ROLE_OBSERVER) {
        names_welcome(self, peer, dd_name_shown(name, peer_tenant(peer)));
        return;
    }
    entry_t *holder = find_holder(self, name, peer->instance);
    if (holder)
        contests_claim(self, holder, peer, peer->instance);
    else
        names_grant(self, name, peer, peer->instance);
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
    peer->instance = instance;
    give_name(self, peer);
}

void registration_hello(core_t *self, peer_t *peer, const dd_record_t *record)
{
    bool is_operator = peer->role == ROLE_OPERATOR;
    if (record->features & DD_OBSERVES)
        peer->role = ROLE_OBSERVER;
    if (self->drain != DRAIN_NOT)
        core_end(self, peer, DD_E_DRAINING, "the broker is shutting down");
    else if (is_operator)
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

/* A client is told of by another link: the broker that it is at, or one above that, has moved. What
   was said last is true. The parent knows the name already; and a client of this very broker, told
   of by a link, came round a loop that is about to be found. */
static void move(core_t *self, entry_t *entry, peer_t *link)
{
    peer_t *before = entry->via;
    if (!peer_is_link(before))
        return;
    names_note_departure(self, entry);
    directory_move(entry, link);
    contests_moved(self, entry);
    names_tell_child(self, before, entry_name(entry), entry->instance, DD_E_MOVED);
}

/* The parent has heard that a client of this broker is reached in another way: that is not so. It
   has taken nothing that came from the client this way since it heard that. */
static void insist(core_t *self, entry_t *entry)
{
    losses_suspect(self);
    names_tell_parent(self, DD_ADD_CLIENT, entry);
}

/* Another client of that link has the name, and has just got it. */
static void renew(core_t *self, entry_t *entry, uint64_t instance)
{
    if (entry->instance != instance)
        contests_keep(self, entry);
    entry->instance = instance;
    names_tell_parent(self, DD_ADD_CLIENT, entry);
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
    core_worked(self, CORE_WORK_NAME);
    if (!may_add(self, record->name)) {
        names_refuse(self, link, record->name, record->number, DD_E_REFUSED);
        return;
    }
    entry_t *entry = directory_find(&self->directory, record->name);
    if (entry && entry->via == link) {
        renew(self, entry, record->number);
        return;
    }
    if (!has_room(self, link))
        return;
    if (entry && entry->instance == record->number) {
        move(self, entry, link);
        return;
    }
    entry = find_holder(self, record->name, record->number);
    if (entry)
        contests_claim(self, entry, link, record->number);
    else
        names_grant(self, record->name, link, record->number);
}

/* From a child: the client is gone. From the parent: it has to go. Either may be about one that
   went before, its name being another's by now: the instance tells. */
void registration_drop_client(core_t *self, peer_t *link, const dd_record_t *record)
{
    core_worked(self, CORE_WORK_NAME);
    entry_t *entry = directory_find(&self->directory, record->name);
    if (!entry || entry->instance != record->number) {
        contests_withdraw(self, record->name, link, record->number);
        return;
    }
    peer_t *via = entry->via;
    if (link->role == ROLE_CHILD) {
        if (via == link)
            contests_drop(self, entry);
    } else if (peer_is_link(via)) {
        names_tell_child(self, via, record->name, record->number, record->code);
        contests_drop(self, entry);
    } else if (record->code == DD_E_MOVED) {
        insist(self, entry);
    } else {
        names_send_away(self, via, record->code);
    }
}

void registration_check(core_t *self, entry_t *entry)
{
    if (!peer_is_link(entry->via) || entry->via->absent || may_add(self, entry_name(entry)))
        return;
    names_tell_child(self, entry->via, entry_name(entry), entry->instance, DD_E_REFUSED);
    contests_drop(self, entry);
}

/* ---- The whole ----------------------------------------------------------------------------- */

int registration_forget(core_t *self, peer_t *peer, int units)
{
    for (; units > 0 && peer->entries; units--)
        contests_drop(self, peer->entries);
    return units;
}

void registration_tell(core_t *self, entry_t *entry)
{
    if (!names_known_above(self, entry) && !entry->via->absent)
        names_tell_parent(self, DD_ADD_CLIENT, entry);
}

void registration_introduce(core_t *self, dd_bytes_t name)
{
    if (!self->parent || !self->parent->resync)
        return;
    entry_t *entry = directory_find(&self->directory, name);
    if (entry)
        registration_tell(self, entry);
}
