/*
 * script_events - what comes back to a script
 */
#include <inttypes.h>
#include <string.h>

#include "feed.h"
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
    snprintf(self->self, sizeof self->self, "%s", own_destination(event->source));
    if (self->phase != CONNECTING)
        return;
    self->phase = SUBSCRIBING;
    self->unconfirmed = self->options->subscription_count;
}

static void on_disconnected(script_t *self, const dd_event_t *event)
{
    const char *why = script_shown(event->text, self->reason);
    if (event->error == DD_E_REFUSED && !self->was_registered)
        script_fail(self, STATUS_REFUSED, "%s", why);
    else if (self->phase == ACTING)
        script_fail(
            self, STATUS_FAILED, "the connection was lost before the broker answered: %s", why);
    else
        script_note(self, "%s: %s; trying again\n",
            self->was_registered ? "connection lost" : "waiting", why);
    if (self->phase == SUBSCRIBING)
        self->phase = CONNECTING;
}

static void on_closed(script_t *self, const dd_event_t *event)
{
    char why[SHOWN_ROOM];
    const char *text = event->text[0] != '\0' ? event->text : self->options->name;
    script_fail(self, script_status_of(event->error), "%s: %s", dd_strerror(event->error),
        script_shown(text, why));
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

static void on_receipt(script_t *self, const dd_event_t *event)
{
    char source[SHOWN_ROOM];
    if (event->ref != self->notify_ref)
        return;
    self->notify_ref = 0;
    if (self->options->wait)
        script_note(self, "delivered\t%s\n", script_shown(event->source, source));
}

static void on_error(script_t *self, const dd_event_t *event)
{
    char about[SHOWN_ROOM];
    const char *what = event->topic[0] != '\0' ? event->topic : event->text;
    script_shown(what, about);
    if (event->error == DD_E_DECRYPT) {
        script_note(self, "%s: %s\n", dd_strerror(event->error), about);
    } else if (event->ref != 0 && event->ref == self->echo_ref &&
               event->error != DD_E_NOT_CONNECTED) {
        self->echo_ref = 0; /* the broker's word, in its turn: that is all it is for */
    } else {
        script_fail(
            self, script_status_of(event->error), "%s: %s", dd_strerror(event->error), about);
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
    if (event->ref != self->inspect_ref)
        return;
    dd_error_t error = feed_report(self->model, self->options->view, event->text);
    if (error == DD_E_MALFORMED)
        self->unreadable++;
    else if (error != DD_OK)
        script_fail(
            self, STATUS_FAILED, "can't keep all that the brokers report: %s", dd_strerror(error));
    self->silent = event->number;
    if (self->silent == 0)
        script_end_view(self, STATUS_DONE);
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
};

void script_take_events(script_t *self)
{
    for (size_t i = 0; i < EVENTS_AT_ONCE && !self->ended; i++) {
        dd_event_t *event = dd_client_receive(self->client, 0);
        if (!event)
            return;
        size_t type = (size_t)event->type;
        if (type < sizeof HANDLERS / sizeof HANDLERS[0] && HANDLERS[type])
            HANDLERS[type](self, event);
        dd_event_destroy(&event);
        if (!self->ended)
            script_advance(self);
    }
}
