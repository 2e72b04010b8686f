/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tree_links - child brokers and the parent
 */
#ifndef TREE_LINKS_H_INCLUDED
#define TREE_LINKS_H_INCLUDED

#include "core_state.h"

handler_t tree_links_join, tree_links_admit, tree_links_synced;

/* What a broker says first to its parent. */
void tree_links_ask(core_t *self, peer_t *parent);

/* Sends the parent a PING, if it listens. */
void tree_links_ping(core_t *self);

void tree_links_forget(core_t *self, peer_t *link);

#endif
