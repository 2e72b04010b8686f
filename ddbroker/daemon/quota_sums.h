/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * quota_sums - what a configuration lets tenants and operators make the broker hold
 */
#ifndef QUOTA_SUMS_H_INCLUDED
#define QUOTA_SUMS_H_INCLUDED

#include <stdio.h>

#include "config.h"

/* Bytes of memory that one tenant with these limits can make the broker hold. */
uint64_t quota_sums_of_tenant(const quota_limits_t *limits, uint64_t clients_max);
/* And all that have keys together, with operators. */
uint64_t quota_sums_of_all(const config_t *config, const dd_keyring_t *keyring);

/* Prints the quotas, and these sums. */
void quota_sums_print(FILE *out, const config_t *config, const dd_keyring_t *keyring);

#endif
