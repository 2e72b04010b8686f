/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * publications - publications to all subscribers, and who they are
 *
 * A link is told of an interest while somebody elsewhere holds it, so that publications go only
 * where they are wanted.
 */
#include "publications.h"

#include <stdio.h>

#include "fanout.h"
#include "link_rules.h"
#include "losses.h"
#include "registration.h"

/* ---- Interest, told along the links -------------------------------------------------------- */

static void tell_link(core_t *self, peer_t *link, uint8_t type, interest_key_t key)
{
    dd_record_t record = {
        .type = type, .tenant = key.tenant, .topic = key.topic, .scope = key.path};
    core_worked(self, CORE_WORK_TOLD);
    core_tell(self, link, &record);
}

/*
 * After a holder came (ADD_INTEREST) or before it goes (DROP_INTEREST): a link's "elsewhere"
 * changes only between no other holder and one. So all links but the holder's are told when it is
 * alone, and the other holder, if it is a link, when there are two. An absent peer is a holder as
 * long as its subscription is there.
 */
static void tell_links(core_t *self, uint8_t type, const subscription_t *holder)
{
    const interest_t *interest = holder->key.interest;
    interest_key_t key = interest_key(interest);
    core_worked(self, CORE_WORK_INTEREST);
    if (interest->count == 1) {
        peer_t *link;
        DL_FOREACH2 (self->links, link, next_link)
            if (link != holder->key.peer)
                tell_link(self, link, type, key);
    } else if (interest->count == 2) {
        const subscription_t *other = interest->holders;
        if (other == holder)
            other = other->next_holder;
        if (peer_is_link(other->key.peer) && other->key.peer->state == PEER_READY)
            tell_link(self, other->key.peer, type, key);
    }
}

static subscription_t *add(
    core_t *self, peer_t *peer, interest_key_t key, const dd_scope_t *pattern)
{
    subscription_t *subscription = interest_add(&self->interests, peer, key, pattern);
    if (!subscription)
        return NULL;
    subscription->since = self->publications;
    fanout_subscribed(self, key.tenant);
    if (peer->quota) {
        peer->quota->subscriptions++;
        subscription->topic = topics_subscribed(&self->topics, key.tenant, key.topic);
    }
    tell_links(self, DD_ADD_INTEREST, subscription);
    losses_wanted(self, subscription);
    return subscription;
}

static void drop(core_t *self, subscription_t *subscription)
{
    quota_t *quota = subscription->key.peer->quota;
    if (quota)
        quota->subscriptions--;
    topics_unsubscribed(subscription->topic);
    tell_links(self, DD_DROP_INTEREST, subscription);
    interest_remove(&self->interests, subscription);
}

int publications_forget(core_t *self, peer_t *peer, int units)
{
    for (; units > 0 && peer->subscriptions; units--)
        drop(self, peer->subscriptions);
    return units;
}

void publications_tell(core_t *self, peer_t *link, const interest_t *interest)
{
    if (interest->count > 1 || interest->holders->key.peer != link)
        tell_link(self, link, DD_ADD_INTEREST, interest_key(interest));
}

/* What a link says of an interest: false if it can't be. The tenant needs no key here: it may have
   come while this broker's keys are still to be loaded. */
static bool read_interest(
    core_t *self, peer_t *link, const dd_record_t *record, interest_key_t *key, dd_scope_t *path)
{
    *key = (interest_key_t){record->tenant, record->topic, record->scope};
    if (dd_tenant_valid(key->tenant) && dd_topic_subscribable(key->topic) &&
        dd_scope_is_resolved(key->path) && dd_scope_parse_pattern(path, key->path))
        return true;
    core_pass_over(self, link, "tells of an interest that can't be");
    return false;
}

static subscription_t *find(
    core_t *self, peer_t *peer, interest_key_t key, const dd_scope_t *pattern)
{
    interest_t *interest = interest_find(&self->interests, key);
    return interest ? interest_held(&self->interests, peer, interest, pattern) : NULL;
}

void publications_add_interest(core_t *self, peer_t *link, const dd_record_t *record)
{
    interest_key_t key;
    dd_scope_t path;
    if (!read_interest(self, link, record, &key, &path) || find(self, link, key, &path))
        return;
    if (link->subscription_count >= self->settings.link_interests_max)
        core_end(self, link, DD_E_LIMIT,
            "it tells of more than %zu interests, its link-interests-max",
            self->settings.link_interests_max);
    else if (!add(self, link, key, &path))
        core_end(self, link, DD_E_LIMIT, "the broker is out of memory");
}

void publications_drop_interest(core_t *self, peer_t *link, const dd_record_t *record)
{
    interest_key_t key;
    dd_scope_t path;
    if (!read_interest(self, link, record, &key, &path))
        return;
    subscription_t *subscription = find(self, link, key, &path);
    if (subscription)
        drop(self, subscription);
}

/* ---- Clients' subscriptions ---------------------------------------------------------------- */

/* Reads what a client wants to (un)subscribe; answers it with an ERROR if that can't be. */
static bool read_subscription(
    core_t *self, peer_t *client, const dd_record_t *record, dd_scope_t *pattern, dd_scope_t *path)
{
    char text[DD_TOPIC_MAX + 200];
    dd_error_t code = DD_OK;
    if (!dd_topic_valid(record->topic))
        code = DD_E_TOPIC_INVALID;
    else if (!dd_topic_subscribable(record->topic))
        code = DD_E_REFUSED;
    else if (!dd_scope_parse_pattern(pattern, record->scope) ||
             !dd_scope_resolve(path, pattern, &self->scope))
        code = DD_E_SCOPE_INVALID;
    if (code == DD_OK)
        return true;
    snprintf(text, sizeof text, "topic %.*s, scope %.*s at a broker of scope %s",
        (int)record->topic.size, (const char *)record->topic.data, (int)record->scope.size,
        (const char *)record->scope.data, self->scope.text);
    core_refuse(self, client, code, record->ref, dd_bytes_of(text));
    return false;
}

static void acknowledge(
    core_t *self, peer_t *client, uint8_t type, const dd_record_t *record, const dd_scope_t *path)
{
    dd_record_t answer = {
        .type = type, .ref = record->ref, .topic = record->topic, .scope = dd_scope_bytes(path)};
    core_tell(self, client, &answer);
}

/* A link must hear of an interest, and would be ended if it couldn't: who has filled its share of a
   link makes no new ones. */
static bool may_tell_links(const core_t *self, dd_bytes_t tenant)
{
    const peer_t *link;
    DL_FOREACH2 (self->links, link, next_link)
        if (!link_outbox_has_room(link->shares, tenant, DD_RECORD_OVERHEAD))
            return false;
    return true;
}

/* An UNSUBSCRIBE takes nothing: there are no more of those than of these. */
static dd_error_t subscribe(
    core_t *self, peer_t *client, interest_key_t key, const dd_scope_t *pattern)
{
    quota_t *quota = client->quota;
    if (find(self, client, key, pattern))
        return DD_OK;
    if (!quota_take_message(quota, 0, self->now_ms))
        return DD_E_RATE_LIMITED;
    if (client->subscription_count >= self->settings.subscriptions_max ||
        !quota_may(quota->limits.subscriptions, quota->subscriptions))
        return DD_E_LIMIT;
    if (!may_tell_links(self, key.tenant))
        return DD_E_OVERLOADED;
    return add(self, client, key, pattern) ? DD_OK : DD_E_LIMIT;
}

void publications_subscribe(core_t *self, peer_t *client, const dd_record_t *record)
{
    dd_scope_t pattern, path;
    if (!read_subscription(self, client, record, &pattern, &path))
        return;
    interest_key_t key = {peer_tenant(client), record->topic, dd_scope_bytes(&path)};
    dd_error_t error = subscribe(self, client, key, &pattern);
    if (error == DD_OK)
        acknowledge(self, client, DD_SUBSCRIBED, record, &path);
    else
        core_refuse(self, client, error, record->ref, record->topic);
}

void publications_unsubscribe(core_t *self, peer_t *client, const dd_record_t *record)
{
    dd_scope_t pattern, path;
    if (!read_subscription(self, client, record, &pattern, &path))
        return;
    interest_key_t key = {peer_tenant(client), record->topic, dd_scope_bytes(&path)};
    subscription_t *subscription = find(self, client, key, &pattern);
    if (!subscription) {
        core_refuse(self, client, DD_E_NOT_SUBSCRIBED, record->ref, record->topic);
        return;
    }
    losses_tell_last(self, subscription);
    drop(self, subscription);
    acknowledge(self, client, DD_UNSUBSCRIBED, record, &path);
}

/* ---- Publications -------------------------------------------------------------------------- */

/* `relay` is as it came in: its hops so far, its source a full name. DD_OK, or why some link can't
   have it. */
static dd_error_t publish(core_t *self, peer_t *from, const dd_record_t *relay)
{
    core_count_in(self, from, relay->payload.size);
    return fanout_publish(self, from, relay);
}

/* By a client of this broker. An old one may have written a path behind the topic. */
static dd_error_t publish_here(core_t *self, peer_t *client, dd_record_t *relay)
{
    if (peer_is_old(client))
        relay->suffix = (uint8_t)dd_topic_path_size(relay->topic, relay->scope);
    dd_bytes_t topic = dd_topic_without_path(relay->topic, relay->suffix);
    topics_published(&self->topics, &client->published, relay->tenant, topic, relay->source,
        relay->payload.size);
    return publish(self, client, relay);
}

/* A publication has no ref: its topic says which one it was. */
static void refuse(core_t *self, peer_t *client, dd_error_t code, dd_bytes_t topic)
{
    core_count_refused(self, client, code);
    core_tell(self, client,
        &(dd_record_t){.type = DD_UNPUBLISHED, .code = (uint16_t)code, .topic = topic});
}

void publications_publish(core_t *self, peer_t *client, const dd_record_t *record)
{
    dd_record_t relay = {.type = DD_RELAY,
        .source = dd_name_bytes(&client->name),
        .scope = dd_scope_bytes(&self->scope),
        .payload = record->payload};
    dd_error_t error;
    if (record->payload.size > self->settings.payload_max)
        error = DD_E_TOO_LARGE;
    else if (!dd_topic_route(peer_tenant(client), record->topic, &relay.tenant, &relay.topic))
        error = DD_E_TOPIC_INVALID;
    else if (!quota_take_message(client->quota, record->payload.size, self->now_ms) ||
             !fanout_may(self, peer_tenant(client), relay.tenant, record->payload.size))
        error = DD_E_RATE_LIMITED;
    else
        error = publish_here(self, client, &relay);
    if (error != DD_OK)
        refuse(self, client, error, record->topic);
}

/* ms after joining a parent for which something may still come that has passed the link to the one
   before: longer than anything waits on a link that lives. */
#define AGAIN_LIMIT 60000

/* Whoever is beneath has had it, or was told of its loss. */
static bool comes_again(core_t *self, const peer_t *link, const dd_record_t *relay)
{
    return link->role == ROLE_PARENT && passages_again(self->passages, relay, self->uplink) &&
           self->now_ms < link->since_ms + AGAIN_LIMIT;
}

void publications_relay(core_t *self, peer_t *link, const dd_record_t *record)
{
    if (!link_rules_relay(self, link, record))
        core_pass_over(self, link, "relays for a client that isn't beneath it, or across tenants");
    else if (!comes_again(self, link, record))
        publish(self, link, record);
}

void publications_gap(core_t *self, peer_t *link, const dd_record_t *record)
{
    interest_key_t key;
    dd_scope_t path;
    if (!read_interest(self, link, record, &key, &path))
        return;
    fanout_gap(self, link, record);
}
