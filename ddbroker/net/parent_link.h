/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * parent_link - the sockets' side of the parent: keeps one connection to it, for ever
 *
 * While there is none, it tries all that the core has, one after the other, and then again after
 * growing, jittered pauses, with the keys that it then has. The log hears of changes and then of a
 * failure that goes on once a minute, not of every attempt. While there is one, it sees once a
 * minute whether the others would answer. Not thread-safe.
 */
#ifndef PARENT_LINK_H_INCLUDED
#define PARENT_LINK_H_INCLUDED

#include "transport.h"

/* Joins whom core_parents() says, who may be none at first. NULL with *problem filled when out of
   memory. */
transport_t *parent_link_new(const transport_settings_t *settings, dd_problem_t *problem);

#endif
