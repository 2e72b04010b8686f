/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * missed - when brokers were last said to be gone, by those beside them in the tree
 */
#include "missed.h"

#include <string.h>

#include "event_text.h"

/* ms by which a broker may have reported before the round ended in which it did. */
#define ROUND_MOST POLLER_LIMIT

/* 0 stands for never. */
static bool note(broker_t *broker, uint64_t age_ms, uint64_t now_ms)
{
    uint64_t at_ms = age_ms < now_ms ? now_ms - age_ms : 1;
    bool is_news = broker->missed_ms == 0;
    if (at_ms > broker->missed_ms)
        broker->missed_ms = at_ms;
    return is_news;
}

static size_t count_brokers(const poller_t *poller)
{
    return model_count(poller_model(poller, VIEW_TREE), VIEW_TREE);
}

static broker_t *find(poller_t *poller, const char *id)
{
    size_t index = model_broker(poller_model(poller, VIEW_TREE), id);
    return index == SIZE_MAX ? NULL : poller_broker(poller, index);
}

bool missed_by_parents(poller_t *poller, uint64_t now_ms)
{
    bool any = false;
    for (size_t i = 0; i < count_brokers(poller); i++) {
        const broker_t *parent = poller_broker(poller, i);
        for (const lost_t *lost = parent->lost; lost->name[0] != '\0'; lost++) {
            broker_t *broker = parent->silent_ms == 0 ? find(poller, lost->id) : NULL;
            if (broker && broker->silent_ms > 0)
                any |= note(broker, lost->age_ms, now_ms);
        }
    }
    return any;
}

/* "WHO NAME is gone". */
static bool calls_gone(event_text_t *about, const archived_t *event, const char *who)
{
    return event_text_read(about, event->text, who) && strcmp(about->what, "is gone") == 0;
}

/* A name may be that of several brokers: the one beside is meant. Most events are of something
   else, and cost no look at all brokers. */
bool missed_by_event(poller_t *poller, const archived_t *event, uint64_t age_ms, uint64_t now_ms)
{
    event_text_t about;
    bool any = false, is_of_child = calls_gone(&about, event, "broker");
    bool is_told = is_of_child || calls_gone(&about, event, "parent");
    const broker_t *teller = is_told ? find(poller, event->broker_id) : NULL;
    for (size_t i = 0; teller && i < count_brokers(poller); i++) {
        broker_t *broker = poller_broker(poller, i);
        bool is_beside = is_of_child ? strcmp(model_parent(broker), teller->id) == 0
                                     : strcmp(model_parent(teller), broker->id) == 0;
        if (is_beside && event_text_names(&about, broker->name))
            any |= note(broker, age_ms, now_ms);
    }
    return any;
}

bool missed_is(const broker_t *broker, uint64_t finished_ms)
{
    uint64_t slack_ms = broker->silent_ms > 0 ? ROUND_MOST + broker->silent_ms : 0;
    return broker->missed_ms > 0 && broker->missed_ms + slack_ms > finished_ms;
}
