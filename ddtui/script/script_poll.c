/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * script_poll - what a script asks of the brokers, again and again if it is to, and prints
 */
#include <inttypes.h>
#include <stdlib.h>

#include "ddtui/model/columns.h"
#include "ddtui/model/report_parser.h"
#include "ddtui/model/topic_rates.h"
#include "libdd/base/clock.h"
#include "script_state.h"

/* ---- Questions and answers ---------------------------------------------------------------- */

void script_ask(script_t *self)
{
    const char *what = columns_of(options_question(self->options))->name;
    if (self->arranged) {
        model_destroy(&self->before);
        self->before = self->model;
        self->model = NULL;
    }
    model_destroy(&self->model);
    self->model = model_new();
    self->arranged = false;
    if (!self->model) {
        script_fail(self, STATUS_FAILED, "out of memory");
        return;
    }
    script_enter(self, ACTING);
    self->silent = 1;
    self->unreadable = 0;
    self->asked_wall_ms = dd_clock_wall_ms();
    self->asked_us = dd_clock_us();
    dd_question_t question = {.what = what};
    dd_error_t error = dd_client_inspect(self->client, &question, &self->inspect_ref);
    if (error != DD_OK)
        script_call_failed(self, error, "ask for", what);
}

/* Says of each event when it was, by the clock on the wall. */
static void date_events(const script_t *self)
{
    for (size_t i = 0; i < model_count(self->model, VIEW_EVENTS); i++) {
        happening_t *event = model_edit(self->model, VIEW_EVENTS, i);
        if (event->age_ms <= self->asked_wall_ms)
            event->time_ms = self->asked_wall_ms - event->age_ms;
    }
}

void script_take_report(script_t *self, const dd_event_t *event)
{
    dd_error_t error = report_parser_report(
        self->model, options_question(self->options), event->text, event->source, NULL);
    if (error == DD_E_MALFORMED)
        self->unreadable++;
    else if (error != DD_OK)
        script_fail(
            self, STATUS_FAILED, "can't keep all that the brokers report: %s", dd_strerror(error));
    self->silent = event->number;
    if (self->silent == 0)
        script_end_round(self);
}

/* ---- Output ------------------------------------------------------------------------------- */

/* From the second round on, there are rates. */
static dd_error_t arrange(script_t *self)
{
    uint64_t now_ms = script_now_ms(), elapsed_ms = now_ms - self->round_ended_ms;
    dd_error_t error = model_arrange(self->model);
    self->round_ended_ms = now_ms;
    self->arranged = error == DD_OK;
    if (error != DD_OK || !self->before || self->options->view != VIEW_TOPICS)
        return error;
    topic_rates_set(self->model, self->before, elapsed_ms);
    return model_arrange(self->model);
}

/* Tables are parted by an empty line; what is one line, or goes on where it was, is not. */
static bool print_round(const script_t *self, FILE *out)
{
    view_t view = self->options->view;
    if (view == VIEW_EVENTS)
        return output_events(out, self->model, self->dedup, self->style, script_width());
    bool gap = self->rounds > 0 && self->style != OUTPUT_JSON;
    return (!gap || putc('\n', out) != EOF) &&
           output_view(out, self->model, view, self->style, script_width());
}

static void print(script_t *self)
{
    output_t output;
    FILE *out = script_open(&output);
    script_close(self, &output, out && print_round(self, out));
}

/* ---- Rounds ------------------------------------------------------------------------------- */

void script_rest(script_t *self)
{
    uint64_t count = self->options->count, now = script_now_ms();
    self->rounds++;
    self->round_ms += self->options->watch_ms;
    if (self->round_ms < now)
        self->round_ms = now;
    if (self->phase != CONNECTING)
        script_enter(self, RESTING);
    if (!script_watches(self) || (count > 0 && self->rounds >= count))
        script_end(self, self->round_status);
}

/* A check has its own words for these. */
static void complain(const script_t *self)
{
    if (self->silent > 0)
        script_complain("%" PRIu64 " broker%s did not answer within %g s", self->silent,
            self->silent == 1 ? "" : "s", (double)script_limit_ms(self) / 1000);
    if (self->unreadable > 0)
        script_complain("%" PRIu64 " report%s of brokers could not be read", self->unreadable,
            self->unreadable == 1 ? "" : "s");
}

static void check(script_t *self)
{
    const health_check_round_t round = {.silent = self->silent,
        .unreadable = self->unreadable,
        .took_us = dd_clock_us() - self->asked_us};
    health_check_tree(&self->check, self->model, &round, &self->options->limits);
}

void script_end_round(script_t *self)
{
    self->inspect_ref = 0;
    if (arrange(self) != DD_OK) {
        script_fail(self, STATUS_FAILED, "out of memory");
        return;
    }
    date_events(self);
    self->round_status = self->unreadable > 0 ? STATUS_FAILED : STATUS_DONE;
    if (self->silent > 0)
        self->round_status = STATUS_TIMEOUT;
    if (self->options->check)
        check(self);
    else
        complain(self);
    if (self->options->order.what) {
        script_give_order(self);
        return;
    }
    if (self->options->check)
        script_print_check(self);
    else
        print(self);
    script_rest(self);
}
