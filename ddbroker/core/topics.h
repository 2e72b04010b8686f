/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * topics - what is published on each topic at this broker, by whom, and who loses of it
 *
 * A publication is counted where its publisher is, so that a whole tree counts it once; subscribers
 * and what they lose are counted where they are. Each tenant has room for TOPICS_MAX topics. One
 * with subscribers here stays; of the others that one makes room on which nothing was published for
 * the longest. What it had counts for the tenant's others from then on, so that sums never shrink.
 * What other tenants publish, which is on the public tenant's topics, has none make room.
 */
#ifndef TOPICS_H_INCLUDED
#define TOPICS_H_INCLUDED

#include "cursor.h"
#include "libdd/base/table.h"
#include "libdd/protocol/name.h"
#include "libdd/protocol/topic.h"

/* Of one tenant. */
#define TOPICS_MAX 512
/* Publishers of one topic that are told apart: those who publish most. */
#define TOPICS_PUBLISHERS 4

typedef struct {
    uint64_t publications;
    uint64_t bytes;         /* of their payloads */
    uint64_t lost;          /* copies that subscribers here should have had */
    uint64_t lost_since_ms; /* when the first of them was, */
    uint64_t lost_ms;       /* and the last */
} topic_count_t;

typedef struct {
    char name[DD_NAME_MAX + 1];
    uint64_t publications; /* perhaps too many by what another one had who made room for it */
} topic_publisher_t;

typedef struct topics_own topics_own_t;

typedef struct topic {
    dd_member_t member;        /* first */
    struct topic *prev, *next; /* without subscribers: of its tenant's, the longest idle first */
    topics_own_t *own;
    uint64_t subscribers; /* clients' subscriptions here */
    topic_count_t count;
    topic_publisher_t publishers[TOPICS_PUBLISHERS];
    char key[DD_TENANT_MAX + 1 + DD_TOPIC_MAX + 1]; /* tenant, NUL, topic, NUL */
} topic_t;

/* What is kept of one tenant. */
struct topics_own {
    dd_member_t member; /* first */
    topic_t *idle;      /* without subscribers */
    size_t count;
    topic_count_t others; /* topics for which there was no room */
    char tenant[DD_TENANT_MAX + 1];
};

/* Begins as zeros. */
typedef struct {
    dd_table_t by_key;
    cursor_t *cursors;    /* at topics, in their table's order */
    dd_table_t by_tenant; /* none is ever removed */
    topic_t *spare;       /* memory for some that aren't there */
} topics_t;

void topics_destroy(topics_t *self);

/* A client here has published so many bytes. *last is the client's own, and begins as NULL: the
   topic of the time before, which most often is the one of this time. */
void topics_published(topics_t *self, topic_t **last, dd_bytes_t tenant, dd_bytes_t topic,
    dd_bytes_t publisher, size_t size);

/* A client here has subscribed. The topic stays until topics_unsubscribed(); NULL if there is no
   room for it, and then nobody counts what is lost. */
topic_t *topics_subscribed(topics_t *self, dd_bytes_t tenant, dd_bytes_t topic);
/* Takes NULL, too. */
void topics_unsubscribed(topic_t *topic);
/* A subscriber here has missed so many. Takes NULL, too. */
void topics_lost(topic_t *topic, uint64_t count, uint64_t now_ms);

/* The oldest, and the one after it; NULL if there is none. */
static inline topic_t *topics_first(const topics_t *self)
{
    return (topic_t *)self->by_key.first;
}

static inline topic_t *topics_after(const topic_t *self)
{
    return (topic_t *)self->member.next;
}

/* The same of tenants. */
static inline const topics_own_t *topics_own_first(const topics_t *self)
{
    return (const topics_own_t *)self->by_tenant.first;
}

static inline const topics_own_t *topics_own_after(const topics_own_t *self)
{
    return (const topics_own_t *)self->member.next;
}

static inline const char *topic_tenant(const topic_t *self)
{
    return self->own->tenant;
}

static inline const char *topic_text(const topic_t *self)
{
    return self->key + strlen(self->own->tenant) + 1;
}

#endif
