/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * quota - what each tenant may use of a broker, and what it uses
 */
#include "quota.h"

/* ---- Rates --------------------------------------------------------------------------------- */

static int64_t full(uint64_t rate, uint64_t burst_ms)
{
    uint64_t most = INT64_MAX / 2;
    return (int64_t)(burst_ms > 0 && rate > most / burst_ms ? most : rate * burst_ms);
}

/* A rate of 1 a second makes a thousandth a ms. */
void quota_bucket_fill(quota_bucket_t *self, uint64_t rate, uint64_t burst_ms, uint64_t now_ms)
{
    uint64_t passed = now_ms - self->at_ms;
    int64_t most = full(rate, burst_ms);
    int64_t more = full(rate, passed);
    self->level = self->level > most - more ? most : self->level + more;
    self->at_ms = now_ms;
}

/* ---- Places -------------------------------------------------------------------------------- */

bool quota_has_place(const quota_t *self, uint64_t free_places)
{
    if (free_places == 0)
        return false;
    if (self->limits.clients == QUOTA_FAIR)
        return self->clients <= free_places;
    return quota_may(self->limits.clients, self->clients);
}

uint64_t quota_places(const quota_limits_t *limits, uint64_t all)
{
    if (limits->clients == QUOTA_FAIR)
        return all / 2 + 1 < all ? all / 2 + 1 : all;
    return limits->clients == 0 || limits->clients > all ? all : limits->clients;
}

/* ---- Tenants ------------------------------------------------------------------------------- */

const quota_limits_t *quota_rules_of(const quota_rules_t *self, dd_bytes_t tenant)
{
    for (size_t i = 0; i < self->exception_count; i++)
        if (dd_bytes_equal(dd_bytes_of(self->exceptions[i].tenant), tenant))
            return &self->exceptions[i].limits;
    return &self->usual;
}

quota_rules_t quota_rules_of_operators(const quota_rules_t *of_tenants)
{
    return (quota_rules_t){.usual = {.clients = QUOTA_FAIR,
                               .connects = QUOTA_OPERATOR_CONNECTS,
                               .outbox = of_tenants->usual.outbox,
                               .burst = 2000,
                               .questions = QUOTA_OPERATOR_QUESTIONS}};
}

static void set_limits(quota_t *self, const quota_limits_t *limits)
{
    self->limits = *limits;
    self->outbox.limit = self->limits.outbox > 0 && self->limits.outbox < SIZE_MAX / 2
                             ? (size_t)self->limits.outbox
                             : SIZE_MAX / 2;
}

/* Begins with full buckets: the clients of a broker that was restarted come all at once. */
static void fill(quota_t *self, uint64_t now_ms)
{
    const quota_limits_t *limits = &self->limits;
    self->connects = (quota_bucket_t){full(limits->connects, limits->burst), now_ms};
    self->messages = (quota_bucket_t){full(limits->messages, limits->burst), now_ms};
    self->bytes = (quota_bucket_t){full(limits->bytes, limits->burst), now_ms};
}

quota_t *quotas_find(const quotas_t *self, dd_bytes_t tenant)
{
    return dd_table_find(&self->by_tenant, tenant.data, tenant.size);
}

quota_t *quotas_of(quotas_t *self, dd_bytes_t tenant, uint64_t now_ms)
{
    quota_t *quota = quotas_find(self, tenant);
    if (quota)
        return quota;
    quota = DD_TABLE_MAKE(&self->by_tenant, quota_t, tenant, tenant);
    if (!quota)
        return NULL;
    set_limits(quota, quota_rules_of(&self->rules, tenant));
    fill(quota, now_ms);
    return quota;
}

void quotas_set_rules(quotas_t *self, const quota_rules_t *rules)
{
    self->rules = *rules;
    for (quota_t *quota = quotas_first(self); quota; quota = quotas_after(quota))
        set_limits(quota, &rules->usual);
    for (size_t i = rules->exception_count; i-- > 0;) { /* of several, the first counts */
        quota_t *quota = quotas_find(self, dd_bytes_of(rules->exceptions[i].tenant));
        if (quota)
            set_limits(quota, &rules->exceptions[i].limits);
    }
}

void quotas_destroy(quotas_t *self)
{
    while (self->by_tenant.first)
        dd_table_unmake(&self->by_tenant, self->by_tenant.first);
}
