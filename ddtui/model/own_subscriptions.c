/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * own_subscriptions - the subscriptions of this client, and what came of them
 */
#include "own_subscriptions.h"

#include <stdio.h>
#include <string.h>

#include "libdd/protocol/scope.h"

/* Two ways to write one scope are one scope. */
static bool canonical(const char *scope, dd_scope_t *out)
{
    return dd_scope_parse_pattern(out, dd_bytes_of(scope));
}

/* Its place; the count if there is none. */
static size_t find(const own_subscriptions_t *self, const char *topic, const char *scope)
{
    dd_scope_t wanted;
    size_t i = 0;
    if (!canonical(scope, &wanted))
        return self->count;
    while (i < self->count && (strcmp(self->rows[i].topic, topic) != 0 ||
                                  strcmp(self->rows[i].scope, wanted.text) != 0))
        i++;
    return i;
}

const own_subscription_t *own_subscriptions_find(
    const own_subscriptions_t *self, const char *topic, const char *scope)
{
    size_t at = find(self, topic, scope);
    return at < self->count ? &self->rows[at] : NULL;
}

bool own_subscriptions_ask(own_subscriptions_t *self, const char *topic, const char *scope)
{
    dd_scope_t wanted;
    if (self->count == OWN_SUBSCRIPTIONS_MAX || own_subscriptions_find(self, topic, scope) ||
        !canonical(scope, &wanted))
        return false;
    own_subscription_t *own = &self->rows[self->count++];
    *own = (own_subscription_t){0};
    snprintf(own->topic, sizeof own->topic, "%s", topic);
    snprintf(own->scope, sizeof own->scope, "%s", wanted.text);
    return true;
}

bool own_subscriptions_remove(own_subscriptions_t *self, const char *topic, const char *scope)
{
    size_t at = find(self, topic, scope);
    if (at == self->count)
        return false;
    self->count--;
    memmove(self->rows + at, self->rows + at + 1, (self->count - at) * sizeof self->rows[0]);
    return true;
}

static bool resolves_to(const own_subscription_t *self, const char *path, const char *at)
{
    dd_scope_t pattern, here, resolved;
    return dd_scope_parse_pattern(&pattern, dd_bytes_of(self->scope)) &&
           dd_scope_parse(&here, dd_bytes_of(at)) && dd_scope_resolve(&resolved, &pattern, &here) &&
           strcmp(resolved.text, path) == 0;
}

const own_subscription_t *own_subscriptions_agree(
    own_subscriptions_t *self, const char *topic, const char *path, const char *at)
{
    for (size_t i = 0; i < self->count; i++) {
        own_subscription_t *own = &self->rows[i];
        if (own->path[0] != '\0' || strcmp(own->topic, topic) != 0 || !resolves_to(own, path, at))
            continue;
        snprintf(own->path, sizeof own->path, "%s", path);
        return own;
    }
    return NULL;
}

void own_subscriptions_restart(own_subscriptions_t *self)
{
    for (size_t i = 0; i < self->count; i++)
        self->rows[i].path[0] = '\0';
}

static bool matches(const own_subscription_t *self, const char *topic, const char *scope)
{
    dd_bytes_t path = dd_bytes_of(self->path);
    if (path.size == 0)
        return false;
    if (dd_scope_is_noscope(path))
        return strncmp(topic, self->topic, strlen(self->topic)) == 0;
    return strcmp(topic, self->topic) == 0 && dd_scope_covers(path, dd_bytes_of(scope));
}

void own_subscriptions_count(own_subscriptions_t *self, const char *topic, const char *scope)
{
    for (size_t i = 0; i < self->count; i++)
        if (matches(&self->rows[i], topic, scope))
            self->rows[i].received++;
}

void own_subscriptions_lose(
    own_subscriptions_t *self, const char *topic, const char *path, uint64_t now_ms)
{
    for (size_t i = 0; i < self->count; i++) {
        own_subscription_t *own = &self->rows[i];
        if (strcmp(own->topic, topic) != 0 || strcmp(own->path, path) != 0)
            continue;
        own->lost = true;
        own->lost_ms = now_ms;
    }
}
