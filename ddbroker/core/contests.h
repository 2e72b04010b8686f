/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * contests - two clients want one name: is the one who has it still there?
 *
 * Who has it is asked by its own broker, with a PING; a broker above has it asked by a CONTEST. Who
 * wants it waits until then. Who answers keeps its name, and who doesn't loses it. There is one
 * contest of a name at a time, and the one who has it is asked once, however many want it.
 */
#ifndef CONTESTS_H_INCLUDED
#define CONTESTS_H_INCLUDED

#include "core_state.h"

/* A client, or a child for one beneath it, wants the name of somebody else. It is told what comes
   of that: WELCOME, or why not. A client is PEER_WAITING until then. */
void contests_claim(core_t *self, entry_t *entry, peer_t *peer, uint64_t instance);

/* Whether a child wants that name for one beneath it, which isn't known yet to be there. */
bool contests_is_claimed(const core_t *self, dd_bytes_t name, const peer_t *child);

/* A client that waits is going; or a child has lost the client for which it wanted a name. */
void contests_withdraw(core_t *self, dd_bytes_t name, const peer_t *peer, uint64_t instance);
/* A child is going, and all that it wanted. */
void contests_forget(core_t *self, const peer_t *child);

/* Who has the name has shown that it is there: nobody else gets it. */
void contests_keep(core_t *self, entry_t *entry);
/* The same of a client of this broker, who has answered. */
void contests_answered(core_t *self, const peer_t *client);
/* Who has the name is reached in another way, and is asked there. */
void contests_moved(core_t *self, entry_t *entry);
/* Who had the name is gone. If somebody waits for it, it gets the name. */
void contests_drop(core_t *self, entry_t *entry);

/* Decides what time decides. */
void contests_tick(core_t *self);

handler_t contests_contest, contests_kept, contests_gone;

#endif
