/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * registration - clients and their names
 */
#ifndef REGISTRATION_H_INCLUDED
#define REGISTRATION_H_INCLUDED

#include "core_state.h"

handler_t registration_hello, registration_add_client, registration_drop_client;

/* Keys have changed: if the name is one beneath a child, whom this broker would not take any more,
   it has to go, whatever keys the child has. May free the entry. */
void registration_check(core_t *self, entry_t *entry);

/* A peer is absent: so many of the names reached through it are dropped here and above. Returns how
   many more could have been. */
int registration_forget(core_t *self, peer_t *peer, int units);

/* Tells the parent of a name, unless it knows. */
void registration_tell(core_t *self, entry_t *entry);

/* The same before the client of that name is heard of there, while not all have been told. */
void registration_introduce(core_t *self, dd_bytes_t name);

/* Whether a public client's full name is shown to others as that of another tenant's client. */
bool registration_looks_foreign(const core_t *self, const dd_name_t *name);

#endif
