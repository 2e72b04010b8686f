/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * topic_sums - what several brokers report of one topic, as one row
 */
#include "topic_sums.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

int topic_sums_compare(const topic_t *a, const topic_t *b)
{
    int order = strcmp(a->tenant, b->tenant);
    return order ? order : strverscmp(a->topic, b->topic);
}

static void add_number(uint64_t *sum, uint64_t more)
{
    if (*sum == MODEL_UNKNOWN)
        *sum = more;
    else if (more != MODEL_UNKNOWN)
        *sum += more;
}

/* The one of that name, or who makes room for it: who has published least, and less. NULL if there
   is none. */
static publisher_t *place_for(publishers_t *self, const publisher_t *publisher)
{
    publisher_t *least = &self->rows[0];
    for (size_t i = 0; i < self->count; i++) {
        if (strcmp(self->rows[i].name, publisher->name) == 0)
            return &self->rows[i];
        if (self->rows[i].publications < least->publications)
            least = &self->rows[i];
    }
    if (self->count < MODEL_PUBLISHERS)
        return &self->rows[self->count];
    return least->publications < publisher->publications ? least : NULL;
}

static void add_publisher(publishers_t *self, const publisher_t *publisher)
{
    publisher_t *place = place_for(self, publisher);
    if (!place)
        return;
    if (place == self->rows + self->count)
        self->count++;
    else if (strcmp(place->name, publisher->name) == 0) {
        place->publications += publisher->publications;
        add_number(&place->rate, publisher->rate);
        return;
    }
    *place = *publisher;
}

static void order(publishers_t *self)
{
    for (size_t i = 1; i < self->count; i++)
        for (size_t j = i; j > 0; j--) {
            publisher_t *left = &self->rows[j - 1], *right = &self->rows[j], swap = *left;
            if (left->publications >= right->publications)
                break;
            *left = *right;
            *right = swap;
        }
}

static void add_publishers(publishers_t *self, const publishers_t *part)
{
    if (part->count == MODEL_UNKNOWN)
        return;
    if (self->count == MODEL_UNKNOWN)
        self->count = 0;
    for (size_t i = 0; i < part->count; i++)
        add_publisher(self, &part->rows[i]);
    order(self);
}

static bool has_lost(const topic_t *topic)
{
    return topic->lost != MODEL_UNKNOWN && topic->lost > 0;
}

/* If one of those that lost something doesn't tell when, nobody knows. */
static void add_times(topic_t *self, const topic_t *part)
{
    if (!has_lost(part))
        return;
    bool is_first = !has_lost(self);
    if (is_first || part->lost_since_ms > self->lost_since_ms) /* MODEL_UNKNOWN is most */
        self->lost_since_ms = part->lost_since_ms;
    if (is_first || part->lost_age_ms == MODEL_UNKNOWN ||
        (self->lost_age_ms != MODEL_UNKNOWN && part->lost_age_ms < self->lost_age_ms))
        self->lost_age_ms = part->lost_age_ms;
}

void topic_sums_begin(topic_t *self, const topic_t *part)
{
    *self = *part;
    self->broker_id[0] = '\0';
    if (self->publishers.count != MODEL_UNKNOWN)
        order(&self->publishers);
}

void topic_sums_add(topic_t *self, const topic_t *part)
{
    add_number(&self->publications, part->publications);
    add_number(&self->bytes, part->bytes);
    add_times(self, part);
    add_number(&self->lost, part->lost);
    add_number(&self->subscribers, part->subscribers);
    add_number(&self->rate, part->rate);
    add_number(&self->bytes_rate, part->bytes_rate);
    add_number(&self->lost_rate, part->lost_rate);
    add_publishers(&self->publishers, &part->publishers);
}

const char *topic_sums_shown(const topic_t *topic, const publisher_t *publisher)
{
    size_t size = strlen(topic->tenant);
    bool own = strncmp(publisher->name, topic->tenant, size) == 0 && publisher->name[size] == '.';
    return publisher->name + (own ? size + 1 : 0);
}

uint64_t topic_sums_others(const topic_t *topic)
{
    uint64_t named = 0, all = topic->publications;
    for (size_t i = 0; topic->publishers.count != MODEL_UNKNOWN && i < topic->publishers.count; i++)
        add_number(&named, topic->publishers.rows[i].publications);
    return all != MODEL_UNKNOWN && all > named ? all - named : 0;
}

void topic_sums_share(const topic_t *topic, uint64_t publications, char out[TOPIC_SUMS_SHARE_ROOM])
{
    uint64_t all = topic->publications;
    double part = 0;
    if (all != MODEL_UNKNOWN && all > 0)
        part = publications < all ? (double)publications * 100 / (double)all : 100;
    bool is_little = part > 0 && part < 1;
    snprintf(
        out, TOPIC_SUMS_SHARE_ROOM, "%s%u%%", is_little ? "<" : "", is_little ? 1 : (unsigned)part);
}
