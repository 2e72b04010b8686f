/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * check - whether a broker with a configuration would start
 */
#ifndef CHECK_H_INCLUDED
#define CHECK_H_INCLUDED

#include "config.h"

/*
 * Tries all that a start does with what is outside of the configuration: files, names, endpoints.
 * What would stop a start goes into *faults, and what wouldn't, but should be known, into
 * *remarks. Nothing is left changed, and a broker that runs with the same file isn't disturbed. The
 * keyring is the caller's; NULL if there is a fault in it.
 */
dd_keyring_t *check_start(
    const config_t *config, config_findings_t *faults, config_findings_t *remarks);

#endif
