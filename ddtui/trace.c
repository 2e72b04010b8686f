/*
 * trace - what the brokers on a notification's way said about it
 */
#include "trace.h"

#include <stdio.h>

/* us without an end after which there is none to come. */
#define PATIENCE 5000000

void trace_begin(trace_t *self, uint32_t ref, const char *destination, uint64_t now_us)
{
    *self = (trace_t){.state = TRACE_RUNNING, .ref = ref, .began_us = now_us};
    snprintf(self->destination, sizeof self->destination, "%s", destination);
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

bool trace_tick(trace_t *self, uint64_t now_us)
{
    if (self->state != TRACE_RUNNING || now_us < self->began_us + PATIENCE)
        return false;
    end(self, DD_E_TIMEOUT, "", now_us);
    return true;
}

uint64_t trace_step_us(const trace_t *self, size_t number)
{
    uint64_t before = number > 0 ? self->hops[number - 1].heard_us : 0;
    uint64_t heard = self->hops[number].heard_us;
    return heard > before ? heard - before : 0;
}
