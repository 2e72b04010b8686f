/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * script_control - what an operator has a broker do
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ddtui/model/report_parser.h"
#include "script_state.h"

/* ---- The broker that is meant ------------------------------------------------------------- */

/* Rows that are what the order is about, and the broker that one of them names. */
typedef struct {
    size_t count;
    const char *broker;
    const char *broker_id;
} match_t;

static bool is_meant(const order_t *order, const client_t *client)
{
    char full[DD_NAME_MAX + 2];
    snprintf(full, sizeof full, "%s.%s", client->tenant, client->name);
    return strcmp(full, order->argument) == 0;
}

static match_t find_client(const order_t *order, const model_t *model)
{
    match_t match = {0};
    for (size_t i = 0; i < model_count(model, VIEW_CLIENTS); i++) {
        const client_t *client = model_row(model, VIEW_CLIENTS, i);
        if (!is_meant(order, client))
            continue;
        match = (match_t){match.count + 1, client->broker, client->broker_id};
    }
    return match;
}

static match_t find_broker(const order_t *order, const model_t *model)
{
    match_t match = {0};
    for (size_t i = 0; i < model_count(model, VIEW_TREE); i++) {
        const broker_t *broker = model_row(model, VIEW_TREE, i);
        if (strcmp(broker->name, order->broker) != 0)
            continue;
        match = (match_t){match.count + 1, broker->name, broker->id};
    }
    return match;
}

/* ---- The order ---------------------------------------------------------------------------- */

void script_give_order(script_t *self)
{
    const order_t *order = &self->options->order;
    bool client = order->view == VIEW_CLIENTS;
    const char *kind = client ? "client" : "broker";
    const char *name = client ? order->argument : order->broker;
    match_t match = client ? find_client(order, self->model) : find_broker(order, self->model);
    if (match.count == 0) {
        script_fail(self, self->silent > 0 ? STATUS_TIMEOUT : STATUS_NO_DESTINATION,
            "no %s '%s' in the tree", kind, name);
        return;
    }
    if (match.count > 1) {
        script_fail(self, STATUS_FAILED, "%zu %ss are called '%s': nothing was done", match.count,
            kind, name);
        return;
    }
    dd_error_t error = dd_client_control(
        self->client, match.broker_id, order->what, order->argument, &self->order_ref);
    snprintf(self->order_broker, sizeof self->order_broker, "%s", match.broker);
    /* The silence of others was not this broker's. */
    self->started_ms = script_now_ms();
    if (error != DD_OK)
        script_call_failed(self, error, order->what, name);
}

/* Brokers that were not meant answer with nothing. */
void script_take_control_report(script_t *self, const dd_event_t *event)
{
    const order_t *order = &self->options->order;
    char failure[SHOWN_ROOM];
    if (event->text[0] == '\0' && event->number > 0)
        return;
    self->order_ref = 0;
    if (event->text[0] == '\0') {
        script_fail(self, STATUS_NO_DESTINATION, "the broker has gone: nothing was done");
    } else if (!report_parser_control(event->text, failure, sizeof failure)) {
        script_fail(self, STATUS_FAILED, "%s %s: %s", order->what, order->argument, failure);
    } else {
        output_t output;
        FILE *out = script_open(&output);
        script_close(self, &output,
            out &&
                output_order(out, order->what, order->argument, self->order_broker, self->style));
        script_end(self, STATUS_DONE);
    }
}
