/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dispatch - which records a peer may send, and who handles them
 */
#include "dispatch.h"

#include "beneath.h"
#include "contests.h"
#include "drain.h"
#include "inspect.h"
#include "notifications.h"
#include "publications.h"
#include "registration.h"
#include "standing.h"
#include "tree_links.h"

/* ---- Connection ---------------------------------------------------------------------------- */

static void ping(core_t *self, peer_t *peer, const dd_record_t *record)
{
    if (peer_is_old(peer))
        notifications_old_ping(self, peer);
    core_tell(self, peer, &(dd_record_t){.type = DD_PONG, .number = record->number});
}

static void measure(core_t *self, peer_t *parent, const dd_record_t *record)
{
    if (record->number != parent->pinged_us)
        return;
    parent->pinged = false;
    if (record->number < self->now_us)
        parent->rtt_us = self->now_us - record->number;
}

static void pong(core_t *self, peer_t *peer, const dd_record_t *record)
{
    if (peer->role == ROLE_PARENT)
        measure(self, peer, record);
    else
        contests_answered(self, peer);
}

static void bye(core_t *self, peer_t *peer, const dd_record_t *record)
{
    peer->farewell = DD_BYE;
    dd_error_t otherwise = peer->asked_to_go != DD_OK ? peer->asked_to_go : DD_E_CLOSED;
    core_end(self, peer, dd_wire_error(record->code, otherwise), "it said goodbye");
}

/* Another broker refuses something of ours: only a word about the connection itself ends it. */
static void error(core_t *self, peer_t *link, const dd_record_t *record)
{
    if (record->ref != 0)
        return;
    dd_error_t code = dd_wire_error(record->code, DD_E_PROTOCOL);
    link->farewell = 0;
    core_end(self, link, code, "the other side has ended the link");
}

/* The parent has room for more. Downward there is no window yet: of others it means nothing. */
static void taken(core_t *self, peer_t *peer, const dd_record_t *record)
{
    if (peer->role != ROLE_PARENT)
        return;
    if (!dd_window_taken(&peer->outbox.window, record->number))
        core_end(self, peer, DD_E_PROTOCOL, "it says to have taken what can't be");
    else if (dd_outbox_may_send(&peer->outbox))
        core_touch(self, peer);
}

/* ---- All ----------------------------------------------------------------------------------- */

#define NEW (1u << PEER_NEW)
#define WAITING (1u << PEER_WAITING)
#define READY (1u << PEER_READY)

#define ROLE_ANY (ROLE_CLIENT | ROLE_OPERATOR | ROLE_OBSERVER | ROLE_LINK)

static const struct {
    handler_t *handle;
    uint8_t roles;
    uint8_t states;
} HANDLERS[] = {
    [DD_HELLO] = {registration_hello, ROLE_CLIENT | ROLE_OPERATOR, NEW},
    [DD_JOIN] = {tree_links_join, ROLE_CHILD, NEW},
    [DD_ADMIT] = {tree_links_admit, ROLE_PARENT, NEW | READY},
    [DD_PING] = {ping, ROLE_ANY, READY},
    [DD_PONG] = {pong, ROLE_CLIENT | ROLE_PARENT, WAITING | READY},
    [DD_BYE] = {bye, ROLE_ANY, NEW | WAITING | READY},
    [DD_ERROR] = {error, ROLE_LINK, NEW | READY},
    [DD_TAKEN] = {taken, ROLE_ANY, READY},
    [DD_DRAIN] = {drain_record, ROLE_ANY, READY},
    [DD_PROVE] = {standing_prove, ROLE_CLIENT | ROLE_OBSERVER | ROLE_CHILD, READY},
    [DD_SEND] = {notifications_send, ROLE_CLIENT, READY},
    [DD_FORWARD] = {notifications_forward, ROLE_LINK, READY},
    [DD_RECEIPT] = {notifications_receipt, ROLE_CLIENT | ROLE_LINK, READY},
    [DD_HOP] = {notifications_hop, ROLE_LINK, READY},
    [DD_ACK] = {notifications_ack, ROLE_CLIENT | ROLE_LINK, READY},
    [DD_SUBSCRIBE] = {publications_subscribe, ROLE_CLIENT, READY},
    [DD_UNSUBSCRIBE] = {publications_unsubscribe, ROLE_CLIENT, READY},
    [DD_PUBLISH] = {publications_publish, ROLE_CLIENT, READY},
    [DD_RELAY] = {publications_relay, ROLE_LINK, READY},
    [DD_GAP] = {publications_gap, ROLE_LINK, READY},
    [DD_ADD_CLIENT] = {registration_add_client, ROLE_CHILD, READY},
    [DD_DROP_CLIENT] = {registration_drop_client, ROLE_LINK, READY},
    [DD_ADD_INTEREST] = {publications_add_interest, ROLE_LINK, READY},
    [DD_DROP_INTEREST] = {publications_drop_interest, ROLE_LINK, READY},
    [DD_SYNCED] = {tree_links_synced, ROLE_LINK, READY},
    [DD_CONTEST] = {contests_contest, ROLE_PARENT, READY},
    [DD_KEPT] = {contests_kept, ROLE_CHILD, READY},
    [DD_GONE] = {contests_gone, ROLE_CHILD, READY},
    [DD_ADD_BROKER] = {beneath_add_broker, ROLE_CHILD, READY},
    [DD_DROP_BROKER] = {beneath_drop_broker, ROLE_CHILD, READY},
    [DD_INSPECT] = {inspect_question, ROLE_ANY, READY},
    [DD_REPORT] = {inspect_report, ROLE_LINK, READY},
    [DD_CONTROL] = {inspect_question, ROLE_OPERATOR | ROLE_LINK, READY},
};

void dispatch_record(core_t *self, peer_t *peer, const dd_record_t *record)
{
    const char *name = dd_record_name(record->type);
    if (!name)
        return; /* unknown, but optional */
    bool known =
        record->type < sizeof HANDLERS / sizeof HANDLERS[0] && HANDLERS[record->type].handle;
    if (!known || !(HANDLERS[record->type].roles & peer->role))
        core_end(self, peer, DD_E_PROTOCOL, "%s has no place here", name);
    else if (HANDLERS[record->type].states & 1u << peer->state)
        HANDLERS[record->type].handle(self, peer, record);
    else if (peer->state == PEER_READY)
        core_end(self, peer, DD_E_PROTOCOL, "%s after registration", name);
    else
        core_end(self, peer, DD_E_UNKNOWN_PEER, "%s before registration", name);
}
