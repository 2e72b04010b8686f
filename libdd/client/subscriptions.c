/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * subscriptions - what a client wants to be subscribed to, whether or not it is connected
 */
#include "subscriptions.h"

#include <stdlib.h>
#include <string.h>

#include "libdd/base/hash.h"
#include "libdd/include/dd.h"
#include "libdd/protocol/scope.h"

typedef struct entry entry_t;

/* The wishes for one topic that have handlers. */
typedef struct {
    UT_hash_handle hh;
    entry_t *entries;
    char topic[];
} topic_t;

struct entry {
    dd_subscription_t wish; /* first, so that a wish is its entry */
    UT_hash_handle by_key;  /* all, in order */
    UT_hash_handle by_ref;  /* those that were sent */
    entry_t *prev, *next;   /* those with handlers: of its topic, or of those without scope */
    topic_t *topic;         /* with a handler and a scope; else NULL */
    size_t key_size;
    char key[]; /* topic, NUL, pattern, NUL */
};

struct dd_subscriptions {
    entry_t *by_key;
    entry_t *by_ref;
    entry_t *unsent; /* the first that has no ref; those after it have none either */
    topic_t *topics;
    entry_t *scopeless; /* with handlers: of all topics that begin with theirs, whatever scope */
};

dd_subscriptions_t *dd_subscriptions_new(void)
{
    return calloc(1, sizeof(dd_subscriptions_t));
}

void dd_subscriptions_destroy(dd_subscriptions_t **self_p)
{
    if (!self_p || !*self_p)
        return;
    while ((*self_p)->by_key)
        dd_subscriptions_remove(*self_p, &(*self_p)->by_key->wish);
    free(*self_p);
    *self_p = NULL;
}

static entry_t *new_entry(const char *topic, const char *pattern)
{
    size_t topic_size = strlen(topic) + 1;
    size_t pattern_size = strlen(pattern) + 1;
    entry_t *entry = calloc(1, sizeof *entry + topic_size + pattern_size);
    if (!entry)
        return NULL;
    entry->key_size = topic_size + pattern_size;
    memcpy(entry->key, topic, topic_size);
    memcpy(entry->key + topic_size, pattern, pattern_size);
    entry->wish.topic = entry->key;
    entry->wish.pattern = entry->key + topic_size;
    return entry;
}

static entry_t *find_key(const dd_subscriptions_t *self, const char *key, size_t size)
{
    entry_t *entry;
    HASH_FIND(by_key, self->by_key, key, size, entry);
    return entry;
}

/* ---- Handlers ------------------------------------------------------------------------------ */

static entry_t **list_of(dd_subscriptions_t *self, entry_t *entry)
{
    return entry->topic ? &entry->topic->entries : &self->scopeless;
}

static void unhandle(dd_subscriptions_t *self, entry_t *entry)
{
    if (!entry->wish.handler.callback)
        return;
    entry_t **list = list_of(self, entry);
    DL_DELETE(*list, entry);
    entry->wish.handler = (dd_handler_t){0};
    if (entry->topic && !*list) {
        HASH_DEL(self->topics, entry->topic);
        free(entry->topic);
    }
    entry->topic = NULL;
}

static topic_t *find_topic(const dd_subscriptions_t *self, dd_bytes_t text)
{
    topic_t *topic;
    HASH_FIND(hh, self->topics, text.data, text.size, topic);
    return topic;
}

/* NULL when out of memory. */
static topic_t *need_topic(dd_subscriptions_t *self, dd_bytes_t text)
{
    topic_t *topic = find_topic(self, text);
    if (topic || !(topic = calloc(1, sizeof *topic + text.size + 1)))
        return topic;
    dd_bytes_copy(text, topic->topic, text.size + 1);
    HASH_ADD_KEYPTR(hh, self->topics, topic->topic, text.size, topic);
    if (topic->hh.tbl)
        return topic;
    free(topic);
    return NULL;
}

/* False when out of memory. */
static bool enlist(dd_subscriptions_t *self, entry_t *entry)
{
    bool scoped = !dd_scope_is_noscope(dd_bytes_of(entry->wish.pattern));
    if (scoped && !(entry->topic = need_topic(self, dd_bytes_of(entry->wish.topic))))
        return false;
    entry_t **list = list_of(self, entry);
    DL_APPEND(*list, entry);
    return true;
}

bool dd_subscriptions_handle(
    dd_subscriptions_t *self, dd_subscription_t *subscription, dd_handler_t handler)
{
    entry_t *entry = (entry_t *)subscription;
    if (!handler.callback)
        unhandle(self, entry);
    else if (!entry->wish.handler.callback && !enlist(self, entry))
        return false;
    entry->wish.handler = handler;
    return true;
}

/* One takes the other's place. */
static void inherit_handler(dd_subscriptions_t *self, entry_t *entry, entry_t *from)
{
    entry->wish.handler = from->wish.handler;
    if (!entry->wish.handler.callback)
        return;
    entry->topic = from->topic;
    entry_t **list = list_of(self, entry);
    DL_REPLACE_ELEM(*list, from, entry);
    from->wish.handler = (dd_handler_t){0};
    from->topic = NULL;
}

bool dd_subscriptions_match(const dd_subscriptions_t *self, dd_bytes_t topic, dd_bytes_t origin,
    void (*each)(void *arg, dd_handler_t handler), void *arg)
{
    entry_t *entry;
    bool matched = false;
    const topic_t *handled = self->topics ? find_topic(self, topic) : NULL;
    DL_FOREACH (handled ? handled->entries : NULL, entry)
        if (entry->wish.path[0] && dd_scope_covers(dd_bytes_of(entry->wish.path), origin)) {
            each(arg, entry->wish.handler);
            matched = true;
        }
    DL_FOREACH (self->scopeless, entry)
        if (dd_bytes_begin(topic, dd_bytes_of(entry->wish.topic))) {
            each(arg, entry->wish.handler);
            matched = true;
        }
    return matched;
}

/* ---- Wishes -------------------------------------------------------------------------------- */

dd_subscription_t *dd_subscriptions_add(
    dd_subscriptions_t *self, const char *topic, const char *pattern)
{
    entry_t *entry = new_entry(topic, pattern);
    if (!entry)
        return NULL;
    entry_t *equal = find_key(self, entry->key, entry->key_size);
    if (equal) {
        entry->wish.asked = equal->wish.asked;
        entry->wish.interrupted = equal->wish.interrupted;
        memcpy(entry->wish.path, equal->wish.path, sizeof entry->wish.path);
    }
    HASH_ADD_KEYPTR(by_key, self->by_key, entry->key, entry->key_size, entry);
    if (!entry->by_key.tbl) {
        free(entry);
        return NULL;
    }
    if (equal) {
        inherit_handler(self, entry, equal);
        dd_subscriptions_remove(self, &equal->wish);
    }
    if (!self->unsent)
        self->unsent = entry;
    return &entry->wish;
}

dd_subscription_t *dd_subscriptions_find(
    const dd_subscriptions_t *self, const char *topic, const char *pattern)
{
    char key[DD_TOPIC_MAX + 1 + DD_SCOPE_MAX + 1];
    size_t topic_size = strlen(topic) + 1, pattern_size = strlen(pattern) + 1;
    if (topic_size + pattern_size > sizeof key)
        return NULL;
    memcpy(key, topic, topic_size);
    memcpy(key + topic_size, pattern, pattern_size);
    entry_t *entry = find_key(self, key, topic_size + pattern_size);
    return entry ? &entry->wish : NULL;
}

dd_subscription_t *dd_subscriptions_find_ref(const dd_subscriptions_t *self, uint32_t ref)
{
    entry_t *entry;
    HASH_FIND(by_ref, self->by_ref, &ref, sizeof ref, entry);
    return entry ? &entry->wish : NULL;
}

static void forget_ref(dd_subscriptions_t *self, entry_t *entry)
{
    if (entry->by_ref.tbl)
        HASH_DELETE(by_ref, self->by_ref, entry);
    entry->by_ref.tbl = NULL;
    entry->wish.ref = 0;
}

void dd_subscriptions_remove(dd_subscriptions_t *self, dd_subscription_t *subscription)
{
    entry_t *entry = (entry_t *)subscription;
    if (self->unsent == entry)
        self->unsent = entry->by_key.next;
    forget_ref(self, entry);
    unhandle(self, entry);
    HASH_DELETE(by_key, self->by_key, entry);
    free(entry);
}

void dd_subscriptions_restart(dd_subscriptions_t *self)
{
    for (entry_t *entry = self->by_key; entry; entry = entry->by_key.next) {
        forget_ref(self, entry);
        entry->wish.interrupted = entry->wish.asked;
    }
    self->unsent = self->by_key;
}

const dd_subscription_t *dd_subscriptions_unsent(const dd_subscriptions_t *self)
{
    return self->unsent ? &self->unsent->wish : NULL;
}

bool dd_subscriptions_sent(dd_subscriptions_t *self, uint32_t ref)
{
    entry_t *entry = self->unsent;
    entry->wish.ref = ref;
    entry->wish.asked = true;
    HASH_ADD(by_ref, self->by_ref, wish.ref, sizeof entry->wish.ref, entry);
    if (!entry->by_ref.tbl) {
        entry->wish.ref = 0;
        return false;
    }
    self->unsent = entry->by_key.next;
    return true;
}

void dd_subscriptions_take_back(dd_subscriptions_t *self, uint32_t ref)
{
    entry_t *entry = (entry_t *)dd_subscriptions_find_ref(self, ref);
    forget_ref(self, entry);
    self->unsent = entry;
}
