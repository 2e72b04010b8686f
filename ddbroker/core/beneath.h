/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * beneath - which brokers are beneath this one, as children tell and the parent is told
 */
#ifndef BENEATH_H_INCLUDED
#define BENEATH_H_INCLUDED

#include "core_state.h"

handler_t beneath_add_broker, beneath_drop_broker;

/* The broker of that secret is beneath the child; it isn't there yet. */
void beneath_add(core_t *self, peer_t *child, const uint8_t secret[DD_BROKER_ID_SIZE]);

/* Tells the parent of a broker. */
void beneath_tell(core_t *self, const descendant_t *descendant);

/* A child is over: so many of the brokers beneath it are dropped here and above. Returns how many
   more could have been. */
int beneath_forget(core_t *self, peer_t *child, int units);

#endif
