/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * key_role - whose key file it is
 *
 * A tenant's file lets its owner send and receive, an operator's lets its owner look at all and
 * tell brokers what to do. Which it is, is found out before there is a client.
 */
#ifndef KEY_ROLE_H_INCLUDED
#define KEY_ROLE_H_INCLUDED

#include "ddtui/options.h"

typedef enum {
    KEY_ROLE_TENANT,
    KEY_ROLE_OPERATOR,
    KEY_ROLE_READ_ONLY /* an operator who looks at everything and acts on nothing */
} key_role_t;

/* Looks into the key file whose it is. DD_E_REFUSED if the options need another; the errors of
   dd_keyring_load(). *problem is then filled. */
dd_error_t key_role_look(const options_t *options, key_role_t *role, dd_problem_t *problem);

/* The name to register with. Brokers log what operators do under their names, so one who gives none
   is called as the user is; but a key with a name of its own goes before. Valid until the next
   call. */
const char *key_role_name(const options_t *options, key_role_t role);

#endif
