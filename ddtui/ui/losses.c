/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * losses - of lost publications, since when there are such, how long ago the last one was, and who
 * lost them
 */
#include "losses.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ddtui/model/losers.h"
#include "libdd/base/escape.h"

/* Bytes of " since 2026-11-26 00:58:01, the last 3h05m ago". */
#define TIMES_ROOM 96
/* ms for which what was heard of clients is worth to be shown with their broker. */
#define CLIENTS_FRESH 10000

/* ---- When ----------------------------------------------------------------------------------- */

/* The time that is shown, which stands still when all does. */
static int64_t shown_ms(const page_t *page, view_t view)
{
    return session_view_when(page->session, view, 0) +
           (int64_t)session_view_age(page->session, view);
}

static bool is_same_day(int64_t a_ms, int64_t b_ms)
{
    time_t a = (time_t)(a_ms / 1000), b = (time_t)(b_ms / 1000);
    struct tm left = {0}, right = {0};
    localtime_r(&a, &left);
    localtime_r(&b, &right);
    return left.tm_year == right.tm_year && left.tm_yday == right.tm_yday;
}

/* "00:58:01", with its date if that isn't today's. */
static void since_text(int64_t since_ms, int64_t now_ms, char out[TIMES_ROOM])
{
    char time[TIME_ROOM];
    time_t seconds = (time_t)(since_ms / 1000);
    struct tm local = {0};
    size_t used = 0;
    localtime_r(&seconds, &local);
    if (!is_same_day(since_ms, now_ms))
        used = strftime(out, TIMES_ROOM, "%Y-%m-%d ", &local);
    page_time(since_ms, false, time);
    snprintf(out + used, TIMES_ROOM - used, "%s", time);
}

/* " since 00:58:01, the last 2s ago", of what is known of that. */
static void times_text(int64_t since_ms, int64_t last_ms, int64_t now_ms, char out[TIMES_ROOM])
{
    char since[TIMES_ROOM], age[AGE_ROOM];
    size_t used = 0;
    out[0] = '\0';
    if (since_ms != INT64_MAX) {
        since_text(since_ms, now_ms, since);
        used = (size_t)snprintf(out, TIMES_ROOM, " since %s", since);
    }
    if (last_ms > 0 && used < TIMES_ROOM)
        snprintf(out + used, TIMES_ROOM - used, ", the last %s ago",
            page_age(last_ms < now_ms ? (uint64_t)(now_ms - last_ms) / 1000 * 1000 : 0, age));
}

/* Of what a row tells. */
static void row_times(
    const page_t *page, view_t view, uint64_t since_ms, uint64_t age_ms, char out[TIMES_ROOM])
{
    bool is_since = since_ms < INT64_MAX, is_last = age_ms < INT64_MAX; /* or it isn't known */
    times_text(is_since ? session_view_when(page->session, view, since_ms) : INT64_MAX,
        is_last ? session_view_when(page->session, view, age_ms) : 0, shown_ms(page, view), out);
}

/* ms ago, of what a row said that is older than its round. */
static uint64_t at(uint64_t ago_ms, uint64_t silent_ms)
{
    return ago_ms == MODEL_UNKNOWN ? ago_ms : ago_ms + silent_ms;
}

/* ---- How many ------------------------------------------------------------------------------- */

static void add(const page_t *page, view_t view, const traffic_t *traffic, uint64_t silent_ms,
    text_pane_t *pane)
{
    char times[TIMES_ROOM], line[TIMES_ROOM + 32];
    if (traffic->dropped == MODEL_UNKNOWN || traffic->dropped == 0)
        return;
    row_times(page, view, at(traffic->drop_since_ms, silent_ms),
        at(traffic->drop_age_ms, silent_ms), times);
    snprintf(line, sizeof line, "%" PRIu64 "%s", traffic->dropped, times);
    text_pane_pair(pane, "lost", STYLE_WARNING, line);
}

void losses_add_of_broker(const page_t *page, const broker_t *broker, text_pane_t *pane)
{
    char line[64];
    add(page, VIEW_TREE, &broker->traffic, broker->silent_ms, pane);
    snprintf(line, sizeof line, "%" PRIu64 "%s before its restart", broker->dropped_before,
        broker->traffic.dropped > 0 ? " more," : "");
    if (broker->dropped_before > 0)
        text_pane_pair(pane, "lost", STYLE_WARNING, line);
}

void losses_add_of_client(const page_t *page, const client_t *client, text_pane_t *pane)
{
    add(page, VIEW_CLIENTS, &client->traffic, client->silent_ms, pane);
}

void losses_add_of_topic(
    const page_t *page, const topic_t *topic, const char *count, text_pane_t *pane)
{
    char times[TIMES_ROOM], line[2 * COLUMN_TEXT_ROOM];
    bool any = topic->lost != MODEL_UNKNOWN && topic->lost > 0;
    row_times(page, VIEW_TOPICS, topic->lost_since_ms, topic->lost_age_ms, times);
    snprintf(line, sizeof line, "%s%s", count, any ? times : "");
    text_pane_pair(pane, "lost", any ? STYLE_WARNING : STYLE_PLAIN, line);
}

/* ---- Who ------------------------------------------------------------------------------------ */

static void add_loser(const page_t *page, const loser_t *loser, int64_t now_ms, text_pane_t *pane)
{
    char tenant[DD_TENANT_MAX + 1], name[DD_NAME_MAX + 1];
    char shown[DD_ESCAPE_MAX * DD_NAME_MAX + 1], times[TIMES_ROOM];
    char line[sizeof shown + TIMES_ROOM + 64];
    size_t size = strcspn(loser->name, ".");
    snprintf(tenant, sizeof tenant, "%.*s", (int)size, loser->name);
    session_view_shown_name(
        page->session, tenant, loser->name + size + (loser->name[size] == '.'), name);
    dd_escape_text(name, strlen(name), shown, sizeof shown);
    times_text(loser->since_ms, loser->last_ms, now_ms, times);
    snprintf(line, sizeof line, "  %s lost %" PRIu64 "%s%s", shown, loser->lost, times,
        loser->fate == CLIENT_LEFT ? "; it isn't there any more" : "");
    text_pane_hang(pane, STYLE_WARNING, 4, line);
}

void losses_add_losers(const page_t *page, const broker_t *broker, text_pane_t *pane)
{
    losers_t losers;
    const session_view_t *session = page->session;
    bool is_fresh = session_view_is_current(session, VIEW_CLIENTS) &&
                    session_view_age(session, VIEW_CLIENTS) < CLIENTS_FRESH;
    losers_find(&losers, broker->id, session_view_events(session),
        is_fresh ? poller_model(session_view_poller(session), VIEW_CLIENTS) : NULL,
        session_view_when(session, VIEW_CLIENTS, 0));
    if (losers.count > 0)
        text_pane_text(pane, STYLE_TITLE, "Lost by its clients");
    for (size_t i = 0; i < losers.count; i++)
        add_loser(page, &losers.rows[i], shown_ms(page, VIEW_TREE), pane);
    if (losers.more)
        text_pane_text(pane, STYLE_DIM, "  and others");
}
