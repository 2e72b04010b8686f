/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * registration - clients and their names
 */
#ifndef REGISTRATION_H_INCLUDED
#define REGISTRATION_H_INCLUDED

#include "core_state.h"

handler_t registration_hello, registration_add_client, registration_drop_client;

/* A peer is going: the names reached through it are dropped here and above. */
/* Other tenants have keys now: those beneath children whom this broker would not take any more have
   to go, whatever keys the children have. */
void registration_check_links(core_t *self);

void registration_forget(core_t *self, peer_t *peer);

/* Tells the parent every name beneath this broker. */
void registration_sync(core_t *self);

/* Whether a public client's full name is shown to others as that of another tenant's client. */
bool registration_looks_foreign(const core_t *self, const dd_name_t *name);

#endif
