/*
 * script_acts - what a script sends, asks and prints
 */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "columns.h"
#include "script_state.h"

/* ---- Acts --------------------------------------------------------------------------------- */

void script_call_failed(script_t *self, dd_error_t error, const char *what, const char *object)
{
    if (error == DD_E_TOO_LARGE)
        script_fail(self, STATUS_FAILED, "the message has %zu bytes; this broker carries %" PRIu64,
            self->input.size, self->payload_max);
    else
        script_fail(
            self, script_status_of(error), "can't %s '%s': %s", what, object, dd_strerror(error));
}

static void send_notification(script_t *self)
{
    const char *destination = self->options->notify;
    dd_error_t error = dd_client_notify(self->client, destination, self->input.data,
        self->input.size, DD_WANT_RECEIPT, &self->notify_ref);
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
        error =
            dd_client_notify(self->client, self->self, self->echo, ECHO_SIZE, 0, &self->echo_ref);
    if (error != DD_OK)
        script_call_failed(self, error, "publish on", topic);
}

static void ask(script_t *self)
{
    const char *what = columns_of(self->options->view)->name;
    self->silent = 1;
    dd_error_t error =
        dd_client_inspect(self->client, &(dd_question_t){.what = what}, &self->inspect_ref);
    if (error != DD_OK)
        script_call_failed(self, error, "ask for", what);
}

static void act(script_t *self)
{
    self->phase = ACTING;
    self->sent_ms = script_now_ms();
    if (self->options->publish)
        send_publication(self);
    if (self->options->notify && !self->ended)
        send_notification(self);
    if (self->options->view != VIEW_NONE)
        ask(self);
}

static bool is_answered(const script_t *self)
{
    return self->notify_ref == 0 && self->echo_ref == 0 && self->inspect_ref == 0;
}

bool script_is_enough(const script_t *self)
{
    return self->options->count > 0 && self->printed >= self->options->count;
}

void script_advance(script_t *self)
{
    if (self->phase == SUBSCRIBING && self->unconfirmed == 0)
        act(self);
    if (self->phase == ACTING && is_answered(self))
        self->phase = LISTENING;
    if (self->phase == LISTENING && (!options_listens(self->options) || script_is_enough(self)))
        script_end(self, STATUS_DONE);
}

/* ---- Output ------------------------------------------------------------------------------- */

/* Standard output is written to as a whole line or table at a time. */
typedef struct {
    char *text;
    size_t size;
} buffer_t;

static FILE *buffer_open(buffer_t *self)
{
    *self = (buffer_t){0};
    return open_memstream(&self->text, &self->size);
}

/* Writes what was printed, if all of that was possible. */
static void buffer_write(buffer_t *self, FILE *out, bool printed, script_t *script)
{
    if (out && fclose(out) != 0)
        printed = false;
    if (printed)
        script_write(script, self->text, self->size);
    else
        script_fail(script, STATUS_FAILED, "out of memory for the output");
    free(self->text);
}

void script_end_view(script_t *self, status_t status)
{
    view_t view = self->options->view;
    buffer_t buffer;
    FILE *out = buffer_open(&buffer);
    bool printed = out && model_arrange(self->model) == DD_OK &&
                   print_view(out, self->model, view, self->style);
    buffer_write(&buffer, out, printed, self);
    if (self->unreadable > 0)
        script_fail(self, STATUS_FAILED, "%" PRIu64 " reports of brokers could not be read",
            self->unreadable);
    script_end(self, status);
}

void script_print(script_t *self, const dd_event_t *event)
{
    bool wanted = event->type != DD_EVENT_NOTIFICATION || self->options->listen;
    if (!wanted || script_is_enough(self))
        return;
    buffer_t buffer;
    FILE *out = buffer_open(&buffer);
    bool printed = out && print_event(out, event, self->style);
    buffer_write(&buffer, out, printed, self);
    if (event->type != DD_EVENT_GAP)
        self->printed++;
}
