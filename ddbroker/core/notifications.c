/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * notifications - notifications to one client, and what becomes of them
 *
 * A broker that has the destination beneath it hands the notification down, any other sends it up.
 * What can't go on goes back to its sender with a reason.
 */
#include "notifications.h"

#include <stdio.h>

#include "foreign.h"
#include "link_rules.h"
#include "old_clients.h"
#include "registration.h"

/* Flags that a notification keeps on its way. */
#define PASSED_ON (DD_FLAG_RECEIPT | DD_FLAG_TRACE | DD_FLAG_REQUEST | DD_FLAG_REPLY)

/* A notification on its way through this broker; names are full. */
typedef struct {
    const peer_t *from; /* the connection it came in on */
    uint8_t flags;
    uint8_t hops;
    uint32_t ref;
    uint32_t run;
    uint32_t re;
    dd_bytes_t source;
    dd_bytes_t destination;
    dd_bytes_t payload;
} notification_t;

/* ---- Results, on their way back ------------------------------------------------------------ */

/* A result as a client is told of it. */
static dd_record_t for_client(const peer_t *client, const dd_record_t *result)
{
    dd_bytes_t about = dd_name_shown(result->source, peer_tenant(client));
    if (result->type == DD_HOP)
        return *result;
    if (result->type == DD_ACK)
        return (dd_record_t){
            .type = DD_ACK, .run = result->run, .source = about, .payload = result->payload};
    if (result->code == DD_OK)
        return (dd_record_t){.type = DD_RECEIPT, .ref = result->ref, .source = about};
    return (dd_record_t){.type = DD_ERROR, .code = result->code, .ref = result->ref, .text = about};
}

/* A client must hear what this broker itself says. What others say, who could say any amount of it,
   and what its tenant has no room for on a link, is dropped: the sender learns that nobody knows.
 */
static void tell(core_t *self, peer_t *peer, const peer_t *from, const dd_record_t *result)
{
    if (result->type == DD_ACK)
        core_send(self, peer, result);
    else if (!from && !peer_is_link(peer))
        core_tell(self, peer, result);
    else
        core_append(self, peer, result, DD_OUTBOX_RESULT, NULL);
}

/* How a trace ends is what it was to find out, and no refusal. */
static void tell_client(core_t *self, peer_t *client, const peer_t *from, const dd_record_t *result)
{
    dd_record_t told = for_client(client, result);
    if (told.type == DD_ERROR && told.ref != client->traced)
        core_count_refused(self, client, told.code);
    tell(self, client, from, &told);
}

/* Sends a result (with full names: destination is the notification's sender, source who has it or
   should have had it) towards the sender. A sender that is gone needs none. from: who says so; NULL
   for this broker. */
static void pass_back(core_t *self, const peer_t *from, dd_record_t *result)
{
    entry_t *entry = directory_find(&self->directory, result->destination);
    peer_t *next = entry ? entry->via : NULL;
    if (!entry && core_parent_listens(self))
        next = self->parent;
    if (!next || (peer_is_link(next) && (next == from || result->hops >= DD_HOPS_MAX)))
        return;
    if (!peer_is_link(next)) {
        tell_client(self, next, from, result);
        return;
    }
    if (next->role == ROLE_PARENT)
        registration_introduce(self, result->source);
    result->hops++;
    result->flags = 0;
    tell(self, next, from, result);
}

static void answer(core_t *self, const notification_t *notification, dd_error_t code)
{
    dd_record_t result = {.type = DD_RECEIPT,
        .code = (uint16_t)code,
        .ref = notification->ref,
        .source = notification->destination,
        .destination = notification->source};
    pass_back(self, NULL, &result);
}

/* ---- Notifications ------------------------------------------------------------------------- */

static dd_error_t hand_over(core_t *self, peer_t *client, const notification_t *notification)
{
    dd_record_t record = {.type = DD_DATA,
        .flags = notification->flags,
        .ref = notification->ref,
        .run = notification->run,
        .re = notification->re,
        .source = dd_name_shown(notification->source, peer_tenant(client)),
        .payload = notification->payload};
    if (peer_is_old(client) && !old_clients_take(client, &record))
        return DD_OK;
    bool foreign = record.source.size == notification->source.size; /* it is shown in full */
    dd_error_t error = foreign ? foreign_append(self, client, notification->source, &record, NULL)
                               : core_send(self, client, &record);
    if (peer_is_old(client) && error != DD_OK)
        old_clients_untake(client, &record);
    return error;
}

static dd_error_t forward(core_t *self, peer_t *link, const notification_t *notification)
{
    if (notification->hops >= DD_HOPS_MAX)
        return DD_E_HOP_LIMIT;
    if (notification->payload.size > link->payload_max)
        return DD_E_TOO_LARGE;
    dd_record_t record = {.type = DD_FORWARD,
        .flags = notification->flags,
        .hops = (uint8_t)(notification->hops + 1),
        .ref = notification->ref,
        .run = notification->run,
        .re = notification->re,
        .source = notification->source,
        .destination = notification->destination,
        .payload = notification->payload};
    if (link->role == ROLE_PARENT)
        registration_introduce(self, notification->source);
    return core_send(self, link, &record);
}

/* Says to the sender of a traced notification what this broker did with it. */
static void trace(
    core_t *self, const notification_t *notification, const peer_t *next, dd_error_t error)
{
    char decision[PEER_TEXT_MAX + 64], text[PEER_TEXT_MAX];
    if (error != DD_OK)
        snprintf(decision, sizeof decision, "refused: %s", dd_strerror(error));
    else
        snprintf(decision, sizeof decision, "%s %s%s",
            next->role == ROLE_PARENT  ? "up to"
            : next->role == ROLE_CHILD ? "down to"
                                       : "here:",
            peer_text(next, text), peer_is_old(next) ? ", whose protocol has no traces" : "");
    dd_record_t hop = {.type = DD_HOP,
        .code = (uint16_t)error,
        .ref = notification->ref,
        .number = notification->hops + 1u,
        .name = dd_bytes_of(self->name),
        .scope = dd_scope_bytes(&self->scope),
        .destination = notification->source,
        .text = dd_bytes_of(decision)};
    pass_back(self, NULL, &hop);
}

/* Whether a name that this broker doesn't know isn't beneath it: who has just started, or is still
   being told, can't say so. */
static bool knows_all_beneath(const core_t *self)
{
    return self->unsynced == 0 && self->now_ms >= self->started_ms + self->settings.settle;
}

/* The peer through which the destination is reached; NULL with the reason. */
static peer_t *next_hop(const core_t *self, const notification_t *notification, dd_error_t *why)
{
    entry_t *entry = directory_find(&self->directory, notification->destination);
    *why = knows_all_beneath(self) ? DD_E_NO_DESTINATION : DD_E_UPLINK_DOWN;
    if (entry)
        return entry->via == notification->from && peer_is_link(entry->via) ? NULL : entry->via;
    if (!core_has_parent(self) || notification->from == self->parent)
        return NULL;
    *why = DD_E_UPLINK_DOWN;
    return core_parent_ready(self) ? self->parent : NULL;
}

/* Of one notification there can be an acknowledgement, a receipt or a refusal, and when it is
   traced a word of each broker on its way. Nobody tells more often than it was handed something. */
static void expect_results(peer_t *next, const notification_t *notification)
{
    next->owed_acks++;
    next->owed_receipts++;
    if (notification->flags & DD_FLAG_TRACE)
        next->owed_hops += DD_HOPS_MAX;
}

/* A client of an old protocol sees no traces: its broker answers them. */
static void route(core_t *self, const notification_t *notification)
{
    dd_error_t error;
    peer_t *next = next_hop(self, notification, &error);
    bool trace_ends = next && notification->flags & DD_FLAG_TRACE && peer_is_old(next);
    if (trace_ends)
        error = DD_OK;
    else if (next)
        error = peer_is_link(next) ? forward(self, next, notification)
                                   : hand_over(self, next, notification);
    if (notification->flags & DD_FLAG_TRACE)
        trace(self, notification, next, error);
    if (error != DD_OK) {
        answer(self, notification, error);
    } else if (trace_ends) {
        answer(self, notification, DD_OK);
    } else {
        core_count_out(self, next, notification->payload.size);
        expect_results(next, notification);
    }
}

void notifications_send(core_t *self, peer_t *client, const dd_record_t *record)
{
    dd_name_t destination;
    if (record->payload.size > self->settings.payload_max) {
        core_refuse(self, client, DD_E_TOO_LARGE, record->ref, record->destination);
        return;
    }
    if (!dd_name_resolve(&destination, peer_tenant(client), record->destination,
            dd_keyring_has_tenant, self->keyring)) {
        core_refuse(self, client, DD_E_NAME_INVALID, record->ref, record->destination);
        return;
    }
    if (!quota_take_message(client->quota, record->payload.size, self->now_ms)) {
        core_refuse(self, client, DD_E_RATE_LIMITED, record->ref, record->destination);
        return;
    }
    core_count_in(self, client, record->payload.size);
    if (record->flags & DD_FLAG_TRACE)
        client->traced = record->ref;
    notification_t notification = {.from = client,
        .flags = record->flags & PASSED_ON,
        .ref = record->ref,
        .run = record->run,
        .re = record->re,
        .source = dd_name_bytes(&client->name),
        .destination = dd_name_bytes(&destination),
        .payload = record->payload};
    route(self, &notification);
}

/* Its sender's name is contested: it may get it, and then it may send. */
static void put_off(core_t *self, peer_t *link, const dd_record_t *record)
{
    dd_record_t refusal = {.type = DD_RECEIPT,
        .hops = 1,
        .code = DD_E_UPLINK_DOWN,
        .ref = record->ref,
        .source = record->destination,
        .destination = record->source};
    core_count_refused(self, link, DD_E_UPLINK_DOWN);
    tell(self, link, NULL, &refusal);
}

void notifications_forward(core_t *self, peer_t *link, const dd_record_t *record)
{
    if (!link_rules_forward(self, link, record)) {
        if (link_rules_is_claimed(self, link, record))
            put_off(self, link, record);
        else
            core_pass_over(
                self, link, "forwards for a client that isn't beneath it, or across tenants");
        return;
    }
    core_count_in(self, link, record->payload.size);
    notification_t notification = {.from = link,
        .flags = record->flags & PASSED_ON,
        .hops = record->hops,
        .ref = record->ref,
        .run = record->run,
        .re = record->re,
        .source = record->source,
        .destination = record->destination,
        .payload = record->payload};
    route(self, &notification);
}

/* What a client says of the notifications of the sender that it names. False if there can be no
   such sender. */
static bool complete(
    const core_t *self, const peer_t *client, dd_record_t *result, dd_name_t *sender)
{
    if (!dd_name_resolve(
            sender, peer_tenant(client), result->destination, dd_keyring_has_tenant, self->keyring))
        return false;
    result->hops = 0;
    result->source = dd_name_bytes(&client->name);
    result->destination = dd_name_bytes(sender);
    return true;
}

/* A client says that it has what the named sender sent it, or can't read it. */
static void receipt_of_client(core_t *self, peer_t *client, const dd_record_t *record)
{
    dd_record_t result = *record;
    dd_name_t sender;
    result.code = record->code == DD_E_UNREADABLE ? DD_E_UNREADABLE : DD_OK;
    if (complete(self, client, &result, &sender))
        pass_back(self, client, &result);
}

/* A result on its way back. */
static void receipt_of_link(core_t *self, peer_t *link, const dd_record_t *record)
{
    dd_record_t result = *record;
    if (record->code != DD_OK)
        result.code = (uint16_t)dd_wire_error(record->code, DD_E_PROTOCOL);
    if (link_rules_receipt(self, link, &result))
        pass_back(self, link, &result);
    else
        core_pass_over(self, link, "passes a receipt of one that isn't beneath it, or can't be");
}

/* To ref 0 nobody answers: as an ERROR it would end the sender's connection. */
void notifications_receipt(core_t *self, peer_t *peer, const dd_record_t *record)
{
    if (peer->owed_receipts == 0 || record->ref == 0) {
        core_count_refused(self, peer, DD_E_PROTOCOL);
        return;
    }
    peer->owed_receipts--;
    if (peer->role == ROLE_CLIENT)
        receipt_of_client(self, peer, record);
    else
        receipt_of_link(self, peer, record);
}

/* Whether the ranges are whole, and no more than a receiver acknowledges at once. */
static bool is_valid_ack(const dd_record_t *record)
{
    size_t size = record->payload.size;
    return size > 0 && size <= DD_ACK_RANGES_MAX * DD_ACK_RANGE_SIZE &&
           size % DD_ACK_RANGE_SIZE == 0;
}

void notifications_ack(core_t *self, peer_t *peer, const dd_record_t *record)
{
    dd_record_t result = *record;
    dd_name_t sender;
    if (!is_valid_ack(record)) {
        core_end(self, peer, DD_E_MALFORMED, "it acknowledged what can't be");
        return;
    }
    if (peer->owed_acks == 0)
        return;
    peer->owed_acks--;
    if (peer->role == ROLE_CLIENT ? complete(self, peer, &result, &sender)
                                  : link_rules_ack(self, peer, record))
        pass_back(self, peer, &result);
}

void notifications_old_ping(core_t *self, peer_t *client)
{
    dd_record_t ack;
    dd_name_t sender;
    dd_frame_t *frame;
    while ((frame = old_clients_have_read(client))) {
        dd_reader_t reader;
        bool valid = dd_frame_open(&reader, frame->data, frame->size);
        while (valid && dd_frame_more(&reader) && dd_frame_next(&reader, &ack) == DD_OK)
            if (complete(self, client, &ack, &sender))
                pass_back(self, client, &ack);
        dd_frame_free(frame);
    }
    old_clients_were_asked(client);
}

void notifications_hop(core_t *self, peer_t *link, const dd_record_t *record)
{
    dd_record_t hop = *record;
    if (hop.code != DD_OK)
        hop.code = (uint16_t)dd_wire_error(record->code, DD_E_PROTOCOL);
    if (link->owed_hops == 0 || !link_rules_hop(record)) {
        core_pass_over(self, link, "tells of the way of what wasn't traced, or what can't be");
        return;
    }
    link->owed_hops--;
    pass_back(self, link, &hop);
}

/* Whether it was a client of this broker that is gone. Above, where nobody has sent anything for
   it, its results would pass for others. */
static bool has_left(const core_t *self, dd_bytes_t name)
{
    return departures_had(self->left, name, self->now_ms) &&
           !directory_find(&self->directory, name);
}

void notifications_return(core_t *self, const peer_t *peer, const dd_record_t *unsent)
{
    dd_name_t source;
    notification_t notification = {.ref = unsent->ref};
    if (unsent->type == DD_DATA && dd_name_resolve(&source, peer_tenant(peer), unsent->source,
                                       dd_keyring_has_tenant, self->keyring)) {
        notification.source = dd_name_bytes(&source);
        notification.destination = dd_name_bytes(&peer->name);
    } else if (unsent->type == DD_FORWARD) {
        notification.source = unsent->source;
        notification.destination = unsent->destination;
    } else {
        return;
    }
    if (!has_left(self, notification.source))
        answer(self, &notification,
            peer->role == ROLE_PARENT ? DD_E_UPLINK_DOWN : DD_E_NO_DESTINATION);
}
