/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dispatch - what the broker does with each record, one file per group
 */
#ifndef DISPATCH_H_INCLUDED
#define DISPATCH_H_INCLUDED

#include "core_state.h"

/* Takes a record from a peer whose role and state allow it. */
typedef void(handler_t)(core_t *self, peer_t *peer, const dd_record_t *record);

/* Takes any record: does what it asks for, or ends the peer, which may not send it. */
void dispatch_record(core_t *self, peer_t *peer, const dd_record_t *record);

/* register: clients and their names */
handler_t registration_hello, registration_add_client, registration_drop_client;
/* A peer is going: the names reached through it are dropped here and above. */
void registration_forget(core_t *self, peer_t *peer);
/* Tells the parent every name beneath this broker. */
void registration_sync(core_t *self);
/* Whether a public client's full name is shown to others as that of another tenant's client. */
bool registration_looks_foreign(const core_t *self, const dd_name_t *name);

/* link: children and the parent */
handler_t tree_links_join, tree_links_admit, tree_links_synced;
/* What a broker says first to its parent. */
void tree_links_ask(core_t *self, peer_t *parent);
void tree_links_forget(core_t *self, peer_t *link);

/* notify: to one client */
handler_t notifications_send, notifications_forward, notifications_receipt, notifications_hop;
/* A record that was never sent to this peer goes back as an error to whoever sent it. */
void notifications_return(core_t *self, const peer_t *peer, const dd_record_t *unsent);

/* publish: to all subscribers */
handler_t publications_subscribe, publications_unsubscribe, publications_publish,
    publications_relay, publications_gap, publications_add_interest, publications_drop_interest;
void publications_forget(core_t *self, peer_t *peer);
/* Tells a new link what is wanted on this side of it. */
void publications_sync(core_t *self, peer_t *link);
/* Tells the peer what publications it lost. False while it has no room for that. */
bool publications_tell_gaps(core_t *self, peer_t *peer);

/* inspect: questions to every broker of the tree, and what operators ask one to do */
handler_t inspect_question, inspect_report;
void inspect_forget(core_t *self, const peer_t *peer);
void inspect_expire(core_t *self);

#endif
