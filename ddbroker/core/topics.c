/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * topics - what is published on each topic at this broker, by whom, and who loses of it
 */
#include "topics.h"

#include <stdlib.h>

/* ---- Tenants ------------------------------------------------------------------------------- */

/* NULL when out of memory. */
static topics_own_t *own_of(topics_t *self, dd_bytes_t tenant)
{
    topics_own_t *own = dd_table_find(&self->by_tenant, tenant.data, tenant.size);
    return own ? own : DD_TABLE_MAKE(&self->by_tenant, topics_own_t, tenant, tenant);
}

/* ---- Topics -------------------------------------------------------------------------------- */

/* Writes tenant NUL topic NUL; its size without the last. */
static size_t write_key(
    char key[DD_TENANT_MAX + 1 + DD_TOPIC_MAX + 1], dd_bytes_t tenant, dd_bytes_t topic)
{
    memcpy(key, tenant.data, tenant.size);
    key[tenant.size] = '\0';
    memcpy(key + tenant.size + 1, topic.data, topic.size);
    key[tenant.size + 1 + topic.size] = '\0';
    return tenant.size + 1 + topic.size;
}

/* A link may tell of any number. */
static void add_lost(topic_count_t *self, uint64_t more)
{
    uint64_t room = UINT64_MAX - self->lost;
    self->lost += more < room ? more : room;
}

static void add_count(topic_count_t *self, const topic_count_t *more)
{
    self->publications += more->publications;
    self->bytes += more->bytes;
    if (more->lost > 0 && (self->lost == 0 || more->lost_since_ms < self->lost_since_ms))
        self->lost_since_ms = more->lost_since_ms;
    if (more->lost_ms > self->lost_ms)
        self->lost_ms = more->lost_ms;
    add_lost(self, more->lost);
}

/* Takes it out, with what it had. */
static void retire(topics_t *self, topic_t *topic)
{
    topics_own_t *own = topic->own;
    add_count(&own->others, &topic->count);
    cursor_pass(&self->cursors, topic, topics_after(topic));
    DL_DELETE(own->idle, topic);
    dd_table_remove(&self->by_key, &topic->member);
    own->count--;
}

/* Memory for one more of the tenant: that of its idlest one when it has all it may, but not for
   what another tenant publishes. What was made once is a topic's for ever, of which clients may
   still have a pointer. */
static topic_t *make_room(topics_t *self, topics_own_t *own, bool is_foreign)
{
    topic_t *idlest = own->idle, *spare = self->spare;
    if (own->count < TOPICS_MAX) {
        self->spare = spare ? spare->next : NULL;
        return spare ? spare : malloc(sizeof *spare);
    }
    if (!idlest || is_foreign)
        return NULL;
    retire(self, idlest);
    return idlest;
}

static void put_away(topics_t *self, topic_t *topic)
{
    topic->key[0] = '\0';
    topic->next = self->spare;
    self->spare = topic;
}

/* Another tenant's is the first that makes room. */
static void line_up(topic_t *topic, bool is_foreign)
{
    if (is_foreign)
        DL_PREPEND(topic->own->idle, topic);
    else
        DL_APPEND(topic->own->idle, topic);
}

static topic_t *add(
    topics_t *self, topics_own_t *own, dd_bytes_t tenant, dd_bytes_t name, bool is_foreign)
{
    topic_t *topic = make_room(self, own, is_foreign);
    if (!topic)
        return NULL;
    memset(topic, 0, sizeof *topic);
    topic->own = own;
    size_t size = write_key(topic->key, tenant, name);
    if (!dd_table_add(&self->by_key, &topic->member, topic->key, size)) {
        put_away(self, topic);
        return NULL;
    }
    line_up(topic, is_foreign);
    own->count++;
    return topic;
}

/* NULL if there is none, and no room for it. *own (NULL when out of memory) is its tenant's. */
static topic_t *topic_of(
    topics_t *self, dd_bytes_t tenant, dd_bytes_t name, bool is_foreign, topics_own_t **own)
{
    char key[DD_TENANT_MAX + 1 + DD_TOPIC_MAX + 1];
    topic_t *topic = dd_table_find(&self->by_key, key, write_key(key, tenant, name));
    if (topic)
        return topic;
    *own = own_of(self, tenant);
    return *own ? add(self, *own, tenant, name, is_foreign) : NULL;
}

/* ---- Counting ------------------------------------------------------------------------------ */

/* The one who published, or who makes room for it: who has published least. */
static topic_publisher_t *publisher_of(topic_t *topic, dd_bytes_t name)
{
    topic_publisher_t *least = topic->publishers;
    for (topic_publisher_t *one = topic->publishers; one < topic->publishers + TOPICS_PUBLISHERS;
         one++) {
        if (dd_bytes_equal(dd_bytes_of(one->name), name))
            return one;
        if (one->publications < least->publications)
            least = one;
    }
    dd_bytes_copy(name, least->name, sizeof least->name);
    return least;
}

static bool is(const topic_t *self, dd_bytes_t tenant, dd_bytes_t name)
{
    const char *at = self->key + tenant.size + 1;
    return memcmp(self->key, tenant.data, tenant.size) == 0 && at[-1] == '\0' &&
           memcmp(at, name.data, name.size) == 0 && at[name.size] == '\0';
}

/* Whether a client of another tenant publishes, as all may on topics of the public tenant. */
static bool is_of_another(dd_bytes_t publisher, dd_bytes_t tenant)
{
    dd_bytes_t own, client;
    return dd_name_split(publisher, &own, &client) && !dd_bytes_equal(own, tenant);
}

void topics_published(topics_t *self, topic_t **last, dd_bytes_t tenant, dd_bytes_t name,
    dd_bytes_t publisher, size_t size)
{
    topics_own_t *own = NULL;
    topic_t *topic = *last;
    bool is_foreign = is_of_another(publisher, tenant);
    if (!topic || !is(topic, tenant, name))
        topic = *last = topic_of(self, tenant, name, is_foreign, &own);
    const topic_count_t one = {.publications = 1, .bytes = size};
    if (!topic && own)
        add_count(&own->others, &one);
    if (!topic)
        return;
    add_count(&topic->count, &one);
    publisher_of(topic, publisher)->publications++;
    if (topic->subscribers == 0 && !is_foreign) {
        DL_DELETE(topic->own->idle, topic);
        line_up(topic, false);
    }
}

topic_t *topics_subscribed(topics_t *self, dd_bytes_t tenant, dd_bytes_t name)
{
    topics_own_t *own;
    topic_t *topic = topic_of(self, tenant, name, false, &own);
    if (topic && topic->subscribers++ == 0)
        DL_DELETE(topic->own->idle, topic);
    return topic;
}

void topics_unsubscribed(topic_t *topic)
{
    if (topic && --topic->subscribers == 0)
        DL_APPEND(topic->own->idle, topic);
}

void topics_lost(topic_t *topic, uint64_t count, uint64_t now_ms)
{
    const topic_count_t more = {.lost = count, .lost_since_ms = now_ms, .lost_ms = now_ms};
    if (topic)
        add_count(&topic->count, &more);
}

void topics_destroy(topics_t *self)
{
    topic_t *topic;
    while ((topic = topics_first(self))) {
        dd_table_remove(&self->by_key, &topic->member);
        free(topic);
    }
    while ((topic = self->spare)) {
        self->spare = topic->next;
        free(topic);
    }
    while (self->by_tenant.first)
        dd_table_unmake(&self->by_tenant, self->by_tenant.first);
}
