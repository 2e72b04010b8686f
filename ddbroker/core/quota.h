/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * quota - what each tenant and each operator may use of a broker, and what it uses
 *
 * A limit of 0 is none. Rates are counted in buckets that fill as time goes by: what a tenant
 * didn't use for a while it may use at once, up to `burst` ms of it. A bucket that isn't empty lets
 * one more through, however large, and then owes the rest.
 */
#ifndef QUOTA_H_INCLUDED
#define QUOTA_H_INCLUDED

#include "counts.h"
#include "libdd/base/table.h"
#include "libdd/include/dd.h"
#include "libdd/protocol/outbox.h"
#include "recent.h"

#define QUOTA_NAME_MAX (DD_TENANT_MAX + 1)

/* As a limit on clients: no more than there are free places. So a tenant alone gets half of all,
   and whoever comes later finds some. */
#define QUOTA_FAIR UINT64_MAX

typedef struct {
    uint64_t clients;       /* connected at one time; or QUOTA_FAIR */
    uint64_t connects;      /* new connections a second */
    uint64_t subscriptions; /* of all its clients */
    uint64_t outbox;        /* bytes that wait for all its clients */
    uint64_t messages;      /* that its clients send, and subscriptions they change, a second */
    uint64_t bytes;         /* of the payloads they send, a second */
    uint64_t burst;         /* ms */
    uint64_t questions;     /* of all its clients within ten seconds */
} quota_limits_t;

typedef struct {
    int64_t level; /* thousandths of what may be taken; below 0: what is owed */
    uint64_t at_ms;
} quota_bucket_t;

/* One tenant's, or one operator's, who has all its connections by one key as well. */
typedef struct {
    dd_member_t member; /* first */
    quota_limits_t limits;
    uint64_t clients;
    uint64_t registered; /* of these */
    uint64_t old_keys;   /* of these, those that have shown the old key of a rotation alone */
    uint64_t subscriptions;
    uint64_t questions;
    uint64_t contests; /* of names of its clients */
    dd_outbox_group_t outbox;
    recent_t dropped; /* publications that its clients lost */
    quota_bucket_t connects;
    quota_bucket_t messages;
    quota_bucket_t bytes;
    counts_t count; /* of all its clients since the start */
    counts_reasons_t refused_for;
    uint64_t refusals_ms;            /* since when events of its clients' refusals are counted, */
    unsigned refusals_told;          /* and how many there were */
    char tenant[QUOTA_NAME_MAX + 1]; /* or "/" and an operator's name, as no tenant is called */
} quota_t;

/* Limits of one tenant instead of the usual ones. */
typedef struct {
    char tenant[DD_TENANT_MAX + 1];
    quota_limits_t limits;
} quota_exception_t;

/* What holds for whom; the exceptions are lent. */
typedef struct {
    quota_limits_t usual;
    const quota_exception_t *exceptions;
    size_t exception_count;
} quota_rules_t;

/* All tenants that were here since the start. Begins with all zero. */
typedef struct {
    quota_rules_t rules;
    dd_table_t by_tenant; /* none is ever removed */
} quotas_t;

/* New connections of one operator in a second: many, for people and scripts. */
#define QUOTA_OPERATOR_CONNECTS 100
/* What one operator asks in ten seconds, with all its consoles: half of what a link above carries.
 */
#define QUOTA_OPERATOR_QUESTIONS 2000

/* Those of operators, who share places and room with tenants. */
quota_rules_t quota_rules_of_operators(const quota_rules_t *of_tenants);
/* The limits of a tenant. */
const quota_limits_t *quota_rules_of(const quota_rules_t *self, dd_bytes_t tenant);

/* The tenant's quota, which stays where it is. NULL when out of memory. */
quota_t *quotas_of(quotas_t *self, dd_bytes_t tenant, uint64_t now_ms);
/* The same, if the tenant was here already; else NULL. */
quota_t *quotas_find(const quotas_t *self, dd_bytes_t tenant);
/* Other rules from now on. What is in use beyond a new limit stays so. */
void quotas_set_rules(quotas_t *self, const quota_rules_t *rules);
void quotas_destroy(quotas_t *self);

/* The first that came, and the one after it; NULL if there is none. */
static inline quota_t *quotas_first(const quotas_t *self)
{
    return (quota_t *)self->by_tenant.first;
}

static inline quota_t *quotas_after(const quota_t *self)
{
    return (quota_t *)self->member.next;
}

/* Whether one more client may come, with so many places free for tenants. */
bool quota_has_place(const quota_t *self, uint64_t free_places);
/* How many may be here at most; all are the places for tenants. */
uint64_t quota_places(const quota_limits_t *limits, uint64_t all);

static inline bool quota_may(uint64_t limit, uint64_t used)
{
    return limit == 0 || used < limit;
}

/* Fills a bucket for the time since it was filled last. Times may not go back. */
void quota_bucket_fill(quota_bucket_t *self, uint64_t rate, uint64_t burst_ms, uint64_t now_ms);

/* Takes so much if the bucket isn't empty; rate is for a second. */
static inline bool quota_bucket_take(
    quota_bucket_t *self, uint64_t rate, uint64_t burst_ms, uint64_t now_ms, uint64_t amount)
{
    if (rate == 0)
        return true;
    if (now_ms != self->at_ms)
        quota_bucket_fill(self, rate, burst_ms, now_ms);
    if (self->level <= 0)
        return false;
    self->level -= (int64_t)amount * 1000;
    return true;
}

/* A new connection wants to come. */
static inline bool quota_take_connect(quota_t *self, uint64_t now_ms)
{
    return quota_bucket_take(&self->connects, self->limits.connects, self->limits.burst, now_ms, 1);
}

/* A client sends a payload of so many bytes. One that goes over the one rate isn't counted for the
   other. */
static inline bool quota_take_message(quota_t *self, uint64_t size, uint64_t now_ms)
{
    const quota_limits_t *limits = &self->limits;
    return quota_bucket_take(&self->bytes, limits->bytes, limits->burst, now_ms, 0) &&
           quota_bucket_take(&self->messages, limits->messages, limits->burst, now_ms, 1) &&
           quota_bucket_take(&self->bytes, limits->bytes, limits->burst, now_ms, size);
}

#endif
