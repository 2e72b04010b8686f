/*
 * verbs - which records a peer may send, and who handles them
 */
#include "verbs.h"

/* ---- Connection ---------------------------------------------------------------------------- */

/* What another says of why it ends. Numbers that mean something in a process only are not what it
   can have meant. */
static dd_error_t reason(uint16_t code, dd_error_t otherwise)
{
    return code > 0 && code < DD_E_ARGUMENT ? (dd_error_t)code : otherwise;
}

static void ping(core_t *self, peer_t *peer, const dd_record_t *record)
{
    core_tell(self, peer, &(dd_record_t){.type = DD_PONG, .number = record->number});
}

static void pong(core_t *self, peer_t *parent, const dd_record_t *record)
{
    if (record->number == parent->pinged_us && record->number < self->now_us)
        parent->rtt_us = self->now_us - record->number;
}

static void bye(core_t *self, peer_t *peer, const dd_record_t *record)
{
    peer->farewell = DD_BYE;
    core_end(self, peer, reason(record->code, DD_E_CLOSED), "it said goodbye");
}

/* Another broker refuses something of ours: only a word about the connection itself ends it. */
static void error(core_t *self, peer_t *link, const dd_record_t *record)
{
    if (record->ref != 0)
        return;
    dd_error_t code = reason(record->code, DD_E_PROTOCOL);
    link->farewell = 0;
    core_end(self, link, code, "it refuses: %s", dd_strerror(code));
}

/* ---- All ----------------------------------------------------------------------------------- */

#define NEW (1u << PEER_NEW)
#define READY (1u << PEER_READY)

static const struct {
    verb_t *verb;
    uint8_t roles;
    uint8_t states;
} VERBS[] = {
    [DD_HELLO] = {register_hello, ROLE_CLIENT | ROLE_OPERATOR, NEW},
    [DD_JOIN] = {link_join, ROLE_CHILD, NEW},
    [DD_ADMIT] = {link_admit, ROLE_PARENT, NEW | READY},
    [DD_PING] = {ping, ROLE_CLIENT | ROLE_OPERATOR | ROLE_LINK, READY},
    [DD_PONG] = {pong, ROLE_PARENT, READY},
    [DD_BYE] = {bye, ROLE_CLIENT | ROLE_OPERATOR | ROLE_LINK, NEW | READY},
    [DD_ERROR] = {error, ROLE_LINK, NEW | READY},
    [DD_SEND] = {notify_send, ROLE_CLIENT, READY},
    [DD_FORWARD] = {notify_forward, ROLE_LINK, READY},
    [DD_RECEIPT] = {notify_receipt, ROLE_CLIENT | ROLE_LINK, READY},
    [DD_HOP] = {notify_hop, ROLE_LINK, READY},
    [DD_SUBSCRIBE] = {publish_subscribe, ROLE_CLIENT, READY},
    [DD_UNSUBSCRIBE] = {publish_unsubscribe, ROLE_CLIENT, READY},
    [DD_PUBLISH] = {publish_publish, ROLE_CLIENT, READY},
    [DD_RELAY] = {publish_relay, ROLE_LINK, READY},
    [DD_GAP] = {publish_gap, ROLE_LINK, READY},
    [DD_ADD_CLIENT] = {register_add_client, ROLE_CHILD, READY},
    [DD_DROP_CLIENT] = {register_drop_client, ROLE_LINK, READY},
    [DD_ADD_INTEREST] = {publish_add_interest, ROLE_LINK, READY},
    [DD_DROP_INTEREST] = {publish_drop_interest, ROLE_LINK, READY},
    [DD_SYNCED] = {link_synced, ROLE_LINK, READY},
    [DD_INSPECT] = {inspect_question, ROLE_CLIENT | ROLE_OPERATOR | ROLE_LINK, READY},
    [DD_REPORT] = {inspect_report, ROLE_LINK, READY},
    [DD_CONTROL] = {inspect_question, ROLE_OPERATOR | ROLE_LINK, READY},
};

void verbs_handle(core_t *self, peer_t *peer, const dd_record_t *record)
{
    const char *name = dd_record_name(record->type);
    if (!name)
        return; /* unknown, but optional */
    bool known = record->type < sizeof VERBS / sizeof VERBS[0] && VERBS[record->type].verb;
    if (!known || !(VERBS[record->type].roles & peer->role))
        core_end(self, peer, DD_E_PROTOCOL, "%s has no place here", name);
    else if (VERBS[record->type].states & 1u << peer->state)
        VERBS[record->type].verb(self, peer, record);
    else if (peer->state == PEER_NEW)
        core_end(self, peer, DD_E_UNKNOWN_PEER, "%s before registration", name);
    else
        core_end(self, peer, DD_E_PROTOCOL, "%s after registration", name);
}
