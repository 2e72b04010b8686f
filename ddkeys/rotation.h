/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rotation - one pair of keys after another, with both of them good in between
 *
 * A rotation begins with a next pair beside the current one, and ends when that takes the current
 * one's place; then the old one is the previous. dd-keys(5) has the fields.
 */
#ifndef ROTATION_H_INCLUDED
#define ROTATION_H_INCLUDED

#include "keyset.h"

/* Each changes the broker's and public's JSON, and puts changed files of clients, which must be
   there, into the store. An error with *problem filled where the set isn't in the right state. */
dd_error_t rotation_begin_tenant(keyset_t *set, const char *name, dd_problem_t *problem);
dd_error_t rotation_finish_tenant(keyset_t *set, const char *name, dd_problem_t *problem);
dd_error_t rotation_begin_public(keyset_t *set, dd_problem_t *problem);
dd_error_t rotation_finish_public(keyset_t *set, dd_problem_t *problem);

/* The brokers' own pair has a step more: clients know both public keys before brokers change from
   the one to the other, and the old one is good until all have. */
dd_error_t rotation_begin_brokers(keyset_t *set, dd_problem_t *problem);
dd_error_t rotation_switch_brokers(keyset_t *set, dd_problem_t *problem);
/* Whatever step there was, it hasn't been. */
void rotation_forget_brokers(keyset_t *set);
dd_error_t rotation_finish_brokers(keyset_t *set, dd_problem_t *problem);

#endif
