/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * client_wait - calls that wait for what a client's turns do, and run its loop if nobody else does
 */
#ifndef DD_CLIENT_WAIT_H_INCLUDED
#define DD_CLIENT_WAIT_H_INCLUDED

#include "client_state.h"

/* The clock's time in timeout_ms, or as good as never for a negative one. */
uint64_t dd_client_deadline(int timeout_ms);

/* Waits until then at the latest for such a condition, or for anything else to happen: it is to be
   looked at again. Who is to run the client's loop does so meanwhile. With the lock. */
void dd_client_await(dd_client_t *self, pthread_cond_t *condition, uint64_t until_us);

#endif
