/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * departures - which clients were beneath a child broker until lately
 *
 * What was handed to the child for one who leaves at this moment comes back refused; and so may an
 * acknowledgement after the client was told of by another link. Nobody else's refusals are the
 * child's to give, so that it is remembered who has left it, for a while and as hashes only. Of
 * many that fall into one place the latest are remembered.
 */
#ifndef DEPARTURES_H_INCLUDED
#define DEPARTURES_H_INCLUDED

#include <stdbool.h>

#include "libdd/base/buffer.h"

typedef struct departures departures_t;

/* NULL when out of memory; then nobody was there lately. Free with free(). */
departures_t *departures_new(void);

/* A client of that full name has left. May be NULL. */
void departures_add(departures_t *self, dd_bytes_t name, uint64_t now_ms);

/* Whether it was there until lately. May be NULL. */
bool departures_had(const departures_t *self, dd_bytes_t name, uint64_t now_ms);

#endif
