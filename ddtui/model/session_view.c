/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * session_view - the console's picture of the tree, kept up to date by what the client library
 * tells
 */
#include "session_view.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "last_words.h"
#include "libdd/base/escape.h"
#include "libdd/protocol/name.h"
#include "missed.h"
#include "pending.h"
#include "report_parser.h"

/* Bytes of a name or topic, escaped, in a note; and of what is pending. */
#define SHOWN_ROOM PENDING_ROOM

/* us from one note about lost publications to the next. */
#define LOSS_PAUSE 10000000

/* ms for which clocks, and when brokers were asked, may differ. */
#define CLOCKS_DIFFER 5000

/* The order of which a broker tells afterwards what came of it. */
#define MOVE "move"

/* Publications that were lost since the last note about such. */
typedef struct {
    uint64_t noted_us; /* when that was; 0: there was none */
    uint64_t count;
    bool uncounted;         /* some more may be lost */
    char topic[SHOWN_ROOM]; /* escaped; "" if none was lost */
    bool several;           /* topics */
} losses_t;

struct session_view {
    bool is_operator;
    bool frozen;
    uint64_t now_us;
    int64_t wall_ms;
    uint64_t frozen_ms;      /* since when it is frozen, by session_view_now_ms() */
    unsigned frozen_current; /* views that were current then, as bits 1 << view */
    uint64_t versions[PARTS];
    link_t link;
    poller_t *poller;
    timelines_t *timelines;
    uint64_t timed_ms[VIEWS]; /* when the round ended that they have taken last */
    event_archive_t *events;
    uint64_t listened;        /* serial of the first one that hasn't been heard for who is gone */
    last_words_t *last_words; /* of these */
    round_t seen[VIEWS];      /* the last rounds by which rows have changed */
    messages_t *messages;
    status_log_t *status_log;
    own_subscriptions_t *own_subscriptions;
    trace_t trace;
    pending_list_t pending;
    losses_t losses;
    char moving[DD_BROKER_MAX + 1]; /* a broker that was told to move last; "" when it has */
    int64_t moving_ms;              /* when that was, since 1970 */
    char missed[SHOWN_ROOM]; /* destination of the last notification, if there is none such */
};

session_view_t *session_view_new(bool is_operator)
{
    session_view_t *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    self->is_operator = is_operator;
    self->poller = poller_new();
    self->timelines = timelines_new();
    self->events = event_archive_new();
    self->last_words = last_words_new();
    self->messages = messages_new();
    self->status_log = status_log_new();
    self->own_subscriptions = calloc(1, sizeof *self->own_subscriptions);
    if (!self->poller || !self->timelines || !self->events || !self->last_words ||
        !self->messages || !self->status_log || !self->own_subscriptions)
        session_view_destroy(&self);
    return self;
}

void session_view_destroy(session_view_t **self_p)
{
    session_view_t *self = self_p ? *self_p : NULL;
    if (!self)
        return;
    poller_destroy(&self->poller);
    timelines_destroy(&self->timelines);
    event_archive_destroy(&self->events);
    last_words_destroy(&self->last_words);
    messages_destroy(&self->messages);
    status_log_destroy(&self->status_log);
    pending_clear(&self->pending);
    free(self->own_subscriptions);
    free(self);
    *self_p = NULL;
}

/* ---- Words ---------------------------------------------------------------------------------- */

static void changed(session_view_t *self, session_part_t part)
{
    self->versions[part]++;
}

/* A long list is made anew when its own rows have changed, and not with each round of others. */
static bool has_new_rows(session_view_t *self, view_t view)
{
    round_t *seen = &self->seen[view];
    const round_t *last = poller_last(self->poller, view);
    bool is_new = seen->number != last->number || seen->current != last->current;
    *seen = *last;
    return is_new;
}

static void mark_rows(session_view_t *self)
{
    static const session_part_t PARTS_OF[VIEWS] = {[VIEW_TREE] = PART_TREE,
        [VIEW_CLIENTS] = PART_CLIENTS,
        [VIEW_SUBSCRIPTIONS] = PART_SUBSCRIPTIONS,
        [VIEW_TOPICS] = PART_TOPICS};
    static const view_t WITH_ROWS[] = {VIEW_TREE, VIEW_CLIENTS, VIEW_SUBSCRIPTIONS, VIEW_TOPICS};
    for (size_t i = 0; i < sizeof WITH_ROWS / sizeof WITH_ROWS[0]; i++)
        if (has_new_rows(self, WITH_ROWS[i]))
            changed(self, PARTS_OF[WITH_ROWS[i]]);
}

/* Text from outside, fit for a note. */
static const char *shown(const char *text, char room[SHOWN_ROOM])
{
    dd_escape_text(text, strlen(text), room, SHOWN_ROOM);
    return room;
}

void session_view_note(session_view_t *self, note_kind_t kind, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    status_log_vadd(self->status_log, self->wall_ms, kind, format, arguments);
    va_end(arguments);
    changed(self, PART_EVENTS);
}

/* ---- What was sent -------------------------------------------------------------------------- */

void session_view_sent(session_view_t *self, uint32_t ref, const char *destination, bool receipt)
{
    char name[SHOWN_ROOM];
    self->missed[0] = '\0';
    pending_add(
        &self->pending, receipt ? PENDING_RECEIPT : PENDING_NOTIFY, ref, destination, self->now_us);
    session_view_note(self, NOTE_PLAIN,
        receipt ? "notification sent to %s, waiting for its receipt" : "notification sent to %s",
        shown(destination, name));
}

void session_view_traced(session_view_t *self, uint32_t ref, const char *destination)
{
    char name[SHOWN_ROOM];
    trace_begin(&self->trace, ref, destination, self->now_us);
    pending_add(&self->pending, PENDING_TRACE, ref, destination, self->now_us);
    changed(self, PART_TRACE);
    session_view_note(self, NOTE_PLAIN, "tracing a notification to %s", shown(destination, name));
}

void session_view_controlled(
    session_view_t *self, uint32_t ref, const char *what, const char *object)
{
    char text[SHOWN_ROOM], escaped[SHOWN_ROOM];
    snprintf(text, sizeof text, "%s %s", what, object);
    if (strcmp(what, MOVE) == 0) {
        snprintf(self->moving, sizeof self->moving, "%s", object);
        self->moving_ms = self->wall_ms;
    }
    pending_add(&self->pending, PENDING_CONTROL, ref, text, self->now_us);
    session_view_note(self, NOTE_PLAIN, "asked for: %s", shown(text, escaped));
}

void session_view_subscribed(session_view_t *self, const char *topic, const char *scope)
{
    char name[SHOWN_ROOM];
    const own_subscription_t *own = own_subscriptions_find(self->own_subscriptions, topic, scope);
    shown(topic, name);
    if (own && own->path[0] != '\0')
        session_view_note(
            self, NOTE_WARNING, "already subscribed to %s within %s", name, own->path);
    else if (own)
        session_view_note(self, NOTE_WARNING,
            "already asked to subscribe to %s, and waiting for the broker", name);
    else if (own_subscriptions_ask(self->own_subscriptions, topic, scope))
        session_view_note(self, NOTE_PLAIN, "asked to subscribe to %s", name);
    changed(self, PART_SUBSCRIPTIONS);
}

void session_view_unsubscribed(session_view_t *self, const char *topic, const char *scope)
{
    char name[SHOWN_ROOM];
    own_subscriptions_remove(self->own_subscriptions, topic, scope);
    session_view_note(
        self, NOTE_GOOD, "no longer subscribed to %s within %s", shown(topic, name), scope);
    changed(self, PART_SUBSCRIPTIONS);
}

static void tell_late(session_view_t *self)
{
    const pending_t *pending;
    while ((pending = pending_late(&self->pending, self->now_us)) != NULL)
        session_view_note(self, NOTE_WARNING,
            pending->kind == PENDING_RECEIPT ? "no receipt from %s yet, after %d s"
                                             : "no answer yet to %s, after %d s",
            pending->what, PENDING_PATIENCE / 1000000);
}

/* ---- The connection ------------------------------------------------------------------------- */

static void on_registered(session_view_t *self, const dd_event_t *event)
{
    link_t *link = &self->link;
    char name[SHOWN_ROOM], broker[SHOWN_ROOM];
    link->state = LINK_REGISTERED;
    link->error = DD_OK;
    link->reason[0] = '\0';
    link->payload_max = event->number;
    snprintf(link->name, sizeof link->name, "%s", event->source);
    snprintf(link->broker, sizeof link->broker, "%s", event->text);
    snprintf(link->scope, sizeof link->scope, "%s", event->scope);
    snprintf(link->endpoint, sizeof link->endpoint, "%s", event->endpoint);
    link->tenant[0] = '\0';
    if (!self->is_operator)
        snprintf(link->tenant, sizeof link->tenant, "%.*s", (int)strcspn(event->source, "."),
            event->source);
    poller_restart(self->poller);
    own_subscriptions_restart(self->own_subscriptions);
    session_view_note(self, NOTE_GOOD, "registered as %s at %s %s", shown(event->source, name),
        shown(event->text, broker), event->scope);
}

static void unlink_from(session_view_t *self, link_state_t state, const dd_event_t *event)
{
    char why[NOTE_ROOM - 64]; /* beside what kind of error it is */
    self->link.state = state;
    self->link.rtt_us = 0;
    self->link.error = event->error;
    dd_escape_text(event->text, strlen(event->text), why, sizeof why);
    /* Of the network the library says in words what is wrong where. */
    bool in_words = event->error == DD_E_NETWORK && why[0] != '\0';
    snprintf(self->link.reason, sizeof self->link.reason, "%s%s%s",
        in_words ? "" : dd_strerror(event->error), in_words || why[0] == '\0' ? "" : ": ", why);
    poller_restart(self->poller);
    own_subscriptions_restart(self->own_subscriptions);
    mark_rows(self);
}

static void on_disconnected(session_view_t *self, const dd_event_t *event)
{
    bool was_registered = self->link.state == LINK_REGISTERED;
    unlink_from(self, LINK_CONNECTING, event);
    session_view_note(self, was_registered ? NOTE_BAD : NOTE_WARNING, "%s, trying again: %s",
        was_registered ? "connection lost" : "no connection", self->link.reason);
}

static void on_closed(session_view_t *self, const dd_event_t *event)
{
    unlink_from(self, LINK_CLOSED, event);
    session_view_note(
        self, NOTE_BAD, "the connection has ended and won't come back: %s", self->link.reason);
}

/* ---- Messages and subscriptions ------------------------------------------------------------- */

static void on_message(session_view_t *self, const dd_event_t *event)
{
    if (event->type == DD_EVENT_PUBLICATION)
        own_subscriptions_count(self->own_subscriptions, event->topic, event->scope);
    messages_add(self->messages, event, self->wall_ms);
    changed(self, PART_MESSAGES);
}

/* However many gaps there are, other notes have their place beside those of them. */
static void tell_losses(session_view_t *self)
{
    losses_t *losses = &self->losses;
    const char *more = losses->several ? " and others" : "";
    if (losses->topic[0] == '\0' ||
        (losses->noted_us > 0 && self->now_us < losses->noted_us + LOSS_PAUSE))
        return;
    if (losses->count > 0)
        session_view_note(self, NOTE_WARNING,
            "lost %" PRIu64 " publications on %s%s: they came too fast", losses->count,
            losses->topic, more);
    if (losses->uncounted)
        session_view_note(self, NOTE_WARNING,
            "some publications on %s%s may be missing: a connection was lost", losses->topic, more);
    *losses = (losses_t){.noted_us = self->now_us};
}

static void on_gap(session_view_t *self, const dd_event_t *event)
{
    char topic[SHOWN_ROOM];
    losses_t *losses = &self->losses;
    on_message(self, event);
    own_subscriptions_lose(
        self->own_subscriptions, event->topic, event->scope, session_view_now_ms(self));
    changed(self, PART_SUBSCRIPTIONS);
    shown(event->topic, topic);
    losses->several |= losses->topic[0] != '\0' && strcmp(losses->topic, topic) != 0;
    losses->count += event->number;
    losses->uncounted |= event->number == 0;
    memcpy(losses->topic, topic, sizeof topic);
    tell_losses(self);
}

static void on_subscribed(session_view_t *self, const dd_event_t *event)
{
    char topic[SHOWN_ROOM];
    if (own_subscriptions_agree(
            self->own_subscriptions, event->topic, event->scope, self->link.scope))
        session_view_note(self, NOTE_GOOD, "subscribed to %s within %s", shown(event->topic, topic),
            event->scope);
    changed(self, PART_SUBSCRIPTIONS);
}

/* ---- Answers -------------------------------------------------------------------------------- */

/* What is said of a trace that is no longer shown, as another one has begun since. */
static const char *earlier(const pending_t *pending)
{
    return pending->kind == PENDING_TRACE ? "an earlier trace was " : "";
}

/* A receipt, or a delivery where none was wanted. */
static void on_receipt(session_view_t *self, const dd_event_t *event)
{
    pending_t *pending = pending_find(&self->pending, event->ref);
    if (trace_event(&self->trace, event)) {
        changed(self, PART_TRACE);
        session_view_note(self, NOTE_GOOD, "the trace has arrived, after %.1f ms",
            (double)self->trace.ended_us / 1000);
    } else if (pending) {
        session_view_note(self, NOTE_GOOD, "%sdelivered to %s, after %.1f ms%s", earlier(pending),
            pending->what, (double)(event->time_us - pending->at_us) / 1000,
            pending->late ? ": its receipt was late" : "");
    }
    if (pending)
        pending_answered(&self->pending, pending);
}

/* Of a notification or a trace that may have arrived. */
static bool is_unknown(const dd_event_t *event)
{
    return event->error == DD_E_UNKNOWN;
}

/* What a person can do about a notification that did not arrive. */
static const char *advice(dd_error_t error)
{
    return error == DD_E_NO_DESTINATION ? "; t traces the way" : "";
}

static void on_refused(session_view_t *self, pending_t *pending, const dd_event_t *event)
{
    const char *how = is_unknown(event) ? "sent to " : "not delivered to ";
    session_view_note(self, NOTE_BAD, "%s%s%s: %s%s", earlier(pending),
        pending->kind == PENDING_CONTROL ? "failed: " : how, pending->what,
        dd_strerror(event->error), advice(event->error));
    if (event->error == DD_E_NO_DESTINATION)
        memcpy(self->missed, pending->what, sizeof self->missed);
}

static void on_error(session_view_t *self, const dd_event_t *event)
{
    char about[SHOWN_ROOM];
    pending_t *pending = pending_find(&self->pending, event->ref);
    if (event->topic[0] != '\0' && event->scope[0] == '\0') {
        session_view_note(self, NOTE_BAD, "not published on %s: %s", shown(event->topic, about),
            dd_strerror(event->error));
    } else if (event->topic[0] != '\0') {
        own_subscriptions_remove(self->own_subscriptions, event->topic, event->scope);
        changed(self, PART_SUBSCRIPTIONS);
        session_view_note(self, NOTE_BAD, "not subscribed to %s within %s: %s",
            shown(event->topic, about), event->scope, dd_strerror(event->error));
    } else if (trace_event(&self->trace, event)) {
        changed(self, PART_TRACE);
        session_view_note(self, NOTE_BAD, "%s: %s",
            is_unknown(event) ? "the trace has no end" : "the trace did not arrive",
            dd_strerror(event->error));
    } else if (pending) {
        on_refused(self, pending, event);
    } else if (!poller_failed(self->poller, event->ref, session_view_now_ms(self)) &&
               event->ref == 0) {
        session_view_note(
            self, NOTE_WARNING, "%s: %s", dd_strerror(event->error), shown(event->text, about));
    }
    if (pending)
        pending_answered(&self->pending, pending);
}

static void on_hop(session_view_t *self, const dd_event_t *event)
{
    if (trace_event(&self->trace, event))
        changed(self, PART_TRACE);
}

/* A broker leaves its parent at once, and tells as an event what came of it. */
static void tell_done(session_view_t *self, const pending_t *pending)
{
    bool is_move = strncmp(pending->what, MOVE " ", sizeof MOVE) == 0;
    if (!is_move)
        session_view_note(self, NOTE_GOOD, "done: %s", pending->what);
    else if (self->moving[0] != '\0')
        session_view_note(
            self, NOTE_PLAIN, "under way: %s; it says what comes of it", pending->what);
}

/* Brokers that were not meant answer a control with nothing. */
static void on_control_report(session_view_t *self, pending_t *pending, const dd_event_t *event)
{
    char failure[SHOWN_ROOM] = "no broker of that id answered";
    bool heard = event->text[0] != '\0', done = false;
    if (heard)
        done = report_parser_control(event->text, failure, sizeof failure);
    if (!heard && event->number > 0)
        return;
    if (done)
        tell_done(self, pending);
    else
        session_view_note(self, NOTE_BAD, "failed: %s: %s", pending->what, failure);
    pending_answered(&self->pending, pending);
}

static bool has_said_so(const session_view_t *self, const broker_t *broker)
{
    uint64_t ago = session_view_silence(self, broker) + CLOCKS_DIFFER;
    return event_archive_says_drained(self->events, broker->name, self->wall_ms - (int64_t)ago);
}

/* A broker may leave in order between two rounds; its neighbours have heard that. */
static void find_drained(session_view_t *self)
{
    for (size_t i = 0; i < session_view_row_count(self, VIEW_TREE); i++) {
        broker_t *broker = poller_broker(self->poller, i);
        if (broker->silent_ms == 0 || broker->fate != BROKER_GONE || !has_said_so(self, broker))
            continue;
        broker->fate = BROKER_DRAINED;
        changed(self, PART_TREE);
    }
}

static bool begins_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* "moved to parent NAME: ENDPOINT", or "move failed, the parent is NAME: WHY". */
static void tell_of_move(session_view_t *self, const archived_t *event)
{
    char name[SHOWN_ROOM], text[2 * SHOWN_ROOM];
    bool is_good = begins_with(event->text, "moved to ");
    if (self->moving[0] == '\0' || strcmp(event->broker, self->moving) != 0 ||
        event->wall_ms + CLOCKS_DIFFER < self->moving_ms ||
        (!is_good && !begins_with(event->text, "move failed")))
        return;
    const char *what = strchr(event->text, ' ') + 1;
    dd_escape_text(what, strlen(what), text, sizeof text);
    session_view_note(self, is_good ? NOTE_GOOD : NOTE_BAD, "%s" MOVE " %s %s",
        is_good ? "done: " : "", shown(self->moving, name), text);
    self->moving[0] = '\0';
}

/* "client NAME is gone", or "... ended: WHY": what follows the name; else NULL. */
static const char *end_of_client(const archived_t *event, const char *name, const char *tenant)
{
    static const char CLIENT[] = "client ";
    const char *text = event->text;
    char full[2 * SHOWN_ROOM];
    bool is_full = tenant[0] == '\0' || strncmp(name, DD_PUBLIC ".", sizeof DD_PUBLIC) == 0;
    int size = snprintf(
        full, sizeof full, "%s%s%s%s ", CLIENT, is_full ? "" : tenant, is_full ? "" : ".", name);
    if (strncmp(text, full, (size_t)size) != 0)
        return NULL;
    text += size;
    return begins_with(text, "is gone") || begins_with(text, "ended") ? text : NULL;
}

/* Whoever waits for a client that has left needn't wait ten seconds to hear it. */
static void tell_of_receipts(session_view_t *self, const archived_t *event)
{
    for (pending_t *pending = self->pending.entries; pending; pending = pending->hh.next) {
        char text[2 * SHOWN_ROOM];
        int64_t sent_ms = self->wall_ms - (int64_t)((self->now_us - pending->at_us) / 1000);
        const char *end = pending->kind == PENDING_RECEIPT && event->wall_ms >= sent_ms
                              ? end_of_client(event, pending->what, self->link.tenant)
                              : NULL;
        if (!end)
            continue;
        dd_escape_text(end, strlen(end), text, sizeof text);
        session_view_note(self, NOTE_WARNING, "no receipt from %s: it %s", pending->what, text);
        pending->late = true;
    }
}

/* Those that are new are the last ones. */
static bool listen_to_events(session_view_t *self)
{
    bool any = false;
    uint64_t next = self->listened;
    for (size_t i = event_archive_count(self->events); i-- > 0;) {
        const archived_t *event = event_archive_at(self->events, i);
        if (event->serial < self->listened)
            break;
        next = event->serial >= next ? event->serial + 1 : next;
        uint64_t age_ms =
            event->wall_ms < self->wall_ms ? (uint64_t)(self->wall_ms - event->wall_ms) : 0;
        tell_of_move(self, event);
        tell_of_receipts(self, event);
        any |= missed_by_event(self->poller, event, age_ms, session_view_now_ms(self));
    }
    self->listened = next;
    return any;
}

static void find_missed(session_view_t *self)
{
    bool by_events = listen_to_events(self);
    if (missed_by_parents(self->poller, session_view_now_ms(self)) || by_events)
        changed(self, PART_TREE);
}

static void take_figures(session_view_t *self, view_t view)
{
    const round_t *last = poller_last(self->poller, view);
    if (!last->current || last->finished_ms == self->timed_ms[view])
        return;
    if (self->timed_ms[view] > 0)
        timelines_take(self->timelines, view, poller_model(self->poller, view),
            self->timed_ms[view], last->finished_ms);
    self->timed_ms[view] = last->finished_ms;
}

static unsigned count_behind(const session_view_t *self, const broker_t *gone)
{
    unsigned count = 0;
    for (size_t i = 0; i < session_view_row_count(self, VIEW_TREE); i++) {
        const broker_t *broker = session_view_row(self, VIEW_TREE, i);
        count += broker->fate == BROKER_BEHIND && strcmp(broker->behind, gone->name) == 0;
    }
    return count;
}

static bool is_missed(const session_view_t *self, const broker_t *broker)
{
    return missed_is(broker, poller_last(self->poller, VIEW_TREE)->finished_ms);
}

/* Nothing if there is nothing to tell of the broker. */
static void tell_of_broker(session_view_t *self, broker_t *broker)
{
    char name[SHOWN_ROOM], behind[32] = "";
    uint64_t seconds = (broker->returned_ms + session_view_silence(self, broker)) / 1000;
    if (broker->returned_ms > 0) {
        session_view_note(self, NOTE_GOOD, "broker %s reports again, after %" PRIu64 " s",
            shown(broker->name, name), seconds);
        broker->returned_ms = 0;
    } else if (!broker->told && session_view_standing(self, broker) == STANDING_GONE) {
        unsigned count = count_behind(self, broker);
        if (count > 0)
            snprintf(behind, sizeof behind, "; %u behind it", count);
        if (is_missed(self, broker))
            session_view_note(self, NOTE_BAD, "broker %s is gone, says one beside it%s",
                shown(broker->name, name), behind);
        else
            session_view_note(self, NOTE_BAD, "broker %s is gone: not heard for %" PRIu64 " s%s",
                shown(broker->name, name), seconds, behind);
        broker->told = true;
    }
}

static void tell_of_brokers(session_view_t *self)
{
    for (size_t i = 0; i < session_view_row_count(self, VIEW_TREE); i++)
        tell_of_broker(self, poller_broker(self->poller, i));
}

/* How clients that have left did so is shown among them. */
static void take_happenings(session_view_t *self)
{
    if (!has_new_rows(self, VIEW_EVENTS) || !poller_last(self->poller, VIEW_EVENTS)->current ||
        !event_archive_take(self->events, poller_model(self->poller, VIEW_EVENTS), self->wall_ms))
        return;
    last_words_take(self->last_words, self->events);
    changed(self, PART_EVENTS);
    changed(self, PART_CLIENTS);
}

static void take_round(session_view_t *self)
{
    take_happenings(self);
    take_figures(self, VIEW_TREE);
    take_figures(self, VIEW_CLIENTS);
    take_figures(self, VIEW_TOPICS);
    find_drained(self);
    find_missed(self);
    tell_of_brokers(self);
    mark_rows(self);
}

static void on_report(session_view_t *self, const dd_event_t *event)
{
    pending_t *pending = pending_find(&self->pending, event->ref);
    if (pending)
        on_control_report(self, pending, event);
    else if (poller_report(self->poller, event, session_view_now_ms(self)))
        take_round(self);
}

static void (*const HANDLERS[])(session_view_t *self, const dd_event_t *event) = {
    [DD_EVENT_REGISTERED] = on_registered,
    [DD_EVENT_DISCONNECTED] = on_disconnected,
    [DD_EVENT_CLOSED] = on_closed,
    [DD_EVENT_NOTIFICATION] = on_message,
    [DD_EVENT_PUBLICATION] = on_message,
    [DD_EVENT_GAP] = on_gap,
    [DD_EVENT_SUBSCRIBED] = on_subscribed,
    [DD_EVENT_RECEIPT] = on_receipt,
    [DD_EVENT_ERROR] = on_error,
    [DD_EVENT_REPORT] = on_report,
    [DD_EVENT_HOP] = on_hop,
    [DD_EVENT_DELIVERED] = on_receipt,
};

void session_view_event(session_view_t *self, const dd_event_t *event)
{
    size_t type = (size_t)event->type;
    if (type < sizeof HANDLERS / sizeof HANDLERS[0] && HANDLERS[type])
        HANDLERS[type](self, event);
}

void session_view_tick(session_view_t *self, uint64_t now_us, int64_t wall_ms)
{
    self->now_us = now_us;
    self->wall_ms = wall_ms;
    if (messages_tick(self->messages, wall_ms))
        changed(self, PART_MESSAGES);
    if (poller_tick(self->poller, session_view_now_ms(self)))
        take_round(self);
    if (trace_tick(&self->trace, now_us)) {
        changed(self, PART_TRACE);
        session_view_note(self, NOTE_BAD, "the trace has no end: nothing more was heard");
    }
    tell_late(self);
    tell_losses(self);
}

void session_view_set_rtt(session_view_t *self, uint64_t rtt_us)
{
    self->link.rtt_us = self->link.state == LINK_REGISTERED ? rtt_us : 0;
}

void session_view_freeze(session_view_t *self, bool frozen)
{
    self->frozen = false;
    self->frozen_current = 0;
    for (view_t view = VIEW_TREE; view < VIEWS; view++)
        self->frozen_current |= session_view_is_current(self, view) ? 1u << view : 0;
    self->frozen = frozen;
    self->frozen_ms = session_view_now_ms(self);
    messages_freeze(self->messages, frozen);
    poller_freeze(self->poller, frozen);
    changed(self, PART_MESSAGES);
}

static void clear_events(session_view_t *self)
{
    event_archive_clear(self->events);
    last_words_take(self->last_words, self->events);
    status_log_clear(self->status_log);
}

void session_view_clear(session_view_t *self, session_part_t part)
{
    if (part == PART_MESSAGES)
        messages_clear(self->messages);
    else if (part == PART_EVENTS)
        clear_events(self);
    changed(self, part);
}

/* ---- What comes out ------------------------------------------------------------------------- */

uint64_t session_view_version(const session_view_t *self, session_part_t part)
{
    return self->versions[part];
}

uint64_t session_view_revision(const session_view_t *self)
{
    uint64_t sum = 0;
    for (size_t part = 0; part < PARTS; part++)
        sum += self->versions[part];
    return sum;
}

uint64_t session_view_now_ms(const session_view_t *self)
{
    return self->now_us / 1000;
}

int64_t session_view_wall_ms(const session_view_t *self)
{
    return self->wall_ms;
}

bool session_view_is_frozen(const session_view_t *self)
{
    return self->frozen;
}

bool session_view_is_operator(const session_view_t *self)
{
    return self->is_operator;
}

const link_t *session_view_link(const session_view_t *self)
{
    return &self->link;
}

poller_t *session_view_poller(const session_view_t *self)
{
    return self->poller;
}

size_t session_view_row_count(const session_view_t *self, view_t view)
{
    return model_count(poller_model(self->poller, view), view);
}

const void *session_view_row(const session_view_t *self, view_t view, size_t index)
{
    return model_row(poller_model(self->poller, view), view, index);
}

bool session_view_is_current(const session_view_t *self, view_t view)
{
    if (self->frozen)
        return self->frozen_current & 1u << view;
    return self->link.state == LINK_REGISTERED && poller_last(self->poller, view)->current;
}

uint64_t session_view_age(const session_view_t *self, view_t view)
{
    const round_t *last = poller_last(self->poller, view);
    uint64_t now_ms = self->frozen ? self->frozen_ms : session_view_now_ms(self);
    return now_ms > last->finished_ms ? now_ms - last->finished_ms : 0;
}

/* What is in a round that is current reports; its age is that of the round only when it isn't. */
static uint64_t silence(const session_view_t *self, view_t view, uint64_t silent_ms)
{
    bool reports = silent_ms == 0 && session_view_is_current(self, view);
    return reports ? 0 : silent_ms + session_view_age(self, view);
}

uint64_t session_view_silence(const session_view_t *self, const broker_t *broker)
{
    return silence(self, VIEW_TREE, broker->silent_ms);
}

standing_t session_view_standing(const session_view_t *self, const broker_t *broker)
{
    static const standing_t STANDINGS[] = {[BROKER_REPORTS] = STANDING_REPORTS,
        [BROKER_GONE] = STANDING_GONE,
        [BROKER_BEHIND] = STANDING_BEHIND,
        [BROKER_DRAINED] = STANDING_DRAINED};
    if (!session_view_is_current(self, VIEW_TREE))
        return STANDING_UNKNOWN;
    uint64_t ms = session_view_silence(self, broker);
    bool is_sure = broker->fate_ms + session_view_age(self, VIEW_TREE) >= SESSION_GONE_AFTER;
    if (broker->fate == BROKER_DRAINED || (broker->fate != BROKER_REPORTS && is_sure))
        return STANDINGS[broker->fate];
    if (broker->fate != BROKER_BEHIND && is_missed(self, broker))
        return STANDING_GONE;
    return ms >= SESSION_LATE_AFTER ? STANDING_LATE : STANDING_REPORTS;
}

client_fate_t session_view_client_fate(const session_view_t *self, const client_t *client)
{
    bool is_current = session_view_is_current(self, VIEW_CLIENTS);
    return is_current || client->fate == CLIENT_LEFT ? client->fate : CLIENT_UNKNOWN;
}

uint64_t session_view_client_silence(const session_view_t *self, const client_t *client)
{
    return silence(self, VIEW_CLIENTS, client->silent_ms);
}

const event_archive_t *session_view_events(const session_view_t *self)
{
    return self->events;
}

const char *session_view_last_words(const session_view_t *self, const client_t *client)
{
    return last_words_of(
        self->last_words, self->events, client->broker, client->tenant, client->name);
}

timelines_t *session_view_timelines(const session_view_t *self)
{
    return self->timelines;
}

const messages_t *session_view_messages(const session_view_t *self)
{
    return self->messages;
}

status_log_t *session_view_status_log(const session_view_t *self)
{
    return self->status_log;
}

const own_subscriptions_t *session_view_own_subscriptions(const session_view_t *self)
{
    return self->own_subscriptions;
}

const char *session_view_missed(const session_view_t *self)
{
    return self->missed[0] != '\0' ? self->missed : NULL;
}

const trace_t *session_view_trace(const session_view_t *self)
{
    return &self->trace;
}

bool session_view_is_own(const session_view_t *self, const char *tenant, const char *client)
{
    size_t size = strlen(tenant);
    return self->link.state == LINK_REGISTERED && strncmp(self->link.name, tenant, size) == 0 &&
           self->link.name[size] == '.' && strcmp(self->link.name + size + 1, client) == 0;
}

void session_view_shown_name(
    const session_view_t *self, const char *tenant, const char *client, char out[DD_NAME_MAX + 1])
{
    /* For a public client, what stands before a dot could be a tenant. */
    bool bare = strcmp(tenant, self->link.tenant) == 0 && strcmp(tenant, DD_PUBLIC) != 0;
    snprintf(out, DD_NAME_MAX + 1, "%s%s%s", bare ? "" : tenant, bare ? "" : ".", client);
}
