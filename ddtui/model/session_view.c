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

#include "libdd/base/escape.h"
#include "libdd/protocol/name.h"
#include "report_parser.h"

/* What was sent and has no end yet. */
#define PENDING_MAX 64
/* us after which no receipt, and no report, is to be expected. */
#define PATIENCE 10000000

/* Bytes of a name or topic, escaped, in a note. */
#define SHOWN_ROOM 256

typedef enum { PENDING_NONE, PENDING_NOTIFY, PENDING_RECEIPT, PENDING_CONTROL } pending_kind_t;

/* Something that was sent and may still be answered. */
typedef struct {
    pending_kind_t kind;
    uint32_t ref;
    uint64_t at_us;
    char what[SHOWN_ROOM]; /* destination, or what the broker is to do; escaped */
} pending_t;

struct session_view {
    bool is_operator;
    bool frozen;
    uint64_t now_us;
    int64_t wall_ms;
    uint64_t frozen_ms; /* since when it is frozen, by session_view_now_ms() */
    uint64_t versions[PAGES];
    link_t link;
    poller_t *rounds;
    messages_t *messages;
    status_log_t *notes;
    own_subscriptions_t *owns;
    trace_t trace;
    pending_t pending[PENDING_MAX]; /* the next to be overwritten is the oldest */
    size_t next_pending;
    char missed[SHOWN_ROOM]; /* destination of the last notification, if there is none such */
};

session_view_t *session_view_new(bool is_operator)
{
    session_view_t *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    self->is_operator = is_operator;
    self->rounds = poller_new();
    self->messages = messages_new();
    self->notes = status_log_new();
    self->owns = calloc(1, sizeof *self->owns);
    if (!self->rounds || !self->messages || !self->notes || !self->owns)
        session_view_destroy(&self);
    return self;
}

void session_view_destroy(session_view_t **self_p)
{
    session_view_t *self = self_p ? *self_p : NULL;
    if (!self)
        return;
    poller_destroy(&self->rounds);
    messages_destroy(&self->messages);
    status_log_destroy(&self->notes);
    free(self->owns);
    free(self);
    *self_p = NULL;
}

/* ---- Words ---------------------------------------------------------------------------------- */

static void changed(session_view_t *self, page_t page)
{
    self->versions[page]++;
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
    status_log_vadd(self->notes, self->wall_ms, kind, format, arguments);
    va_end(arguments);
    changed(self, PAGE_EVENTS);
}

/* ---- What was sent -------------------------------------------------------------------------- */

static const pending_t *wait_for(
    session_view_t *self, pending_kind_t kind, uint32_t ref, const char *what)
{
    pending_t *pending = &self->pending[self->next_pending++ % PENDING_MAX];
    *pending = (pending_t){.kind = kind, .ref = ref, .at_us = self->now_us};
    shown(what, pending->what);
    return pending;
}

static pending_t *find_pending(session_view_t *self, uint32_t ref)
{
    for (size_t i = 0; i < PENDING_MAX && ref != 0; i++)
        if (self->pending[i].kind != PENDING_NONE && self->pending[i].ref == ref)
            return &self->pending[i];
    return NULL;
}

void session_view_sent(session_view_t *self, uint32_t ref, const char *destination, bool receipt)
{
    char name[SHOWN_ROOM];
    self->missed[0] = '\0';
    wait_for(self, receipt ? PENDING_RECEIPT : PENDING_NOTIFY, ref, destination);
    session_view_note(self, NOTE_PLAIN,
        receipt ? "notification sent to %s, waiting for its receipt" : "notification sent to %s",
        shown(destination, name));
}

void session_view_traced(session_view_t *self, uint32_t ref, const char *destination)
{
    char name[SHOWN_ROOM];
    trace_begin(&self->trace, ref, destination, self->now_us);
    changed(self, PAGE_TRACE);
    session_view_note(self, NOTE_PLAIN, "tracing a notification to %s", shown(destination, name));
}

void session_view_controlled(
    session_view_t *self, uint32_t ref, const char *what, const char *object)
{
    char text[SHOWN_ROOM];
    snprintf(text, sizeof text, "%s %s", what, object);
    session_view_note(
        self, NOTE_PLAIN, "asked for: %s", wait_for(self, PENDING_CONTROL, ref, text)->what);
}

void session_view_subscribed(session_view_t *self, const char *topic, const char *scope)
{
    char name[SHOWN_ROOM];
    own_subscriptions_ask(self->owns, topic, scope);
    session_view_note(self, NOTE_PLAIN, "asked to subscribe to %s", shown(topic, name));
    changed(self, PAGE_SUBSCRIPTIONS);
}

void session_view_unsubscribed(session_view_t *self, const char *topic, const char *scope)
{
    char name[SHOWN_ROOM];
    own_subscriptions_remove(self->owns, topic, scope);
    session_view_note(
        self, NOTE_GOOD, "no longer subscribed to %s within %s", shown(topic, name), scope);
    changed(self, PAGE_SUBSCRIPTIONS);
}

static void expire(session_view_t *self)
{
    for (size_t i = 0; i < PENDING_MAX; i++) {
        pending_t *pending = &self->pending[i];
        if (pending->kind == PENDING_NONE || self->now_us < pending->at_us + PATIENCE)
            continue;
        if (pending->kind == PENDING_RECEIPT)
            session_view_note(self, NOTE_WARNING, "no receipt from %s after %d s", pending->what,
                PATIENCE / 1000000);
        else if (pending->kind == PENDING_CONTROL)
            session_view_note(
                self, NOTE_WARNING, "no answer after %d s: %s", PATIENCE / 1000000, pending->what);
        pending->kind = PENDING_NONE;
    }
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
    link->tenant[0] = '\0';
    if (!self->is_operator)
        snprintf(link->tenant, sizeof link->tenant, "%.*s", (int)strcspn(event->source, "."),
            event->source);
    poller_restart(self->rounds);
    own_subscriptions_restart(self->owns);
    session_view_note(self, NOTE_GOOD, "registered as %s at %s %s", shown(event->source, name),
        shown(event->text, broker), event->scope);
}

static void unlink_from(session_view_t *self, link_state_t state, const dd_event_t *event)
{
    char why[SHOWN_ROOM];
    self->link.state = state;
    self->link.rtt_us = 0;
    self->link.error = event->error;
    shown(event->text, why);
    snprintf(self->link.reason, sizeof self->link.reason, "%s%s%s", dd_strerror(event->error),
        why[0] != '\0' ? ": " : "", why);
    poller_restart(self->rounds);
    own_subscriptions_restart(self->owns);
    changed(self, PAGE_SUBSCRIPTIONS);
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
        own_subscriptions_count(self->owns, event->topic, event->scope);
    messages_add(self->messages, event, self->wall_ms);
    changed(self, PAGE_MESSAGES);
}

static void on_gap(session_view_t *self, const dd_event_t *event)
{
    char topic[SHOWN_ROOM];
    on_message(self, event);
    session_view_note(self, NOTE_WARNING, "lost %" PRIu64 " publications on %s: they came too fast",
        event->number, shown(event->topic, topic));
}

static void on_subscribed(session_view_t *self, const dd_event_t *event)
{
    char topic[SHOWN_ROOM];
    if (own_subscriptions_agree(self->owns, event->topic, event->scope, self->link.scope))
        session_view_note(self, NOTE_GOOD, "subscribed to %s within %s", shown(event->topic, topic),
            event->scope);
    changed(self, PAGE_SUBSCRIPTIONS);
}

/* ---- Answers -------------------------------------------------------------------------------- */

static void on_receipt(session_view_t *self, const dd_event_t *event)
{
    pending_t *pending = find_pending(self, event->ref);
    if (trace_event(&self->trace, event)) {
        changed(self, PAGE_TRACE);
        session_view_note(self, NOTE_GOOD, "the trace has arrived, after %.1f ms",
            (double)self->trace.ended_us / 1000);
    } else if (pending) {
        session_view_note(self, NOTE_GOOD, "delivered to %s, after %.1f ms", pending->what,
            (double)(event->time_us - pending->at_us) / 1000);
        pending->kind = PENDING_NONE;
    }
}

/* What a person can do about a notification that did not arrive. */
static const char *advice(dd_error_t error)
{
    return error == DD_E_NO_DESTINATION ? "; t traces the way" : "";
}

static void on_refused(session_view_t *self, pending_t *pending, const dd_event_t *event)
{
    session_view_note(self, NOTE_BAD, "%s%s: %s%s",
        pending->kind == PENDING_CONTROL ? "failed: " : "not delivered to ", pending->what,
        dd_strerror(event->error), advice(event->error));
    if (event->error == DD_E_NO_DESTINATION)
        memcpy(self->missed, pending->what, sizeof self->missed);
    pending->kind = PENDING_NONE;
}

static void on_error(session_view_t *self, const dd_event_t *event)
{
    char about[SHOWN_ROOM];
    pending_t *pending = find_pending(self, event->ref);
    if (event->topic[0] != '\0') {
        own_subscriptions_remove(self->owns, event->topic, event->scope);
        changed(self, PAGE_SUBSCRIPTIONS);
        session_view_note(self, NOTE_BAD, "not subscribed to %s within %s: %s",
            shown(event->topic, about), event->scope, dd_strerror(event->error));
    } else if (pending) {
        on_refused(self, pending, event);
    } else if (trace_event(&self->trace, event)) {
        changed(self, PAGE_TRACE);
        session_view_note(
            self, NOTE_BAD, "the trace did not arrive: %s", dd_strerror(event->error));
    } else if (!poller_failed(self->rounds, event->ref, session_view_now_ms(self)) &&
               event->ref == 0) {
        session_view_note(
            self, NOTE_WARNING, "%s: %s", dd_strerror(event->error), shown(event->text, about));
    }
}

static void on_hop(session_view_t *self, const dd_event_t *event)
{
    if (trace_event(&self->trace, event))
        changed(self, PAGE_TRACE);
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
        session_view_note(self, NOTE_GOOD, "done: %s", pending->what);
    else
        session_view_note(self, NOTE_BAD, "failed: %s: %s", pending->what, failure);
    pending->kind = PENDING_NONE;
}

static void mark_rounds(session_view_t *self)
{
    changed(self, PAGE_TREE);
    changed(self, PAGE_CLIENTS);
    changed(self, PAGE_SUBSCRIPTIONS);
    changed(self, PAGE_EVENTS);
}

static void on_report(session_view_t *self, const dd_event_t *event)
{
    pending_t *pending = find_pending(self, event->ref);
    if (pending)
        on_control_report(self, pending, event);
    else if (poller_report(self->rounds, event, session_view_now_ms(self)))
        mark_rounds(self);
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
        changed(self, PAGE_MESSAGES);
    if (poller_tick(self->rounds, session_view_now_ms(self)))
        mark_rounds(self);
    if (trace_tick(&self->trace, now_us))
        changed(self, PAGE_TRACE);
    expire(self);
}

void session_view_set_rtt(session_view_t *self, uint64_t rtt_us)
{
    self->link.rtt_us = self->link.state == LINK_REGISTERED ? rtt_us : 0;
}

void session_view_freeze(session_view_t *self, bool frozen)
{
    self->frozen = frozen;
    self->frozen_ms = session_view_now_ms(self);
    messages_freeze(self->messages, frozen);
    poller_freeze(self->rounds, frozen);
    changed(self, PAGE_MESSAGES);
}

void session_view_clear(session_view_t *self, page_t page)
{
    if (page == PAGE_MESSAGES)
        messages_clear(self->messages);
    else if (page == PAGE_EVENTS)
        status_log_clear(self->notes);
    changed(self, page);
}

/* ---- What comes out ------------------------------------------------------------------------- */

uint64_t session_view_version(const session_view_t *self, page_t page)
{
    return self->versions[page];
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

poller_t *session_view_rounds(const session_view_t *self)
{
    return self->rounds;
}

uint64_t session_view_silence(const session_view_t *self, const broker_t *broker)
{
    const round_t *last = poller_last(self->rounds, VIEW_TREE);
    uint64_t now_ms = self->frozen ? self->frozen_ms : session_view_now_ms(self);
    return broker->silent_ms + (now_ms > last->finished_ms ? now_ms - last->finished_ms : 0);
}

const messages_t *session_view_messages(const session_view_t *self)
{
    return self->messages;
}

status_log_t *session_view_notes(const session_view_t *self)
{
    return self->notes;
}

const own_subscriptions_t *session_view_owns(const session_view_t *self)
{
    return self->owns;
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
