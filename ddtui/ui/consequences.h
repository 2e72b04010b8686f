/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * consequences - what an operator's order would mean, in words, and who is meant by it
 *
 * Forms show it before something is done, since whoever types a name may have another in mind.
 */
#ifndef CONSEQUENCES_H_INCLUDED
#define CONSEQUENCES_H_INCLUDED

#include "ddtui/model/session_view.h"

/* Bytes of what is to be typed where a name isn't enough: the start of a broker's id. */
#define CONSEQUENCES_ID 8

/* Each writes a few lines, escaped, with '\n' between them. */
void consequences_of_drain(
    const session_view_t *session, const broker_t *broker, char *out, size_t room);
void consequences_of_move(
    const session_view_t *session, const broker_t *broker, char *out, size_t room);
void consequences_of_ending(const client_t *client, char *out, size_t room);

/* The first parent that a broker may join and hasn't; false if none is known. */
bool consequences_other_parent(const broker_t *broker, char out[DD_ENDPOINT_MAX + 1]);

/* Whether others have the name, so that typing it says nothing; rows of the session view. */
bool consequences_broker_ambiguous(const session_view_t *session, const broker_t *broker);
bool consequences_client_ambiguous(const session_view_t *session, const client_t *client);
/* Whether its name without the tenant means no other client. */
bool consequences_client_only_one(const session_view_t *session, const client_t *client);

#endif
