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

#include "broker_news.h"
#include "last_words.h"
#include "libdd/base/escape.h"
#include "libdd/protocol/name.h"
#include "report_parser.h"

/* us from one note about lost publications to the next. */
#define LOSS_PAUSE 10000000

/* The order of which a broker tells afterwards what came of it. */
#define MOVE "move"

/* Publications that were lost since the last note about such. */
typedef struct {
    uint64_t noted_us; /* when that was; 0: there was none */
    uint64_t count;
    bool uncounted;             /* some more may be lost */
    char topic[NOTE_WORD_ROOM]; /* escaped; "" if none was lost */
    bool several;               /* topics */
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
    last_words_t *last_words; /* of these */
    broker_news_t news;
    round_t seen[VIEWS]; /* the last rounds by which rows have changed */
    messages_t *messages;
    status_log_t *status_log;
    own_subscriptions_t *own_subscriptions;
    trace_t trace;
    pending_list_t pending;
    losses_t losses;
    char missed[PENDING_ROOM]; /* destination of the last notification, if there is none such */
};

static void begin_news(session_view_t *self)
{
    self->news = (broker_news_t){.poller = self->poller,
        .events = self->events,
        .pending = &self->pending,
        .notes = self->status_log};
}

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
    else
        begin_news(self);
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

void session_view_note(session_view_t *self, note_kind_t kind, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    status_log_vadd(self->status_log, self->wall_ms, kind, format, arguments);
    va_end(arguments);
}

void session_view_say(session_view_t *self, note_kind_t kind, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    status_log_vsay(self->status_log, self->wall_ms, kind, format, arguments);
    va_end(arguments);
}

/* ---- What was sent -------------------------------------------------------------------------- */

void session_view_sent(session_view_t *self, uint32_t ref, const char *destination, bool receipt)
{
    char name[NOTE_WORD_ROOM];
    self->missed[0] = '\0';
    pending_add(
        &self->pending, receipt ? PENDING_RECEIPT : PENDING_NOTIFY, ref, destination, self->now_us);
    session_view_note(self, NOTE_PLAIN,
        receipt ? "notification sent to %s, waiting for its receipt" : "notification sent to %s",
        note_word(destination, name));
}

void session_view_traced(session_view_t *self, uint32_t ref, const char *destination)
{
    char name[NOTE_WORD_ROOM];
    trace_begin(&self->trace, ref, destination, self->now_us);
    pending_add(&self->pending, PENDING_TRACE, ref, destination, self->now_us);
    changed(self, PART_TRACE);
    session_view_note(
        self, NOTE_PLAIN, "tracing a notification to %s", note_word(destination, name));
}

void session_view_controlled(
    session_view_t *self, uint32_t ref, const char *what, const char *object)
{
    char text[NOTE_WORD_ROOM], escaped[NOTE_WORD_ROOM];
    snprintf(text, sizeof text, "%s %s", what, object);
    if (strcmp(what, MOVE) == 0)
        broker_news_moving(&self->news, object, self->wall_ms);
    pending_add(&self->pending, PENDING_CONTROL, ref, text, self->now_us);
    session_view_note(self, NOTE_PLAIN, "asked for: %s", note_word(text, escaped));
}

void session_view_subscribed(session_view_t *self, const char *topic, const char *scope)
{
    char name[NOTE_WORD_ROOM];
    const own_subscription_t *own = own_subscriptions_find(self->own_subscriptions, topic, scope);
    note_word(topic, name);
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
    char name[NOTE_WORD_ROOM];
    own_subscriptions_remove(self->own_subscriptions, topic, scope);
    session_view_note(
        self, NOTE_GOOD, "no longer subscribed to %s within %s", note_word(topic, name), scope);
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
    char name[NOTE_WORD_ROOM], broker[NOTE_WORD_ROOM];
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
    session_view_note(self, NOTE_GOOD, "registered as %s at %s %s", note_word(event->source, name),
        note_word(event->text, broker), event->scope);
}

static void unlink_from(session_view_t *self, link_state_t state, const dd_event_t *event)
{
    char why[NOTE_ROOM - 64]; /* beside what kind of error it is */
    self->link.state = state;
    self->link.rtt_us = 0;
    self->link.error = event->error;
    dd_escape_text(event->text, strlen(event->text), why, sizeof why);
    /* Of the network, and of a refusal, it is said in words what is wrong where. */
    bool says_all = event->error == DD_E_NETWORK || event->error == DD_E_REFUSED;
    bool in_words = says_all && why[0] != '\0';
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

/* Each notification ends with a note, also one of which nothing will be heard. */
static void give_up_pending(session_view_t *self)
{
    for (const pending_t *pending = self->pending.entries; pending; pending = pending->hh.next)
        session_view_note(self, NOTE_WARNING,
            "what became of %s isn't known: the console left that broker before it was told",
            pending->what);
    pending_clear(&self->pending);
    self->trace.ref = 0;
}

void session_view_go_elsewhere(session_view_t *self)
{
    give_up_pending(self);
    self->link.state = LINK_CONNECTING;
    self->link.rtt_us = 0;
    self->link.error = DD_OK;
    self->link.reason[0] = '\0';
    poller_restart(self->poller);
    own_subscriptions_restart(self->own_subscriptions);
    mark_rows(self);
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
    char topic[NOTE_WORD_ROOM];
    losses_t *losses = &self->losses;
    on_message(self, event);
    own_subscriptions_lose(
        self->own_subscriptions, event->topic, event->scope, session_view_now_ms(self));
    changed(self, PART_SUBSCRIPTIONS);
    note_word(event->topic, topic);
    losses->several |= losses->topic[0] != '\0' && strcmp(losses->topic, topic) != 0;
    losses->count += event->number;
    losses->uncounted |= event->number == 0;
    memcpy(losses->topic, topic, sizeof topic);
    tell_losses(self);
}

static void on_subscribed(session_view_t *self, const dd_event_t *event)
{
    char topic[NOTE_WORD_ROOM];
    if (own_subscriptions_agree(
            self->own_subscriptions, event->topic, event->scope, self->link.scope))
        session_view_note(self, NOTE_GOOD, "subscribed to %s within %s",
            note_word(event->topic, topic), event->scope);
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
    char about[NOTE_WORD_ROOM];
    pending_t *pending = pending_find(&self->pending, event->ref);
    if (event->topic[0] != '\0' && event->scope[0] == '\0') {
        session_view_note(self, NOTE_BAD, "not published on %s: %s", note_word(event->topic, about),
            dd_strerror(event->error));
    } else if (event->topic[0] != '\0') {
        own_subscriptions_remove(self->own_subscriptions, event->topic, event->scope);
        changed(self, PART_SUBSCRIPTIONS);
        session_view_note(self, NOTE_BAD, "not subscribed to %s within %s: %s",
            note_word(event->topic, about), event->scope, dd_strerror(event->error));
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
            self, NOTE_WARNING, "%s: %s", dd_strerror(event->error), note_word(event->text, about));
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
    else if (broker_news_awaits_move(&self->news))
        session_view_note(
            self, NOTE_PLAIN, "under way: %s; it says what comes of it", pending->what);
}

/* Brokers that were not meant answer a control with nothing. */
static void on_control_report(session_view_t *self, pending_t *pending, const dd_event_t *event)
{
    char failure[NOTE_WORD_ROOM] = "no broker of that id answered";
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

static sight_t sight_of(const session_view_t *self, view_t view)
{
    return (sight_t){.is_current = session_view_is_current(self, view),
        .finished_ms = poller_last(self->poller, view)->finished_ms,
        .age_ms = session_view_age(self, view)};
}

static void take_news(session_view_t *self)
{
    const news_moment_t moment = {.now_us = self->now_us,
        .wall_ms = self->wall_ms,
        .tenant = self->link.tenant,
        .tree = sight_of(self, VIEW_TREE)};
    if (broker_news_take(&self->news, &moment))
        changed(self, PART_TREE);
}

static void take_round(session_view_t *self)
{
    take_happenings(self);
    take_figures(self, VIEW_TREE);
    take_figures(self, VIEW_CLIENTS);
    take_figures(self, VIEW_TOPICS);
    take_news(self);
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
    return self->versions[part] + (part == PART_EVENTS ? status_log_version(self->status_log) : 0);
}

uint64_t session_view_revision(const session_view_t *self)
{
    uint64_t sum = 0;
    for (session_part_t part = 0; part < PARTS; part++)
        sum += session_view_version(self, part);
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

int64_t session_view_when(const session_view_t *self, view_t view, uint64_t ago_ms)
{
    uint64_t since_round = session_view_now_ms(self) - poller_last(self->poller, view)->finished_ms;
    bool is_possible = ago_ms < (uint64_t)self->wall_ms;
    return is_possible ? self->wall_ms - (int64_t)(since_round + ago_ms) : 0;
}

uint64_t session_view_silence(const session_view_t *self, const broker_t *broker)
{
    const sight_t tree = sight_of(self, VIEW_TREE);
    return standing_silence(broker->silent_ms, &tree);
}

standing_t session_view_standing(const session_view_t *self, const broker_t *broker)
{
    const sight_t tree = sight_of(self, VIEW_TREE);
    return standing_of(broker, &tree);
}

client_fate_t session_view_client_fate(const session_view_t *self, const client_t *client)
{
    bool is_current = session_view_is_current(self, VIEW_CLIENTS);
    return is_current || client->fate == CLIENT_LEFT ? client->fate : CLIENT_UNKNOWN;
}

uint64_t session_view_client_silence(const session_view_t *self, const client_t *client)
{
    const sight_t clients = sight_of(self, VIEW_CLIENTS);
    return standing_silence(client->silent_ms, &clients);
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
