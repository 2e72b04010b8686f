/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * operators - who operators are, as the key file says
 */
#ifndef OPERATORS_H_INCLUDED
#define OPERATORS_H_INCLUDED

#include "core_state.h"

/* The operator of that name with a key of its own; NULL if there is none. */
const dd_operator_t *operators_find(const core_t *self, dd_bytes_t name);

/* The name that an operator's key has; empty for the key that has none, whose holders say how they
   are called. */
dd_bytes_t operators_name(const core_t *self, const uint8_t key[DD_KEY_SIZE]);

/* What the operator of that key uses, with all its connections. NULL when out of memory, or if it
   is no operator's. */
quota_t *operators_quota(core_t *self, const uint8_t key[DD_KEY_SIZE]);

#endif
