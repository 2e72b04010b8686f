/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * scene - a broker and one peer of any role, to see what it may do
 */
#ifndef SCENE_H_INCLUDED
#define SCENE_H_INCLUDED

#include "tree.h"

/* Besides the peer there is a client who minds its own. */
typedef struct {
    tree_t *tree;
    broker_t *broker;
    actor_t *actor;
    actor_t *bystander;
} scene_t;

scene_t scene_new(role_t role, bool registered);
/* Whatever the actor did, the bystander must be served as ever. */
void scene_end(scene_t *self);

/* Whether the broker has ended the actor, and why. */
bool scene_was_ended(const scene_t *self, dd_error_t *why);

/* A record of the type whose fields are all good ones. */
dd_record_t scene_record(uint8_t type);

#endif
