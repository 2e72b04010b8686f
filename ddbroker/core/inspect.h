/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * inspect - questions to every broker of the tree, and what operators ask one to do
 */
#ifndef INSPECT_H_INCLUDED
#define INSPECT_H_INCLUDED

#include "core_state.h"

handler_t inspect_question, inspect_report;

void inspect_forget(core_t *self, const peer_t *peer);

/* Gives up the questions whose time is over. */
void inspect_expire(core_t *self);

#endif
