/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * prefixes - the topics of "noscope" interests, and which of them a publication's topic begins with
 *
 * A publication costs a look for each length that a tenant's topics have, and each of these looks
 * costs the same, however long the topic is.
 */
#ifndef PREFIXES_H_INCLUDED
#define PREFIXES_H_INCLUDED

#include "libdd/base/buffer.h"
#include "libdd/base/hash.h"
#include "libdd/include/dd.h"

typedef struct interest interest_t;

/* Of all tenants; begins as NULL. */
typedef struct prefixes prefixes_t;

/* Adds an interest whose topic is there as long as it isn't removed. False when out of memory. */
bool prefixes_add(prefixes_t **self_p, dd_bytes_t tenant, dd_bytes_t topic, interest_t *interest);
void prefixes_remove(prefixes_t **self_p, dd_bytes_t tenant, dd_bytes_t topic);

/* Walks over the interests of a tenant, the shortest topic first. */
typedef struct {
    const prefixes_t *prefixes; /* the tenant's; NULL for none */
    dd_bytes_t topic;
    unsigned length; /* of the beginning that was looked for last */
    unsigned left;   /* lengths that come after it, at most */
    uint64_t hash;   /* of that beginning */
} prefixes_match_t;

prefixes_match_t prefixes_match(const prefixes_t *self, dd_bytes_t tenant, dd_bytes_t topic);
/* Interests have come and gone, and the topic is where this one is now: the same walk goes on. */
void prefixes_match_resume(
    prefixes_match_t *match, const prefixes_t *self, dd_bytes_t tenant, dd_bytes_t topic);
/* The next one, or NULL. */
interest_t *prefixes_next(prefixes_match_t *match);

#endif
