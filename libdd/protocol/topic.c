/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * topic - topics and which tenant's subscribers they reach
 */
#include "topic.h"

#include "name.h"
#include "scope.h"

#define PUBLIC_PREFIX DD_PUBLIC "."

bool dd_topic_valid(dd_bytes_t topic)
{
    return dd_word_valid(topic, DD_TOPIC_MAX) && !dd_bytes_equal(topic, dd_bytes_of(DD_PUBLIC));
}

bool dd_topic_subscribable(dd_bytes_t topic)
{
    return dd_topic_valid(topic) && !dd_bytes_begin(topic, dd_bytes_of(PUBLIC_PREFIX));
}

bool dd_topic_route(
    dd_bytes_t tenant, dd_bytes_t topic, dd_bytes_t *to_tenant, dd_bytes_t *to_topic)
{
    *to_tenant = tenant;
    *to_topic = topic;
    if (dd_bytes_strip(to_topic, PUBLIC_PREFIX))
        *to_tenant = dd_bytes_of(DD_PUBLIC);
    return dd_topic_valid(topic) && dd_topic_subscribable(*to_topic);
}

static bool ends_in(dd_bytes_t topic, dd_bytes_t path)
{
    return topic.size >= path.size && dd_bytes_equal(dd_topic_path(topic, path.size), path);
}

size_t dd_topic_path_size(dd_bytes_t topic, dd_bytes_t scope)
{
    size_t size = 1, longest = 0; /* "/" alone says nothing */
    while ((size = dd_scope_next_prefix(scope, size)) > 0)
        if (ends_in(topic, dd_bytes(scope.data, size)))
            longest = size;
    bool leaves_topic =
        longest < topic.size && dd_topic_subscribable(dd_topic_without_path(topic, longest));
    return leaves_topic ? longest : 0;
}
