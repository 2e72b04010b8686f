/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * topic - topics and which tenant's subscribers they reach
 */
#ifndef DD_TOPIC_H_INCLUDED
#define DD_TOPIC_H_INCLUDED

#include "libdd/base/buffer.h"
#include "libdd/include/dd.h"

/* 1..DD_TOPIC_MAX bytes, a word as in name.h, and not "public" itself. */
bool dd_topic_valid(dd_bytes_t topic);

/* What a client may subscribe to: a valid topic that isn't another tenant's ("public.x"). */
bool dd_topic_subscribable(dd_bytes_t topic);

/*
 * Whose subscribers a publication by a client of `tenant` on `topic` reaches, and under what topic:
 * "public.x" by another tenant means x of the public tenant. False if the topic isn't valid.
 */
bool dd_topic_route(
    dd_bytes_t tenant, dd_bytes_t topic, dd_bytes_t *to_tenant, dd_bytes_t *to_topic);

/*
 * Clients of protocols 3 and 4 may write a path behind a topic, "news/1/2/" at a broker of scope
 * "/1/2/3/": their brokers matched topic and scope as one text. How many bytes of a topic that can
 * be subscribed are such a path, which leads to that scope or is it; 0 if there is none.
 * What only looks like a path is a part of the topic.
 */
size_t dd_topic_path_size(dd_bytes_t topic, dd_bytes_t scope);

/* What is in front of such a path, and the path. */
static inline dd_bytes_t dd_topic_without_path(dd_bytes_t topic, size_t path_size)
{
    return dd_bytes(topic.data, topic.size - path_size);
}
static inline dd_bytes_t dd_topic_path(dd_bytes_t topic, size_t path_size)
{
    return dd_bytes(topic.data + topic.size - path_size, path_size);
}

#endif
