/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * topic_sums - what several brokers report of one topic, as one row
 */
#ifndef TOPIC_SUMS_H_INCLUDED
#define TOPIC_SUMS_H_INCLUDED

#include "model.h"

/* Orders by tenant and topic, whatever their brokers; what is left of a tenant comes first. */
int topic_sums_compare(const topic_t *a, const topic_t *b);

/* Makes a sum of what one broker reports. */
void topic_sums_begin(topic_t *self, const topic_t *part);
/* Adds what another broker reports of the same topic. Who publishes at several brokers counts once;
   of more publishers than there is room for, those who publish least are left out. What isn't known
   of one counts as nothing, if it is known of the other. */
void topic_sums_add(topic_t *self, const topic_t *part);

/* A publisher's name, bare if it is of the topic's tenant. */
const char *topic_sums_shown(const topic_t *topic, const publisher_t *publisher);
/* The publications of the topic that aren't surely those of its publishers that are named. */
uint64_t topic_sums_others(const topic_t *topic);
/* Bytes of a share in words, with the NUL. */
#define TOPIC_SUMS_SHARE_ROOM 8
/* How much of the topic's publications so many are: "83%", "<1%". Shares are rounded down, so that
   several are never more than all. */
void topic_sums_share(const topic_t *topic, uint64_t publications, char out[TOPIC_SUMS_SHARE_ROOM]);

#endif
