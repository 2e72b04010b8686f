/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * topic_rates - how much is published on each topic a second, between two rounds of reports
 */
#include "topic_rates.h"

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

void topic_rates_set(model_t *now, const model_t *before, uint64_t elapsed_ms)
{
    for (size_t i = 0; i < model_count(now, VIEW_TOPIC_PARTS); i++)
        begin_rates(model_edit(now, VIEW_TOPIC_PARTS, i));
    for (size_t i = 0; i < model_count(before, VIEW_TOPIC_PARTS); i++)
        carry_topic(now, model_row(before, VIEW_TOPIC_PARTS, i), elapsed_ms);
    for (size_t i = 0; i < model_count(now, VIEW_TOPIC_PARTS); i++)
        end_rates(model_edit(now, VIEW_TOPIC_PARTS, i), elapsed_ms);
}

void topic_rates_stop(model_t *self)
{
    for (size_t i = 0; i < model_count(self, VIEW_TOPICS); i++)
        begin_rates(model_edit(self, VIEW_TOPICS, i));
    for (size_t i = 0; i < model_count(self, VIEW_TOPIC_PARTS); i++)
        begin_rates(model_edit(self, VIEW_TOPIC_PARTS, i));
}
