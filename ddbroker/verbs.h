/*
 * verbs - what the broker does with each record, one file per group
 */
#ifndef VERBS_H_INCLUDED
#define VERBS_H_INCLUDED

#include "state.h"

/* Takes a record from a peer whose role and state allow it. */
typedef void(verb_t)(core_t *self, peer_t *peer, const dd_record_t *record);

/* Takes any record: does what it asks for, or ends the peer, which may not send it. */
void verbs_handle(core_t *self, peer_t *peer, const dd_record_t *record);

/* register: clients and their names */
verb_t register_hello, register_add_client, register_drop_client;
/* A peer is going: the names reached through it are dropped here and above. */
void register_forget(core_t *self, peer_t *peer);
/* Tells the parent every name beneath this broker. */
void register_sync(core_t *self);
/* Whether a public client's full name is shown to others as that of another tenant's client. */
bool register_looks_foreign(const core_t *self, const dd_name_t *name);

/* link: children and the parent */
verb_t link_join, link_admit, link_synced;
/* What a broker says first to its parent. */
void link_ask(core_t *self, peer_t *parent);
void link_forget(core_t *self, peer_t *link);

/* notify: to one client */
verb_t notify_send, notify_forward, notify_receipt, notify_hop;
/* A record that was never sent to this peer goes back as an error to whoever sent it. */
void notify_return(core_t *self, const peer_t *peer, const dd_record_t *unsent);

/* publish: to all subscribers */
verb_t publish_subscribe, publish_unsubscribe, publish_publish, publish_relay, publish_gap,
    publish_add_interest, publish_drop_interest;
void publish_forget(core_t *self, peer_t *peer);
/* Tells a new link what is wanted on this side of it. */
void publish_sync(core_t *self, peer_t *link);
/* Tells the peer what publications it lost. False while it has no room for that. */
bool publish_tell_gaps(core_t *self, peer_t *peer);

/* inspect: questions to every broker of the tree, and what operators ask one to do */
verb_t inspect_question, inspect_report;
void inspect_forget(core_t *self, const peer_t *peer);
void inspect_expire(core_t *self);

#endif
