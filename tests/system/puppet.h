/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * puppet - a broker that is only a script: it joins a real one, and reports clients that nobody is
 *
 * For trees of a size that this machine couldn't hold in real processes. It has a thread of its
 * own, answers what is asked about the tree and its clients, and takes no messages.
 */
#ifndef PUPPET_H_INCLUDED
#define PUPPET_H_INCLUDED

#include "harness.h"

typedef struct puppet puppet_t;

/* Joins the real broker `parent`, and has clients of the tenant from the start: NAME0000, NAME0001
   and so on. All texts are lent. */
puppet_t *puppet_start(harness_t *harness, const char *parent, const char *name, const char *scope,
    const char *tenant, unsigned clients);
/* Its connection breaks. */
void puppet_stop(puppet_t **self_p);

#endif
