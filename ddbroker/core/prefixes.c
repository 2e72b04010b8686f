/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * prefixes - the topics of "noscope" interests, and which of them a publication's topic begins with
 */
#include "prefixes.h"

#include <stdlib.h>

typedef struct {
    UT_hash_handle hh;
    interest_t *interest;
} prefix_t;

struct prefixes {
    UT_hash_handle hh;
    prefix_t *by_topic;
    unsigned lengths; /* for which there is any */
    uint32_t count[DD_TOPIC_MAX + 1];
    char tenant[DD_TENANT_MAX + 1];
};

static unsigned hash_of(dd_bytes_t topic)
{
    return dd_hash_value(dd_hash_more(0, topic.data, topic.size));
}

/* ---- Topics -------------------------------------------------------------------------------- */

static prefixes_t *find(const prefixes_t *all, dd_bytes_t tenant)
{
    prefixes_t *self;
    HASH_FIND(hh, all, tenant.data, tenant.size, self);
    return self;
}

static prefixes_t *new_tenant(prefixes_t **self_p, dd_bytes_t tenant)
{
    prefixes_t *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    dd_bytes_copy(tenant, self->tenant, sizeof self->tenant);
    HASH_ADD_KEYPTR(hh, *self_p, self->tenant, tenant.size, self);
    if (self->hh.tbl)
        return self;
    free(self);
    return NULL;
}

static void free_unused(prefixes_t **self_p, prefixes_t *self)
{
    if (self->by_topic)
        return;
    HASH_DEL(*self_p, self);
    free(self);
}

static bool add(prefixes_t *self, dd_bytes_t topic, interest_t *interest)
{
    prefix_t *prefix = calloc(1, sizeof *prefix);
    if (!prefix)
        return false;
    prefix->interest = interest;
    HASH_ADD_KEYPTR_BYHASHVALUE(hh, self->by_topic, topic.data, topic.size, hash_of(topic), prefix);
    if (!prefix->hh.tbl) {
        free(prefix);
        return false;
    }
    self->lengths += self->count[topic.size]++ == 0;
    return true;
}

bool prefixes_add(prefixes_t **self_p, dd_bytes_t tenant, dd_bytes_t topic, interest_t *interest)
{
    prefixes_t *self = find(*self_p, tenant);
    if (!self)
        self = new_tenant(self_p, tenant);
    if (!self)
        return false;
    bool added = add(self, topic, interest);
    free_unused(self_p, self);
    return added;
}

void prefixes_remove(prefixes_t **self_p, dd_bytes_t tenant, dd_bytes_t topic)
{
    prefixes_t *self = find(*self_p, tenant);
    prefix_t *prefix;
    HASH_FIND_BYHASHVALUE(hh, self->by_topic, topic.data, topic.size, hash_of(topic), prefix);
    HASH_DEL(self->by_topic, prefix);
    free(prefix);
    self->lengths -= --self->count[topic.size] == 0;
    free_unused(self_p, self);
}

/* ---- Matching ------------------------------------------------------------------------------ */

prefixes_match_t prefixes_match(const prefixes_t *self, dd_bytes_t tenant, dd_bytes_t topic)
{
    const prefixes_t *own = self ? find(self, tenant) : NULL;
    return (prefixes_match_t){.prefixes = own, .topic = topic, .left = own ? own->lengths : 0};
}

void prefixes_match_resume(
    prefixes_match_t *match, const prefixes_t *self, dd_bytes_t tenant, dd_bytes_t topic)
{
    prefixes_match_t anew = prefixes_match(self, tenant, topic);
    anew.length = match->length;
    anew.hash = match->hash;
    *match = anew;
}

/* The next length that there is, up to the topic's; 0 if there is none. */
static unsigned next_length(prefixes_match_t *match)
{
    if (match->left == 0)
        return 0;
    for (unsigned length = match->length + 1; length <= match->topic.size; length++)
        if (match->prefixes->count[length] > 0)
            return length;
    return 0;
}

interest_t *prefixes_next(prefixes_match_t *match)
{
    unsigned length;
    while ((length = next_length(match)) > 0) {
        const uint8_t *topic = match->topic.data;
        match->hash = dd_hash_more(match->hash, topic + match->length, length - match->length);
        match->length = length;
        match->left--;
        const prefix_t *prefix;
        HASH_FIND_BYHASHVALUE(
            hh, match->prefixes->by_topic, topic, length, dd_hash_value(match->hash), prefix);
        if (prefix)
            return prefix->interest;
    }
    return NULL;
}
