/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * trace - what the brokers on a notification's way said about it
 */
#include "trace.h"

#include <stdio.h>
#include <string.h>

#include "libdd/base/escape.h"

/* us without an end after which there is none to come. */
#define PATIENCE 5000000

void trace_begin(trace_t *self, uint32_t ref, const char *destination, uint64_t now_us)
{
    *self = (trace_t){.state = TRACE_RUNNING, .ref = ref, .began_us = now_us};
    snprintf(self->destination, sizeof self->destination, "%s", destination);
}

static void set_steps(trace_t *self)
{
    uint64_t before = 0;
    for (size_t i = 0; i < self->count; i++) {
        hop_t *hop = &self->hops[i];
        hop->step_us = hop->heard_us > before ? hop->heard_us - before : 0;
        before = hop->heard_us;
    }
}

static void add_hop(trace_t *self, const dd_event_t *event)
{
    if (self->count == TRACE_HOPS_MAX)
        return;
    hop_t hop = {.number = event->number,
        .error = event->error,
        .heard_us = event->time_us - self->began_us};
    snprintf(hop.broker, sizeof hop.broker, "%s", event->source);
    snprintf(hop.scope, sizeof hop.scope, "%s", event->scope);
    snprintf(hop.decision, sizeof hop.decision, "%s", event->text);
    size_t at = self->count++;
    for (; at > 0 && self->hops[at - 1].number > hop.number; at--)
        self->hops[at] = self->hops[at - 1];
    self->hops[at] = hop;
    set_steps(self);
}

static void end(trace_t *self, dd_error_t error, const char *text, uint64_t now_us)
{
    self->state = error == DD_OK ? TRACE_ARRIVED : TRACE_FAILED;
    self->error = error;
    self->ended_us = now_us - self->began_us;
    snprintf(self->end, sizeof self->end, "%s", text);
}

bool trace_event(trace_t *self, const dd_event_t *event)
{
    if (self->state == TRACE_NONE || event->ref != self->ref)
        return false;
    if (event->type == DD_EVENT_HOP)
        add_hop(self, event);
    else if (event->type == DD_EVENT_RECEIPT)
        end(self, DD_OK, event->source, event->time_us);
    else if (event->type == DD_EVENT_ERROR)
        end(self, event->error, event->text, event->time_us);
    else
        return false;
    return true;
}

void trace_stop(trace_t *self, dd_error_t error, uint64_t now_us)
{
    end(self, error, "", now_us);
}

bool trace_tick(trace_t *self, uint64_t now_us)
{
    if (self->state != TRACE_RUNNING || now_us < self->began_us + PATIENCE)
        return false;
    trace_stop(self, DD_E_TIMEOUT, now_us);
    return true;
}

const char *trace_why(const trace_t *self, char out[TRACE_WHY_ROOM])
{
    char broker[DD_ESCAPE_MAX * DD_BROKER_MAX + 1];
    if (self->error != DD_E_TIMEOUT || self->count == 0) {
        snprintf(out, TRACE_WHY_ROOM, "%s", dd_strerror(self->error));
        return out;
    }
    const hop_t *last = &self->hops[self->count - 1];
    dd_escape_text(last->broker, strlen(last->broker), broker, sizeof broker);
    snprintf(out, TRACE_WHY_ROOM, "timed out: nothing was heard after broker %s", broker);
    return out;
}
