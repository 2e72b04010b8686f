/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * broker_news - what brokers tell of themselves and others, and their silence, mean for the console
 */
#include "broker_news.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "event_text.h"
#include "libdd/base/escape.h"
#include "libdd/protocol/name.h"
#include "missed.h"

/* ms for which clocks, and when brokers were asked, may differ. */
#define CLOCKS_DIFFER 5000

/* Bytes of what an event says, escaped. */
#define TEXT_ROOM (2 * NOTE_WORD_ROOM)

static size_t count_brokers(const broker_news_t *self)
{
    return model_count(poller_model(self->poller, VIEW_TREE), VIEW_TREE);
}

/* ---- Moves ---------------------------------------------------------------------------------- */

void broker_news_moving(broker_news_t *self, const char *broker, int64_t wall_ms)
{
    snprintf(self->moving, sizeof self->moving, "%s", broker);
    self->moving_ms = wall_ms;
}

bool broker_news_awaits_move(const broker_news_t *self)
{
    return self->moving[0] != '\0';
}

static bool begins_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* "moved to parent NAME: ENDPOINT", or "move failed, the parent is NAME: WHY". */
static void tell_of_move(broker_news_t *self, const archived_t *event, const news_moment_t *moment)
{
    char name[NOTE_WORD_ROOM], text[TEXT_ROOM];
    bool is_good = begins_with(event->text, "moved to ");
    if (!broker_news_awaits_move(self) || strcmp(event->broker, self->moving) != 0 ||
        event->wall_ms + CLOCKS_DIFFER < self->moving_ms ||
        (!is_good && !begins_with(event->text, "move failed")))
        return;
    const char *what = strchr(event->text, ' ') + 1;
    dd_escape_text(what, strlen(what), text, sizeof text);
    status_log_add(self->notes, moment->wall_ms, is_good ? NOTE_GOOD : NOTE_BAD, "%smove %s %s",
        is_good ? "done: " : "", note_word(self->moving, name), text);
    self->moving[0] = '\0';
}

/* ---- Receipts ------------------------------------------------------------------------------- */

/* "client NAME is gone", or "... ended: WHY": what follows the name; else NULL. The name is as a
   client of that tenant writes it. */
static const char *end_of_client(const archived_t *event, const char *name, const char *tenant)
{
    event_text_t about;
    char full[DD_TENANT_MAX + NOTE_WORD_ROOM + 1];
    bool is_full = tenant[0] == '\0' || begins_with(name, DD_PUBLIC ".");
    snprintf(full, sizeof full, "%s%s%s", is_full ? "" : tenant, is_full ? "" : ".", name);
    if (!event_text_read(&about, event->text, "client") || !event_text_names(&about, full))
        return NULL;
    bool has_ended = event_text_says(&about, "is gone") || event_text_says(&about, "ended");
    return has_ended ? about.what : NULL;
}

/* Whoever waits for a client that has left needn't wait ten seconds to hear it. */
static void tell_of_receipts(
    broker_news_t *self, const archived_t *event, const news_moment_t *moment)
{
    for (pending_t *pending = self->pending->entries; pending; pending = pending->hh.next) {
        char text[TEXT_ROOM];
        int64_t sent_ms = moment->wall_ms - (int64_t)((moment->now_us - pending->at_us) / 1000);
        const char *end = pending->kind == PENDING_RECEIPT && event->wall_ms >= sent_ms
                              ? end_of_client(event, pending->what, moment->tenant)
                              : NULL;
        if (!end)
            continue;
        dd_escape_text(end, strlen(end), text, sizeof text);
        status_log_add(self->notes, moment->wall_ms, NOTE_WARNING, "no receipt from %s: it %s",
            pending->what, text);
        pending->late = true;
    }
}

/* ---- Who is gone ---------------------------------------------------------------------------- */

static bool has_said_so(
    const broker_news_t *self, const broker_t *broker, const news_moment_t *moment)
{
    uint64_t ago = standing_silence(broker->silent_ms, &moment->tree) + CLOCKS_DIFFER;
    return event_archive_says_drained(self->events, broker->name, moment->wall_ms - (int64_t)ago);
}

/* A broker may leave in order between two rounds; its neighbours have heard that. */
static bool find_drained(broker_news_t *self, const news_moment_t *moment)
{
    bool any = false;
    for (size_t i = 0; i < count_brokers(self); i++) {
        broker_t *broker = poller_broker(self->poller, i);
        if (broker->silent_ms == 0 || broker->fate != BROKER_GONE ||
            !has_said_so(self, broker, moment))
            continue;
        broker->fate = BROKER_DRAINED;
        any = true;
    }
    return any;
}

static unsigned count_behind(broker_news_t *self, const broker_t *gone)
{
    unsigned count = 0;
    for (size_t i = 0; i < count_brokers(self); i++) {
        const broker_t *broker = poller_broker(self->poller, i);
        count += broker->fate == BROKER_BEHIND && strcmp(broker->behind, gone->name) == 0;
    }
    return count;
}

static void tell_of_return(
    broker_news_t *self, broker_t *broker, uint64_t seconds, const news_moment_t *moment)
{
    char name[NOTE_WORD_ROOM], after[64] = "";
    if (broker->returned_ms > 0)
        snprintf(after, sizeof after, "%s again, after %" PRIu64 " s",
            broker->restarted ? ": it reports" : " reports", seconds);
    status_log_add(self->notes, moment->wall_ms, NOTE_GOOD, "broker %s%s%s",
        note_word(broker->name, name), broker->restarted ? " was restarted" : "", after);
    broker->returned_ms = 0;
    broker->restarted = false;
}

static void tell_of_loss(
    broker_news_t *self, broker_t *broker, uint64_t seconds, const news_moment_t *moment)
{
    char name[NOTE_WORD_ROOM], why[64], behind[32] = "";
    unsigned count = count_behind(self, broker);
    snprintf(why, sizeof why, ": not heard for %" PRIu64 " s", seconds);
    if (count > 0)
        snprintf(behind, sizeof behind, "; %u behind it", count);
    status_log_add(self->notes, moment->wall_ms, NOTE_BAD, "broker %s is gone%s%s",
        note_word(broker->name, name),
        missed_is(broker, moment->tree.finished_ms) ? ", says its neighbour" : why, behind);
    broker->told = true;
}

/* Nothing if there is nothing to tell of the broker. */
static void tell_of_broker(broker_news_t *self, broker_t *broker, const news_moment_t *moment)
{
    uint64_t silent_ms = standing_silence(broker->silent_ms, &moment->tree);
    uint64_t seconds = (broker->returned_ms + silent_ms) / 1000;
    if (broker->returned_ms > 0 || broker->restarted)
        tell_of_return(self, broker, seconds, moment);
    else if (!broker->told && standing_of(broker, &moment->tree) == STANDING_GONE)
        tell_of_loss(self, broker, seconds, moment);
}

/* ---- All of it ------------------------------------------------------------------------------ */

static bool hear(broker_news_t *self, const archived_t *event, const news_moment_t *moment)
{
    bool is_past = event->wall_ms < moment->wall_ms;
    uint64_t age_ms = is_past ? (uint64_t)(moment->wall_ms - event->wall_ms) : 0;
    tell_of_move(self, event, moment);
    tell_of_receipts(self, event, moment);
    return missed_by_event(self->poller, event, age_ms, moment->now_us / 1000);
}

/* Those that are new are the last ones. */
static bool hear_all(broker_news_t *self, const news_moment_t *moment)
{
    bool any = false;
    uint64_t next = self->heard;
    for (size_t i = event_archive_count(self->events); i-- > 0;) {
        const archived_t *event = event_archive_at(self->events, i);
        if (event->serial < self->heard)
            break;
        next = event->serial >= next ? event->serial + 1 : next;
        any |= hear(self, event, moment);
    }
    self->heard = next;
    return any;
}

static bool is_missed(broker_news_t *self, const char *name, const news_moment_t *moment)
{
    for (size_t i = 0; i < count_brokers(self); i++) {
        const broker_t *broker = poller_broker(self->poller, i);
        if (broker->fate == BROKER_GONE && strcmp(broker->name, name) == 0 &&
            missed_is(broker, moment->tree.finished_ms))
            return true;
    }
    return false;
}

/* Where it is told that a broker is gone, what is behind it isn't only late. */
static bool find_behind(broker_news_t *self, const news_moment_t *moment)
{
    bool any = false;
    for (size_t i = 0; i < count_brokers(self); i++) {
        broker_t *broker = poller_broker(self->poller, i);
        if (broker->fate != BROKER_BEHIND || broker->fate_ms >= STANDING_GONE_AFTER ||
            !is_missed(self, broker->behind, moment))
            continue;
        broker->fate_ms = STANDING_GONE_AFTER;
        any = true;
    }
    return any;
}

bool broker_news_take(broker_news_t *self, const news_moment_t *moment)
{
    bool any = find_drained(self, moment);
    any |= hear_all(self, moment);
    any |= missed_by_parents(self->poller, moment->now_us / 1000);
    any |= find_behind(self, moment);
    for (size_t i = 0; i < count_brokers(self); i++)
        tell_of_broker(self, poller_broker(self->poller, i), moment);
    return any;
}
