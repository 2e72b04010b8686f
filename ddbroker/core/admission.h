/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admission - who may connect, and the places there are for those who do
 */
#ifndef ADMISSION_H_INCLUDED
#define ADMISSION_H_INCLUDED

#include "core_state.h"

/* Gives a new connection its place. One for which there is none is ended. */
void admission_take_place(core_t *self, peer_t *peer);
/* It is gone. */
void admission_leave_place(core_t *self, peer_t *peer);

#endif
