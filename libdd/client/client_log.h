/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * client_log - what a client tells whoever keeps a log
 *
 * Lines are kept among the events, and told in their order by the client's thread without its lock,
 * so that who takes them may call the client.
 */
#ifndef DD_CLIENT_LOG_H_INCLUDED
#define DD_CLIENT_LOG_H_INCLUDED

#include "client_state.h"

/* The type of an event that is a line, and nothing else. */
#define DD_LOG_LINE ((dd_event_type_t)0)

/* Keeps a line, if somebody wants it. With the lock. */
__attribute__((format(printf, 3, 4))) void dd_client_note(
    dd_client_t *self, dd_log_level_t level, const char *format, ...);

/* Tells a line, or what an event says of the connection. Only if somebody wants it. */
void dd_client_tell(const dd_client_t *self, const dd_event_t *event);

#endif
