/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * interest - who wants which publications
 */
#include "interest.h"

#include <stdlib.h>

#include "peer.h"

#define KEY_MAX (DD_TENANT_MAX + 1 + DD_TOPIC_MAX + 1 + DD_SCOPE_MAX)

static void set_key(
    subscription_key_t *key, peer_t *peer, interest_t *interest, const dd_scope_t *pattern)
{
    memset(key, 0, sizeof *key); /* the padding is hashed too */
    key->peer = peer;
    key->interest = interest;
    memcpy(key->pattern, pattern->text, pattern->size);
}

interest_key_t interest_key(const interest_t *self)
{
    const char *topic = self->key + self->tenant_size + 1;
    return (interest_key_t){dd_bytes(self->key, self->tenant_size),
        dd_bytes(topic, self->topic_size), dd_bytes(topic + self->topic_size + 1, self->path_size)};
}

/* Writes tenant NUL topic NUL path; its size, or 0 if a part is too long. */
static size_t write_key(char *key, interest_key_t parts)
{
    if (parts.tenant.size > DD_TENANT_MAX || parts.topic.size > DD_TOPIC_MAX ||
        parts.path.size > DD_SCOPE_MAX)
        return 0;
    dd_writer_t writer = dd_writer(key, KEY_MAX);
    dd_write_bytes(&writer, parts.tenant);
    dd_write_u8(&writer, 0);
    dd_write_bytes(&writer, parts.topic);
    dd_write_u8(&writer, 0);
    dd_write_bytes(&writer, parts.path);
    return (size_t)(writer.at - (uint8_t *)key);
}

interest_t *interest_find(const interests_t *self, interest_key_t parts)
{
    char key[KEY_MAX];
    size_t size = write_key(key, parts);
    return size > 0 ? dd_table_find(&self->by_key, key, size) : NULL;
}

subscription_t *interest_held(
    const interests_t *self, peer_t *peer, interest_t *interest, const dd_scope_t *pattern)
{
    subscription_key_t key;
    set_key(&key, peer, interest, pattern);
    return dd_table_find(&self->by_holder, &key, sizeof key);
}

static bool add_prefix(interests_t *self, interest_t *interest)
{
    interest_key_t key = interest_key(interest);
    return prefixes_add(&self->noscopes, key.tenant, key.topic, interest);
}

static interest_t *new_interest(interests_t *self, interest_key_t parts)
{
    char key[KEY_MAX];
    size_t size = write_key(key, parts);
    interest_t *interest = size > 0 ? calloc(1, sizeof *interest + size + 1) : NULL;
    if (!interest)
        return NULL;
    interest->tenant_size = (uint8_t)parts.tenant.size;
    interest->topic_size = (uint8_t)parts.topic.size;
    interest->path_size = (uint8_t)parts.path.size;
    memcpy(interest->key, key, size);
    if (!dd_table_add(&self->by_key, &interest->member, interest->key, size))
        goto failed;
    if (dd_scope_is_noscope(parts.path) && !add_prefix(self, interest)) {
        dd_table_remove(&self->by_key, &interest->member);
        goto failed;
    }
    self->depths[dd_scope_depth(parts.path)]++;
    return interest;
failed:
    free(interest);
    return NULL;
}

static void forget_loss(interest_loss_t *loss)
{
    loss->interest->loss = NULL;
    DL_DELETE(*loss->list, loss);
    free(loss);
}

static void free_unheld(interests_t *self, interest_t *interest)
{
    if (interest->count > 0)
        return;
    interest_key_t key = interest_key(interest);
    if (dd_scope_is_noscope(key.path))
        prefixes_remove(&self->noscopes, key.tenant, key.topic);
    self->depths[dd_scope_depth(key.path)]--;
    cursor_pass(&self->cursors, interest, interest_after(interest));
    dd_table_remove(&self->by_key, &interest->member);
    if (interest->loss)
        forget_loss(interest->loss);
    free(interest);
}

static subscription_t *new_subscription(
    interests_t *self, peer_t *peer, interest_t *interest, const dd_scope_t *pattern)
{
    subscription_t *subscription = calloc(1, sizeof *subscription);
    if (!subscription)
        return NULL;
    set_key(&subscription->key, peer, interest, pattern);
    subscription->cuts = self->cuts;
    if (!dd_table_add(&self->by_holder, &subscription->member, &subscription->key,
            sizeof subscription->key)) {
        free(subscription);
        return NULL;
    }
    if (peer_is_link(peer))
        DL_PREPEND2(interest->holders, subscription, prev_holder, next_holder);
    else
        DL_APPEND2(interest->holders, subscription, prev_holder, next_holder);
    interest->count++;
    DL_APPEND(peer->subscriptions, subscription);
    peer->subscription_count++;
    return subscription;
}

subscription_t *interest_add(
    interests_t *self, peer_t *peer, interest_key_t parts, const dd_scope_t *pattern)
{
    interest_t *interest = interest_find(self, parts);
    if (!interest)
        interest = new_interest(self, parts);
    if (!interest)
        return NULL;
    subscription_t *subscription = new_subscription(self, peer, interest, pattern);
    free_unheld(self, interest);
    return subscription;
}

void interest_remove(interests_t *self, subscription_t *subscription)
{
    interest_t *interest = subscription->key.interest;
    peer_t *peer = subscription->key.peer;
    cursor_pass(&interest->cursors, subscription, subscription->next_holder);
    DL_DELETE2(interest->holders, subscription, prev_holder, next_holder);
    interest->count--;
    cursor_pass(&self->held_cursors, subscription, subscription->next);
    DL_DELETE(peer->subscriptions, subscription);
    peer->subscription_count--;
    dd_table_remove(&self->by_holder, &subscription->member);
    free(subscription);
    free_unheld(self, interest);
}

static interest_loss_t *new_loss(interest_t *self, interest_loss_t **list)
{
    interest_loss_t *loss = calloc(1, sizeof *loss);
    if (!loss)
        return NULL;
    loss->interest = self;
    loss->list = list;
    DL_APPEND(*list, loss);
    return loss;
}

void interest_lose(interest_t *self, interest_loss_t **list, uint64_t count, uint64_t stamp)
{
    if (!self->loss)
        self->loss = new_loss(self, list);
    if (!self->loss)
        return;
    interest_count_lost(&self->loss->count, count);
    self->loss->unsure |= count == 0;
    self->loss->stamp = stamp;
}

void interest_take_loss(interest_loss_t **list)
{
    interest_loss_t *loss = *list;
    if (loss->count == 0 || !loss->unsure)
        forget_loss(loss);
    else
        loss->count = 0;
}

static void set_texts(
    interest_match_t *match, dd_bytes_t tenant, dd_bytes_t topic, dd_bytes_t origin)
{
    match->key.tenant = tenant;
    match->key.topic = dd_topic_without_path(topic, match->path_size);
    match->scope = origin;
    match->origin = match->path_size > 0 ? dd_topic_path(topic, match->path_size) : origin;
}

interest_match_t interest_match(const interests_t *self, dd_bytes_t tenant, dd_bytes_t topic,
    size_t path_size, dd_bytes_t origin)
{
    interest_match_t match = {.interests = self,
        .path_size = path_size,
        .noscopes = prefixes_match(self->noscopes, tenant, topic)};
    set_texts(&match, tenant, topic, origin);
    return match;
}

/* The interests of the topic itself whose path covers the origin. */
static interest_t *next_covering(interest_match_t *match)
{
    while (match->prefix < match->origin.size) {
        match->prefix = dd_scope_next_prefix(match->origin, match->prefix);
        if (match->prefix == 0)
            match->prefix = match->origin.size;
        if (match->interests->depths[match->depth++] == 0)
            continue;
        match->key.path = dd_bytes(match->origin.data, match->prefix);
        interest_t *interest = interest_find(match->interests, match->key);
        if (interest)
            return interest;
    }
    return NULL;
}

/* What was looked for without its path is looked for as it is. */
static void make_whole(interest_match_t *match)
{
    match->key.topic.size += match->path_size;
    match->origin = match->scope;
    match->path_size = match->prefix = match->depth = 0;
}

static interest_t *next_scoped(interest_match_t *match)
{
    interest_t *interest = next_covering(match);
    if (interest || match->path_size == 0)
        return interest;
    make_whole(match);
    return next_covering(match);
}

interest_t *interest_next(interest_match_t *match)
{
    interest_t *interest = next_scoped(match);
    return interest ? interest : prefixes_next(&match->noscopes);
}

void interest_match_resume(
    interest_match_t *match, dd_bytes_t tenant, dd_bytes_t topic, dd_bytes_t origin)
{
    set_texts(match, tenant, topic, origin);
    prefixes_match_resume(&match->noscopes, match->interests->noscopes, tenant, topic);
}
