/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * drain - orderly ends: of this broker, and of those who leave it
 *
 * Who leaves says DRAIN. Nothing new is sent to it from then on, and the answering DRAIN comes
 * after all that was. Then it says BYE, its last word, and is answered with BYE. A broker that
 * shuts down asks those beneath to leave with a DRAIN that has a code, and leaves its parent when
 * they have.
 */
#ifndef DRAIN_H_INCLUDED
#define DRAIN_H_INCLUDED

#include "core_state.h"

handler_t drain_record;

/* This broker shuts down. */
void drain_begin(core_t *self);
/* Takes the next step of that, if it is time for it. */
void drain_go_on(core_t *self);

/* Leaves the parent, for another or at the parent's wish, while this broker goes on. */
void drain_leave_parent(core_t *self);
/* Says the last word to a parent that is left, when peer->bye_ms has come. */
void drain_say_bye(core_t *self);

#endif
