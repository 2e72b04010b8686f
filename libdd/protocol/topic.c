/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * topic - topics and which tenant's subscribers they reach
 */
#include "topic.h"

#include "name.h"

#define PUBLIC_PREFIX DD_PUBLIC "."

static bool is_public(dd_bytes_t topic)
{
    size_t size = sizeof PUBLIC_PREFIX - 1;
    return topic.size >= size && memcmp(topic.data, PUBLIC_PREFIX, size) == 0;
}

bool dd_topic_valid(dd_bytes_t topic)
{
    return dd_word_valid(topic, DD_TOPIC_MAX) && !dd_bytes_equal(topic, dd_bytes_of(DD_PUBLIC));
}

bool dd_topic_subscribable(dd_bytes_t topic)
{
    return dd_topic_valid(topic) && !is_public(topic);
}

bool dd_topic_route(
    dd_bytes_t tenant, dd_bytes_t topic, dd_bytes_t *to_tenant, dd_bytes_t *to_topic)
{
    *to_tenant = tenant;
    *to_topic = topic;
    if (is_public(topic)) {
        size_t size = sizeof PUBLIC_PREFIX - 1;
        *to_tenant = dd_bytes_of(DD_PUBLIC);
        *to_topic = dd_bytes(topic.data + size, topic.size - size);
    }
    return dd_topic_subscribable(*to_topic);
}
