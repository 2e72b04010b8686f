/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * script_events - what comes back to a script
 */
#include <inttypes.h>
#include <string.h>

#include "script_state.h"

/* Events that are taken before signals and the time are looked at again. */
#define EVENTS_AT_ONCE 256

/* ---- The connection ----------------------------------------------------------------------- */

/* A client's own name as a destination: without the tenant. */
static const char *own_destination(const char *full)
{
    const char *dot = strchr(full, '.');
    return dot ? dot + 1 : full;
}

static void on_registered(script_t *self, const dd_event_t *event)
{
    char name[SHOWN_ROOM], broker[SHOWN_ROOM], scope[SHOWN_ROOM];
    script_note(self, "registered as %s at %s %s\n", script_shown(event->source, name),
        script_shown(event->text, broker), script_shown(event->scope, scope));
    self->was_registered = true;
    self->payload_max = event->number;
    snprintf(self->own_name, sizeof self->own_name, "%s", own_destination(event->source));
    if (self->phase != CONNECTING)
        return;
    script_enter(self, SUBSCRIBING);
    self->unconfirmed = self->options->subscription_count;
}

/* Whether what is under way can't be done anew by itself. A look can. */
static bool is_in_the_act(const script_t *self)
{
    return self->phase == ACTING && !script_watches(self) && !self->options->check;
}

static void on_disconnected(script_t *self, const dd_event_t *event)
{
    const char *why = script_shown(event->text, self->reason);
    if (self->phase == FAILING) {
        script_fail_without_reason(self);
    } else if (event->error == DD_E_REFUSED && !self->was_registered) {
        script_fail(self, STATUS_REFUSED, "%s", why);
    } else if (self->trace.state == TRACE_RUNNING) {
        trace_stop(&self->trace, DD_E_NOT_CONNECTED, event->time_us);
        script_end_trace(self);
    } else if (is_in_the_act(self)) {
        script_fail(
            self, STATUS_FAILED, "the connection was lost before the broker answered: %s", why);
    } else {
        script_note(self, "%s: %s; trying again\n",
            self->was_registered ? "connection lost" : "waiting", why);
    }
    self->inspect_ref = 0;
    if (self->phase != LISTENING)
        script_enter(self, CONNECTING);
}

static void on_closed(script_t *self, const dd_event_t *event)
{
    char why[SHOWN_ROOM];
    const char *text = event->text[0] != '\0' ? event->text : self->options->name;
    /* A refusal is told in words: not every one is that of a key. */
    bool in_words = event->error == DD_E_REFUSED && event->text[0] != '\0';
    script_fail(self, exit_status_of(event->error), "%s%s%s",
        in_words ? "" : dd_strerror(event->error), in_words ? "" : ": ", script_shown(text, why));
}

static void on_subscribed(script_t *self, const dd_event_t *event)
{
    char topic[SHOWN_ROOM], path[SHOWN_ROOM];
    script_note(self, "subscribed\t%s\t%s\n", script_shown(event->topic, topic),
        script_shown(event->scope, path));
    if (self->unconfirmed > 0)
        self->unconfirmed--;
}

/* ---- Answers and messages ----------------------------------------------------------------- */

static void on_hop(script_t *self, const dd_event_t *event)
{
    trace_event(&self->trace, event);
}

/* Takes a receipt or an error if it is about the trace, which is then over. */
static bool ends_trace(script_t *self, const dd_event_t *event)
{
    if (!trace_event(&self->trace, event))
        return false;
    if (script_is_end(self->trace.error))
        script_fail_with_reason(self, exit_status_of(self->trace.error), "%s", "");
    else
        script_end_trace(self);
    return true;
}

static void on_receipt(script_t *self, const dd_event_t *event)
{
    char source[SHOWN_ROOM];
    if (ends_trace(self, event) || event->ref != self->notify_ref)
        return;
    self->notify_ref = 0;
    if (self->options->wait)
        script_note(self, "delivered\t%s\n", script_shown(event->source, source));
}

static void on_delivered(script_t *self, const dd_event_t *event)
{
    if (event->ref == self->notify_ref)
        self->notify_ref = 0;
}

/* What became of a question that isn't waited for any more, or that will be asked again. */
static bool is_stale(const script_t *self, const dd_event_t *event)
{
    if (event->ref != 0 && event->ref == self->inspect_ref)
        return event->error == DD_E_NOT_CONNECTED && !is_in_the_act(self);
    return event->ref != 0 && script_watches(self);
}

static void on_error(script_t *self, const dd_event_t *event)
{
    char about[SHOWN_ROOM];
    const char *what = event->topic[0] != '\0' ? event->topic : event->text;
    script_shown(what, about);
    if (ends_trace(self, event) || is_stale(self, event))
        return;
    if (event->error == DD_E_DECRYPT) {
        script_note(self, "%s: %s\n", dd_strerror(event->error), about);
    } else if (script_is_end(event->error)) {
        script_fail_with_reason(
            self, exit_status_of(event->error), "%s: %s", dd_strerror(event->error), about);
    } else if (event->ref != 0 && event->ref == self->echo_ref) {
        self->echo_ref = 0; /* the broker's word, in its turn: that is all it is for */
    } else {
        script_fail(self, exit_status_of(event->error), "%s: %s", dd_strerror(event->error), about);
    }
}

static bool is_echo(const script_t *self, const dd_event_t *event)
{
    return self->echo_ref != 0 && event->type == DD_EVENT_NOTIFICATION &&
           event->size == ECHO_SIZE && memcmp(event->data, self->echo, ECHO_SIZE) == 0;
}

static void on_message(script_t *self, const dd_event_t *event)
{
    if (is_echo(self, event)) {
        self->echo_ref = 0;
        return;
    }
    script_print(self, event);
}

static void on_report(script_t *self, const dd_event_t *event)
{
    if (event->ref == self->inspect_ref)
        script_take_report(self, event);
    else if (event->ref == self->order_ref)
        script_take_control_report(self, event);
}

typedef void(handler_t)(script_t *self, const dd_event_t *event);

static handler_t *const HANDLERS[] = {
    [DD_EVENT_REGISTERED] = on_registered,
    [DD_EVENT_DISCONNECTED] = on_disconnected,
    [DD_EVENT_CLOSED] = on_closed,
    [DD_EVENT_NOTIFICATION] = on_message,
    [DD_EVENT_PUBLICATION] = on_message,
    [DD_EVENT_GAP] = on_message,
    [DD_EVENT_SUBSCRIBED] = on_subscribed,
    [DD_EVENT_RECEIPT] = on_receipt,
    [DD_EVENT_ERROR] = on_error,
    [DD_EVENT_REPORT] = on_report,
    [DD_EVENT_HOP] = on_hop,
    [DD_EVENT_DELIVERED] = on_delivered,
};

void script_take_events(script_t *self)
{
    for (size_t i = 0; i < EVENTS_AT_ONCE && self->phase != ENDED; i++) {
        dd_event_t *event = dd_client_receive(self->client, 0);
        if (!event)
            return;
        size_t type = (size_t)event->type;
        if (!script_take_name(self, event) && type < sizeof HANDLERS / sizeof HANDLERS[0] &&
            HANDLERS[type])
            HANDLERS[type](self, event);
        dd_event_destroy(&event);
        if (self->phase != ENDED)
            script_advance(self);
    }
}
