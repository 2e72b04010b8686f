/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * visit - a broker and one peer of any role, to see what it may do
 */
#ifndef VISIT_H_INCLUDED
#define VISIT_H_INCLUDED

#include "tree.h"

/* Besides the peer there is a client who minds its own. */
typedef struct {
    tree_t *tree;
    broker_t *broker;
    actor_t *actor;
    actor_t *bystander;
} visit_t;

visit_t visit_new(role_t role, bool registered);
/* Whatever the actor did, the bystander must be served as ever. */
void visit_end(visit_t *self);

/* Whether the broker has ended the actor, and why. */
bool visit_was_ended(const visit_t *self, dd_error_t *why);

/* A record of the type whose fields are all good ones. */
dd_record_t visit_record(uint8_t type);

#endif
