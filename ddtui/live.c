/*
 * live - the console's picture of the tree, kept up to date by what the client library tells
 */
#include "live.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed.h"
#include "libdd/protocol/name.h"
#include "text.h"

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

struct live {
    bool is_operator;
    bool frozen;
    uint64_t now_us;
    int64_t wall_ms;
    uint64_t frozen_ms; /* since when it is frozen, by live_now_ms() */
    uint64_t versions[PAGES];
    link_t link;
    rounds_t *rounds;
    messages_t *messages;
    notes_t *notes;
    owns_t *owns;
    trace_t trace;
    pending_t pending[PENDING_MAX]; /* the next to be overwritten is the oldest */
    size_t next_pending;
    char missed[SHOWN_ROOM]; /* destination of the last notification, if there is none such */
};

live_t *live_new(bool is_operator)
{
    live_t *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    self->is_operator = is_operator;
    self->rounds = rounds_new();
    self->messages = messages_new();
    self->notes = notes_new();
    self->owns = calloc(1, sizeof *self->owns);
    if (!self->rounds || !self->messages || !self->notes || !self->owns)
        live_destroy(&self);
    return self;
}

void live_destroy(live_t **self_p)
{
    live_t *self = self_p ? *self_p : NULL;
    if (!self)
        return;
    rounds_destroy(&self->rounds);
    messages_destroy(&self->messages);
    notes_destroy(&self->notes);
    free(self->owns);
    free(self);
    *self_p = NULL;
}

/* ---- Words ---------------------------------------------------------------------------------- */

static void changed(live_t *self, page_t page)
{
    self->versions[page]++;
}

/* Text from outside, fit for a note. */
static const char *shown(const char *text, char room[SHOWN_ROOM])
{
    text_escape(text, strlen(text), room, SHOWN_ROOM);
    return room;
}

void live_note(live_t *self, note_kind_t kind, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    notes_vadd(self->notes, self->wall_ms, kind, format, arguments);
    va_end(arguments);
    changed(self, PAGE_EVENTS);
}

/* ---- What was sent -------------------------------------------------------------------------- */

static const pending_t *wait_for(live_t *self, pending_kind_t kind, uint32_t ref, const char *what)
{
    pending_t *pending = &self->pending[self->next_pending++ % PENDING_MAX];
    *pending = (pending_t){.kind = kind, .ref = ref, .at_us = self->now_us};
    shown(what, pending->what);
    return pending;
}

static pending_t *find_pending(live_t *self, uint32_t ref)
{
    for (size_t i = 0; i < PENDING_MAX && ref != 0; i++)
        if (self->pending[i].kind != PENDING_NONE && self->pending[i].ref == ref)
            return &self->pending[i];
    return NULL;
}

void live_sent(live_t *self, uint32_t ref, const char *destination, bool receipt)
{
    char name[SHOWN_ROOM];
    self->missed[0] = '\0';
    wait_for(self, receipt ? PENDING_RECEIPT : PENDING_NOTIFY, ref, destination);
    live_note(self, NOTE_PLAIN,
        receipt ? "notification sent to %s, waiting for its receipt" : "notification sent to %s",
        shown(destination, name));
}

void live_traced(live_t *self, uint32_t ref, const char *destination)
{
    char name[SHOWN_ROOM];
    trace_begin(&self->trace, ref, destination, self->now_us);
    changed(self, PAGE_TRACE);
    live_note(self, NOTE_PLAIN, "tracing a notification to %s", shown(destination, name));
}

void live_controlled(live_t *self, uint32_t ref, const char *what, const char *object)
{
    char text[SHOWN_ROOM];
    snprintf(text, sizeof text, "%s %s", what, object);
    live_note(self, NOTE_PLAIN, "asked for: %s", wait_for(self, PENDING_CONTROL, ref, text)->what);
}

void live_subscribed(live_t *self, const char *topic, const char *scope)
{
    char name[SHOWN_ROOM];
    own_ask(self->owns, topic, scope);
    live_note(self, NOTE_PLAIN, "asked to subscribe to %s", shown(topic, name));
    changed(self, PAGE_SUBSCRIPTIONS);
}

void live_unsubscribed(live_t *self, const char *topic, const char *scope)
{
    char name[SHOWN_ROOM];
    own_remove(self->owns, topic, scope);
    live_note(self, NOTE_GOOD, "no longer subscribed to %s within %s", shown(topic, name), scope);
    changed(self, PAGE_SUBSCRIPTIONS);
}

static void expire(live_t *self)
{
    for (size_t i = 0; i < PENDING_MAX; i++) {
        pending_t *pending = &self->pending[i];
        if (pending->kind == PENDING_NONE || self->now_us < pending->at_us + PATIENCE)
            continue;
        if (pending->kind == PENDING_RECEIPT)
            live_note(self, NOTE_WARNING, "no receipt from %s after %d s", pending->what,
                PATIENCE / 1000000);
        else if (pending->kind == PENDING_CONTROL)
            live_note(
                self, NOTE_WARNING, "no answer after %d s: %s", PATIENCE / 1000000, pending->what);
        pending->kind = PENDING_NONE;
    }
}

/* ---- The connection ------------------------------------------------------------------------- */

static void on_registered(live_t *self, const dd_event_t *event)
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
    rounds_restart(self->rounds);
    own_restart(self->owns);
    live_note(self, NOTE_GOOD, "registered as %s at %s %s", shown(event->source, name),
        shown(event->text, broker), event->scope);
}

static void unlink_from(live_t *self, link_state_t state, const dd_event_t *event)
{
    char why[SHOWN_ROOM];
    self->link.state = state;
    self->link.rtt_us = 0;
    self->link.error = event->error;
    shown(event->text, why);
    snprintf(self->link.reason, sizeof self->link.reason, "%s%s%s", dd_strerror(event->error),
        why[0] != '\0' ? ": " : "", why);
    rounds_restart(self->rounds);
    own_restart(self->owns);
    changed(self, PAGE_SUBSCRIPTIONS);
}

static void on_disconnected(live_t *self, const dd_event_t *event)
{
    bool was_registered = self->link.state == LINK_REGISTERED;
    unlink_from(self, LINK_CONNECTING, event);
    live_note(self, was_registered ? NOTE_BAD : NOTE_WARNING, "%s, trying again: %s",
        was_registered ? "connection lost" : "no connection", self->link.reason);
}

static void on_closed(live_t *self, const dd_event_t *event)
{
    unlink_from(self, LINK_CLOSED, event);
    live_note(
        self, NOTE_BAD, "the connection has ended and won't come back: %s", self->link.reason);
}

/* ---- Messages and subscriptions ------------------------------------------------------------- */

static void on_message(live_t *self, const dd_event_t *event)
{
    if (event->type == DD_EVENT_PUBLICATION)
        own_count(self->owns, event->topic, event->scope);
    messages_add(self->messages, event, self->wall_ms);
    changed(self, PAGE_MESSAGES);
}

static void on_gap(live_t *self, const dd_event_t *event)
{
    char topic[SHOWN_ROOM];
    on_message(self, event);
    live_note(self, NOTE_WARNING, "lost %" PRIu64 " publications on %s: they came too fast",
        event->number, shown(event->topic, topic));
}

static void on_subscribed(live_t *self, const dd_event_t *event)
{
    char topic[SHOWN_ROOM];
    if (own_agree(self->owns, event->topic, event->scope, self->link.scope))
        live_note(self, NOTE_GOOD, "subscribed to %s within %s", shown(event->topic, topic),
            event->scope);
    changed(self, PAGE_SUBSCRIPTIONS);
}

/* ---- Answers -------------------------------------------------------------------------------- */

static void on_receipt(live_t *self, const dd_event_t *event)
{
    pending_t *pending = find_pending(self, event->ref);
    if (trace_event(&self->trace, event)) {
        changed(self, PAGE_TRACE);
        live_note(self, NOTE_GOOD, "the trace has arrived, after %.1f ms",
            (double)self->trace.ended_us / 1000);
    } else if (pending) {
        live_note(self, NOTE_GOOD, "delivered to %s, after %.1f ms", pending->what,
            (double)(event->time_us - pending->at_us) / 1000);
        pending->kind = PENDING_NONE;
    }
}

/* What a person can do about a notification that did not arrive. */
static const char *advice(dd_error_t error)
{
    return error == DD_E_NO_DESTINATION ? "; t traces the way" : "";
}

static void on_refused(live_t *self, pending_t *pending, const dd_event_t *event)
{
    live_note(self, NOTE_BAD, "%s%s: %s%s",
        pending->kind == PENDING_CONTROL ? "failed: " : "not delivered to ", pending->what,
        dd_strerror(event->error), advice(event->error));
    if (event->error == DD_E_NO_DESTINATION)
        memcpy(self->missed, pending->what, sizeof self->missed);
    pending->kind = PENDING_NONE;
}

static void on_error(live_t *self, const dd_event_t *event)
{
    char about[SHOWN_ROOM];
    pending_t *pending = find_pending(self, event->ref);
    if (event->topic[0] != '\0') {
        own_remove(self->owns, event->topic, event->scope);
        changed(self, PAGE_SUBSCRIPTIONS);
        live_note(self, NOTE_BAD, "not subscribed to %s within %s: %s", shown(event->topic, about),
            event->scope, dd_strerror(event->error));
    } else if (pending) {
        on_refused(self, pending, event);
    } else if (trace_event(&self->trace, event)) {
        changed(self, PAGE_TRACE);
        live_note(self, NOTE_BAD, "the trace did not arrive: %s", dd_strerror(event->error));
    } else if (!rounds_failed(self->rounds, event->ref, live_now_ms(self)) && event->ref == 0) {
        live_note(
            self, NOTE_WARNING, "%s: %s", dd_strerror(event->error), shown(event->text, about));
    }
}

static void on_hop(live_t *self, const dd_event_t *event)
{
    if (trace_event(&self->trace, event))
        changed(self, PAGE_TRACE);
}

/* Brokers that were not meant answer a control with nothing. */
static void on_control_report(live_t *self, pending_t *pending, const dd_event_t *event)
{
    char failure[SHOWN_ROOM] = "no broker of that id answered";
    bool heard = event->text[0] != '\0', done = false;
    if (heard)
        done = feed_control(event->text, failure, sizeof failure);
    if (!heard && event->number > 0)
        return;
    if (done)
        live_note(self, NOTE_GOOD, "done: %s", pending->what);
    else
        live_note(self, NOTE_BAD, "failed: %s: %s", pending->what, failure);
    pending->kind = PENDING_NONE;
}

static void mark_rounds(live_t *self)
{
    changed(self, PAGE_TREE);
    changed(self, PAGE_CLIENTS);
    changed(self, PAGE_SUBSCRIPTIONS);
    changed(self, PAGE_EVENTS);
}

static void on_report(live_t *self, const dd_event_t *event)
{
    pending_t *pending = find_pending(self, event->ref);
    if (pending)
        on_control_report(self, pending, event);
    else if (rounds_report(self->rounds, event, live_now_ms(self)))
        mark_rounds(self);
}

static void (*const HANDLERS[])(live_t *self, const dd_event_t *event) = {
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

void live_event(live_t *self, const dd_event_t *event)
{
    size_t type = (size_t)event->type;
    if (type < sizeof HANDLERS / sizeof HANDLERS[0] && HANDLERS[type])
        HANDLERS[type](self, event);
}

void live_tick(live_t *self, uint64_t now_us, int64_t wall_ms)
{
    self->now_us = now_us;
    self->wall_ms = wall_ms;
    if (messages_tick(self->messages, wall_ms))
        changed(self, PAGE_MESSAGES);
    if (rounds_tick(self->rounds, live_now_ms(self)))
        mark_rounds(self);
    if (trace_tick(&self->trace, now_us))
        changed(self, PAGE_TRACE);
    expire(self);
}

void live_set_rtt(live_t *self, uint64_t rtt_us)
{
    self->link.rtt_us = self->link.state == LINK_REGISTERED ? rtt_us : 0;
}

void live_freeze(live_t *self, bool frozen)
{
    self->frozen = frozen;
    self->frozen_ms = live_now_ms(self);
    messages_freeze(self->messages, frozen);
    rounds_freeze(self->rounds, frozen);
    changed(self, PAGE_MESSAGES);
}

void live_clear(live_t *self, page_t page)
{
    if (page == PAGE_MESSAGES)
        messages_clear(self->messages);
    else if (page == PAGE_EVENTS)
        notes_clear(self->notes);
    changed(self, page);
}

/* ---- What comes out ------------------------------------------------------------------------- */

uint64_t live_version(const live_t *self, page_t page)
{
    return self->versions[page];
}

uint64_t live_now_ms(const live_t *self)
{
    return self->now_us / 1000;
}

int64_t live_wall_ms(const live_t *self)
{
    return self->wall_ms;
}

bool live_is_frozen(const live_t *self)
{
    return self->frozen;
}

bool live_is_operator(const live_t *self)
{
    return self->is_operator;
}

const link_t *live_link(const live_t *self)
{
    return &self->link;
}

rounds_t *live_rounds(const live_t *self)
{
    return self->rounds;
}

uint64_t live_silence(const live_t *self, const broker_t *broker)
{
    const round_t *last = rounds_last(self->rounds, VIEW_TREE);
    uint64_t now_ms = self->frozen ? self->frozen_ms : live_now_ms(self);
    return broker->silent_ms + (now_ms > last->finished_ms ? now_ms - last->finished_ms : 0);
}

const messages_t *live_messages(const live_t *self)
{
    return self->messages;
}

notes_t *live_notes(const live_t *self)
{
    return self->notes;
}

const owns_t *live_owns(const live_t *self)
{
    return self->owns;
}

const char *live_missed(const live_t *self)
{
    return self->missed[0] != '\0' ? self->missed : NULL;
}

const trace_t *live_trace(const live_t *self)
{
    return &self->trace;
}

bool live_is_own(const live_t *self, const char *tenant, const char *client)
{
    size_t size = strlen(tenant);
    return self->link.state == LINK_REGISTERED && strncmp(self->link.name, tenant, size) == 0 &&
           self->link.name[size] == '.' && strcmp(self->link.name + size + 1, client) == 0;
}

void live_shown_name(
    const live_t *self, const char *tenant, const char *client, char out[DD_NAME_MAX + 1])
{
    /* For a public client, what stands before a dot could be a tenant. */
    bool bare = strcmp(tenant, self->link.tenant) == 0 && strcmp(tenant, DD_PUBLIC) != 0;
    snprintf(out, DD_NAME_MAX + 1, "%s%s%s", bare ? "" : tenant, bare ? "" : ".", client);
}
