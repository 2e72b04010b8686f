/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ipc - what the system says of an ipc:// endpoint, which ZeroMQ keeps to itself
 */
#ifndef DD_IPC_H_INCLUDED
#define DD_IPC_H_INCLUDED

#include <sys/types.h>

/* The path of such an endpoint; NULL for one of another kind. */
const char *dd_ipc_path(const char *endpoint);

/* What a connection to that path comes to: 0, or an errno: ECONNREFUSED where nobody listens any
   more, EACCES where this process may not connect. It is ended at once. *listener, which may be
   NULL, gets who listens there; 0 if that can't be told. */
int dd_ipc_connect(const char *path, pid_t *listener);

#endif
