/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * topic_rates - how much is published on each topic a second, between two rounds of reports
 */
#include "topic_rates.h"

#include <stdlib.h>
#include <string.h>

#include "rate.h"
#include "since.h"

/* Until all is known that was there before, the rates hold it. */
static void begin_rates(topic_t *self)
{
    self->rate = self->bytes_rate = self->lost_rate = MODEL_UNKNOWN;
    for (size_t i = 0; i < self->publishers.count && self->publishers.count != MODEL_UNKNOWN; i++)
        self->publishers.rows[i].rate = MODEL_UNKNOWN;
}

static void add_known(uint64_t *sum, uint64_t more)
{
    if (more != MODEL_UNKNOWN)
        *sum = (*sum == MODEL_UNKNOWN ? 0 : *sum) + more;
}

static void add_before(topic_t *now, const topic_t *before)
{
    add_known(&now->rate, before->publications);
    add_known(&now->bytes_rate, before->bytes);
    add_known(&now->lost_rate, before->lost);
}

static void add_publishers_before(publishers_t *now, const publishers_t *before)
{
    if (now->count == MODEL_UNKNOWN || before->count == MODEL_UNKNOWN)
        return;
    for (size_t i = 0; i < now->count; i++)
        for (size_t j = 0; j < before->count; j++)
            if (strcmp(now->rows[i].name, before->rows[j].name) == 0)
                now->rows[i].rate = before->rows[j].publications;
}

static void end_rates(topic_t *self, uint64_t elapsed_ms)
{
    self->rate = rate_between(self->publications, self->rate, elapsed_ms);
    self->bytes_rate = rate_between(self->bytes, self->bytes_rate, elapsed_ms);
    self->lost_rate = rate_between(self->lost, self->lost_rate, elapsed_ms);
    for (size_t i = 0; i < self->publishers.count && self->publishers.count != MODEL_UNKNOWN; i++) {
        publisher_t *one = &self->publishers.rows[i];
        one->rate = rate_between(one->publications, one->rate, elapsed_ms);
    }
}

/* A topic that has made room for another is among its tenant's others, with all that it had; also
   if it has come back since, which shows in its counting anew. */
static void carry_topic(model_t *now, const topic_t *before, uint64_t elapsed_ms)
{
    if (before->gone_ms > 0) /* what is back has counted for longer than since the last round */
        return;
    topic_t *here = model_find(now, VIEW_TOPIC_PARTS, before);
    bool goes_on = here && here->publications >= before->publications;
    topic_t others = *before;
    others.topic[0] = '\0';
    topic_t *heir = goes_on ? here : model_find(now, VIEW_TOPIC_PARTS, &others);
    if (heir)
        add_before(heir, before);
    if (goes_on) {
        add_publishers_before(&here->publishers, &before->publishers);
        here->lost_since_ms =
            since_going_on(here->lost_since_ms, before->lost_since_ms, elapsed_ms);
    }
}

static int compare_ids(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const topic_t *part_at(const model_t *self, size_t i)
{
    return model_row(self, VIEW_TOPIC_PARTS, i);
}

/* The ids of those who report now, in order; the caller frees them. NULL when out of memory. */
static const char **reporters(const model_t *now)
{
    size_t count = model_count(now, VIEW_TOPIC_PARTS);
    const char **ids = malloc((count + 1) * sizeof *ids);
    for (size_t i = 0; ids && i < count; i++)
        ids[i] = part_at(now, i)->broker_id;
    if (ids)
        qsort(ids, count, sizeof *ids, compare_ids);
    return ids;
}

static uint64_t older(uint64_t age_ms, uint64_t elapsed_ms)
{
    return age_ms == MODEL_UNKNOWN ? age_ms : age_ms + elapsed_ms;
}

static void keep_part(model_t *now, const topic_t *before, uint64_t elapsed_ms)
{
    topic_t part = *before;
    bool is_empty = part.publications == 0 && part.lost == 0;
    part.gone_ms += elapsed_ms;
    if (is_empty || part.gone_ms > TOPIC_RATES_STAYS)
        return;
    part.subscribers = MODEL_UNKNOWN;
    part.lost_since_ms = older(part.lost_since_ms, elapsed_ms);
    part.lost_age_ms = older(part.lost_age_ms, elapsed_ms);
    begin_rates(&part);
    model_add(now, VIEW_TOPIC_PARTS, &part); /* as long as there is room */
}

/* Which parts those are is settled before any are added, which may move all others. */
static void keep_gone(model_t *now, const model_t *before, uint64_t elapsed_ms)
{
    size_t count = model_count(before, VIEW_TOPIC_PARTS);
    const char **ids = reporters(now);
    bool *is_gone = ids ? calloc(count + 1, sizeof *is_gone) : NULL;
    for (size_t i = 0; is_gone && i < count; i++) {
        const char *id = part_at(before, i)->broker_id;
        is_gone[i] =
            !bsearch(&id, ids, model_count(now, VIEW_TOPIC_PARTS), sizeof *ids, compare_ids);
    }
    for (size_t i = 0; is_gone && i < count; i++)
        if (is_gone[i])
            keep_part(now, part_at(before, i), elapsed_ms);
    free(is_gone);
    free(ids);
}

void topic_rates_set(model_t *now, const model_t *before, uint64_t elapsed_ms)
{
    for (size_t i = 0; i < model_count(now, VIEW_TOPIC_PARTS); i++)
        begin_rates(model_edit(now, VIEW_TOPIC_PARTS, i));
    for (size_t i = 0; i < model_count(before, VIEW_TOPIC_PARTS); i++)
        carry_topic(now, model_row(before, VIEW_TOPIC_PARTS, i), elapsed_ms);
    for (size_t i = 0; i < model_count(now, VIEW_TOPIC_PARTS); i++)
        end_rates(model_edit(now, VIEW_TOPIC_PARTS, i), elapsed_ms);
    keep_gone(now, before, elapsed_ms);
}

void topic_rates_stop(model_t *self)
{
    for (size_t i = 0; i < model_count(self, VIEW_TOPICS); i++)
        begin_rates(model_edit(self, VIEW_TOPICS, i));
    for (size_t i = 0; i < model_count(self, VIEW_TOPIC_PARTS); i++)
        begin_rates(model_edit(self, VIEW_TOPIC_PARTS, i));
}
