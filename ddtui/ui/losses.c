/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * losses - of lost publications, since when there are such and how long ago the last one was
 */
#include "losses.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The numbers of an event that tells how many were lost since the last such event, and in all. Both
   are the same in the first one. */
static bool is_first(const char *numbers)
{
    uint64_t more, all;
    return sscanf(numbers, "%" SCNu64 ", %" SCNu64, &more, &all) == 2 && more == all;
}

/* When a broker told the first of those events that begin so, the counting having begun anew in
   between perhaps; 0 if that isn't known. */
static int64_t first_ms(const session_view_t *session, const char *broker_id, const char *beginning)
{
    size_t size = strlen(beginning);
    const event_archive_t *events = session_view_events(session);
    for (size_t i = event_archive_count(events); i-- > 0;) {
        const archived_t *event = event_archive_at(events, i);
        if (strcmp(event->broker_id, broker_id) == 0 &&
            strncmp(event->text, beginning, size) == 0 && is_first(event->text + size))
            return event->wall_ms;
    }
    return 0;
}

static void add(const traffic_t *traffic, int64_t since_ms, text_pane_t *pane)
{
    char since[TIME_ROOM + 8] = "", last[AGE_ROOM + 16] = "", line[128], time[TIME_ROOM];
    char age[AGE_ROOM];
    if (traffic->dropped == MODEL_UNKNOWN || traffic->dropped == 0)
        return;
    if (since_ms > 0) {
        page_time(since_ms, false, time);
        snprintf(since, sizeof since, " since %s", time);
    }
    if (traffic->drop_age_ms != MODEL_UNKNOWN)
        snprintf(last, sizeof last, ", the last %s ago",
            page_age(traffic->drop_age_ms / 1000 * 1000, age));
    snprintf(line, sizeof line, "%" PRIu64 "%s%s", traffic->dropped, since, last);
    text_pane_pair(pane, "lost", STYLE_WARNING, line);
}

void losses_add_of_broker(const page_t *page, const broker_t *broker, text_pane_t *pane)
{
    static const char BEGINNING[] = "dropped publications for want of room: ";
    add(&broker->traffic, first_ms(page->session, broker->id, BEGINNING), pane);
}

void losses_add_of_client(const page_t *page, const client_t *client, text_pane_t *pane)
{
    char beginning[DD_NAME_MAX + 64];
    snprintf(beginning, sizeof beginning,
        "client %s.%s lost publications for want of room: ", client->tenant, client->name);
    add(&client->traffic, first_ms(page->session, client->broker_id, beginning), pane);
}
