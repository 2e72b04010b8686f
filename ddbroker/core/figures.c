/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * figures - what there is at a broker and what was done, as numbers
 */
#include "figures.h"

#include "core_state.h"

void figures_add(figures_t *self, const quota_t *quota)
{
    self->clients += quota->registered;
    self->subscriptions += quota->subscriptions;
    self->outbox += quota->outbox.bytes;
    self->old_keys += quota->old_keys;
}

const quota_t *figures_tenants(const core_t *self)
{
    return quotas_first(&self->quotas);
}

static const char *state_of(const core_t *self)
{
    if (self->drain != DRAIN_NOT)
        return "draining";
    return core_has_parent(self) && !core_parent_ready(self) ? "cut off" : "ok";
}

static uint64_t count_children(const core_t *self)
{
    uint64_t children = 0;
    peer_t *link;
    DL_FOREACH2 (self->links, link, next_link)
        children += link->role == ROLE_CHILD;
    return children;
}

static uint64_t count_silent(const parents_t *parents)
{
    uint64_t silent = 0;
    for (size_t i = 0; i < parents->list.count; i++)
        silent += parents->health[i] == PARENT_SILENT;
    return silent;
}

figures_broker_t figures_of_broker(const core_t *self, uint64_t now_ms)
{
    const parents_t *parents = &self->parents;
    return (figures_broker_t){.name = self->name,
        .scope = self->scope.text,
        .state = state_of(self),
        .uptime_ms = now_ms - self->started_ms,
        .children = count_children(self),
        .lost = &self->lost,
        .connections = self->connections,
        .clients_max = self->settings.clients_max,
        .rtt_us = core_parent_ready(self) ? self->parent->rtt_us : 0,
        .parents = parents,
        .parents_silent = count_silent(parents),
        .parent_ms = parents->joined ? now_ms - parents->since_ms : 0,
        .not_let_in = self->strangers.refused,
        .count = &self->count,
        .dropped_lately = recent_sum(&self->dropped, now_ms),
        .refused_for = &self->refused_for,
        .turns = &self->turns};
}

/* A broker that is only cut off from its parent goes on serving those beneath it; but one that has
   never had its scope from a parent has no place yet. */
const char *figures_closed(const core_t *self)
{
    if (self->drain != DRAIN_NOT)
        return "draining";
    if (self->connections >= self->settings.clients_max)
        return "no room for more clients";
    if (self->auto_scope && core_has_parent(self) && strcmp(self->scope.text, "/0/") == 0)
        return "no parent has given this broker its scope yet";
    return NULL;
}
