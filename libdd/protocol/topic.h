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

#endif
