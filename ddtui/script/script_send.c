/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * script_send - what a script sends, and the messages it prints
 */
#include <sodium.h>
#include <stdio.h>

#include "libdd/base/clock.h"
#include "script_state.h"

/* ---- Acts --------------------------------------------------------------------------------- */

static void send_notification(script_t *self)
{
    const char *destination = self->options->notify;
    unsigned flags = self->options->wait ? DD_WANT_RECEIPT : DD_WANT_OUTCOME;
    dd_error_t error = dd_client_notify(
        self->client, destination, self->input.data, self->input.size, flags, &self->notify_ref);
    if (error != DD_OK)
        script_call_failed(self, error, "notify", destination);
}

/* A publication has no answer. But a broker takes what a client sends in order: once a notification
   of the client to itself is back, the publication before it has been taken too. */
static void send_publication(script_t *self)
{
    const char *topic = self->options->publish;
    randombytes_buf(self->echo, ECHO_SIZE);
    dd_error_t error = dd_client_publish(self->client, topic, self->input.data, self->input.size);
    if (error == DD_OK)
        error = dd_client_notify(
            self->client, self->own_name, self->echo, ECHO_SIZE, 0, &self->echo_ref);
    if (error != DD_OK)
        script_call_failed(self, error, "publish on", topic);
}

static void send_trace(script_t *self)
{
    const char *destination = self->options->trace;
    uint64_t now_us = dd_clock_us();
    uint32_t ref;
    dd_error_t error = dd_client_trace(self->client, destination, &ref);
    if (error == DD_OK)
        trace_begin(&self->trace, ref, destination, now_us);
    else
        script_call_failed(self, error, "trace", destination);
}

static void act(script_t *self)
{
    script_enter(self, ACTING);
    if (self->options->publish)
        send_publication(self);
    if (self->options->notify && self->phase == ACTING)
        send_notification(self);
    if (self->options->trace)
        send_trace(self);
    if (options_question(self->options) != VIEW_NONE)
        script_ask(self);
}

/* Registered again in the midst of a watch, it waits for its time. */
static void begin(script_t *self)
{
    if (self->rounds > 0 && script_now_ms() < self->round_ms)
        script_enter(self, RESTING);
    else if (script_name_matters(self))
        script_ask_for_name(self);
    else
        act(self);
}

static bool is_answered(const script_t *self)
{
    return self->notify_ref == 0 && self->echo_ref == 0 && self->inspect_ref == 0 &&
           self->order_ref == 0 && self->trace.state != TRACE_RUNNING;
}

void script_advance(script_t *self)
{
    if (self->phase == SUBSCRIBING && self->unconfirmed == 0)
        begin(self);
    if (self->phase == CONFIRMING && self->name == NAME_OURS)
        act(self);
    if (self->phase == ACTING && is_answered(self))
        script_enter(self, LISTENING);
    if (self->phase == LISTENING && (!options_listens(self->options) || script_is_enough(self)))
        script_end(self, STATUS_DONE);
}

/* ---- Output ------------------------------------------------------------------------------- */

void script_end_trace(script_t *self)
{
    output_t output;
    FILE *out = script_open(&output);
    script_close(
        self, &output, out && output_trace(out, &self->trace, self->style, script_width()));
    script_end(self, exit_status_of(self->trace.error));
}

void script_fail_without_reason(script_t *self)
{
    if (self->failure[0] != '\0')
        script_fail(self, self->status, "%s", self->failure);
    else
        script_end_trace(self);
}

void script_print(script_t *self, const dd_event_t *event)
{
    bool wanted = event->type != DD_EVENT_NOTIFICATION || self->options->listen;
    if (!wanted || script_is_enough(self))
        return;
    output_t output;
    FILE *out = script_open(&output);
    script_close(self, &output, out && output_event(out, event, self->style));
    if (event->type != DD_EVENT_GAP)
        self->printed++;
}
