/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * parent_choice - which parents a broker may be moved to, as far as the tree shows endpoints
 */
#ifndef PARENT_CHOICE_H_INCLUDED
#define PARENT_CHOICE_H_INCLUDED

#include "completion.h"

/* Fills in endpoints that hold the text that is typed, each with the name of the broker there, if
   that is known: first those that the broker is configured with. Its parent isn't among them, nor
   what it can't join: itself, and what is beneath it. */
void parent_choice_offer(
    completions_t *self, const session_view_t *session, const char *broker_id, const char *typed);

#endif
