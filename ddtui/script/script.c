/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * script - what ddtui does without its screen: send, listen, print and end
 */
#include "script.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "key_role.h"
#include "libdd/base/clock.h"
#include "libdd/base/escape.h"
#include "script_state.h"

/* ms within which a broker must be found and answer, when --timeout doesn't say otherwise. */
#define ANSWER_LIMIT 5000
/* ms without a word after which a notification counts as taken, when nobody waits for a receipt. */
#define REFUSAL_LIMIT 1000

/* Bytes of the longest failure in words. */
#define FAILURE_ROOM (2 * SHOWN_ROOM)

/* Readable once a signal has asked for the end. */
static int signal_fd = -1;

/* ---- Words -------------------------------------------------------------------------------- */

const char *script_shown(const char *text, char room[SHOWN_ROOM])
{
    dd_escape_text(text, strlen(text), room, SHOWN_ROOM);
    return room;
}

void script_note(const script_t *self, const char *format, ...)
{
    if (self->options->quiet || self->options->check)
        return;
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
}

void script_end(script_t *self, status_t status)
{
    if (self->ended)
        return;
    self->ended = true;
    self->status = status;
}

void script_complain(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("ddtui: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

/* What keeps a monitor from a look at the tree is the tree's fault, unless it is the monitor's. */
static health_check_state_t check_state_of(status_t status)
{
    return status == STATUS_FAILED || status == STATUS_USAGE ? HEALTH_UNKNOWN : HEALTH_CRITICAL;
}

void script_fail(script_t *self, status_t status, const char *format, ...)
{
    char text[FAILURE_ROOM];
    if (self->ended)
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    script_end(self, status);
    if (self->options->check)
        script_fail_check(self, check_state_of(status), text);
    else
        script_complain("%s", text);
}

status_t script_status_of(dd_error_t error)
{
    static const struct {
        dd_error_t error;
        status_t status;
    } STATUSES[] = {
        {DD_OK, STATUS_DONE},
        {DD_E_ARGUMENT, STATUS_USAGE},
        {DD_E_NAME_INVALID, STATUS_USAGE},
        {DD_E_SCOPE_INVALID, STATUS_USAGE},
        {DD_E_TOPIC_INVALID, STATUS_USAGE},
        {DD_E_NO_DESTINATION, STATUS_NO_DESTINATION},
        {DD_E_NAME_TAKEN, STATUS_REFUSED},
        {DD_E_REFUSED, STATUS_REFUSED},
        {DD_E_TIMEOUT, STATUS_TIMEOUT},
        {DD_E_OVERLOADED, STATUS_OVERLOADED},
        {DD_E_OUTBOX_FULL, STATUS_OVERLOADED},
        {DD_E_LIMIT, STATUS_OVERLOADED},
    };
    for (size_t i = 0; i < sizeof STATUSES / sizeof STATUSES[0]; i++)
        if (STATUSES[i].error == error)
            return STATUSES[i].status;
    return STATUS_FAILED;
}

/* ---- Time --------------------------------------------------------------------------------- */

uint64_t script_now_ms(void)
{
    return dd_clock_us() / 1000;
}

/* Whether all that is left to do is to listen. */
static bool only_listens(const script_t *self)
{
    return options_listens(self->options) &&
           (self->phase == LISTENING || !options_acts(self->options));
}

/* Whether it goes on until somebody has seen enough. */
static bool goes_on(const script_t *self)
{
    return only_listens(self) || script_watches(self);
}

/* ms for an answer. In a watch, --timeout is about the whole. */
uint64_t script_limit_ms(const script_t *self)
{
    bool given = self->options->timeout_ms > 0 && !script_watches(self);
    return given ? self->options->timeout_ms : ANSWER_LIMIT;
}

/* When the answer that is waited for is too late; UINT64_MAX for never. */
static uint64_t answer_due_ms(const script_t *self)
{
    if (only_listens(self) || self->phase == RESTING)
        return UINT64_MAX;
    if (!script_watches(self))
        return self->started_ms + script_limit_ms(self);
    /* A watch waits for a broker as long as it takes; but a check can say that there is none. */
    bool waits = self->phase == ACTING || self->options->check;
    return waits ? self->round_ms + script_limit_ms(self) : UINT64_MAX;
}

/* When it has gone on for long enough; UINT64_MAX for never. */
static uint64_t end_due_ms(const script_t *self)
{
    bool given = self->options->timeout_ms > 0 && goes_on(self);
    return given ? self->started_ms + self->options->timeout_ms : UINT64_MAX;
}

/* When a notification that nobody refuses counts as taken; UINT64_MAX for never. */
static uint64_t taken_due_ms(const script_t *self)
{
    bool counts = self->notify_ref != 0 && !self->options->wait;
    return counts ? self->sent_ms + REFUSAL_LIMIT : UINT64_MAX;
}

static uint64_t round_due_ms(const script_t *self)
{
    return self->phase == RESTING ? self->round_ms : UINT64_MAX;
}

/* When the next of these is. */
static uint64_t due_ms(const script_t *self)
{
    const uint64_t DUES[] = {
        answer_due_ms(self), end_due_ms(self), taken_due_ms(self), round_due_ms(self)};
    uint64_t first = UINT64_MAX;
    for (size_t i = 0; i < sizeof DUES / sizeof DUES[0]; i++)
        if (DUES[i] < first)
            first = DUES[i];
    return first;
}

/* ---- The end ------------------------------------------------------------------------------ */

static void acts_expired(script_t *self, double seconds)
{
    if (self->inspect_ref != 0) {
        script_end_round(self);
    } else if (self->trace.state == TRACE_RUNNING) {
        trace_stop(&self->trace, DD_E_TIMEOUT, dd_clock_us());
        script_end_trace(self);
    } else if (self->order_ref != 0) {
        script_fail(
            self, STATUS_TIMEOUT, "the broker did not say within %g s whether it did it", seconds);
    } else if (self->echo_ref != 0) {
        script_fail(
            self, STATUS_TIMEOUT, "the broker has not taken the publication within %g s", seconds);
    } else {
        script_fail(
            self, STATUS_TIMEOUT, "no receipt from %s within %g s", self->options->notify, seconds);
    }
}

static void connection_expired(script_t *self, double seconds)
{
    char text[FAILURE_ROOM];
    snprintf(text, sizeof text, "no answer from %s within %g s%s%s", self->options->endpoint,
        seconds, self->reason[0] != '\0' ? ": " : "", self->reason);
    if (self->options->check && script_watches(self)) {
        script_fail_check(self, HEALTH_CRITICAL, text);
        script_rest(self);
    } else {
        script_fail(self, STATUS_TIMEOUT, "%s", text);
    }
}

static void answer_expired(script_t *self, uint64_t ms)
{
    double seconds = (double)ms / 1000;
    if (self->phase == CONNECTING)
        connection_expired(self, seconds);
    else if (self->phase == SUBSCRIBING)
        script_fail(self, STATUS_TIMEOUT,
            "the broker has not confirmed all subscriptions within %g s", seconds);
    else
        acts_expired(self, seconds);
}

/* It has gone on for as long as it was to. */
static void enough(script_t *self)
{
    bool watches = script_watches(self);
    if (self->rounds == 0 && self->phase != LISTENING)
        answer_expired(self, self->options->timeout_ms);
    else if (self->options->count > 0)
        script_fail(self, STATUS_TIMEOUT, "%" PRIu64 " of %" PRIu64 " %s within %g s",
            watches ? self->rounds : self->printed, self->options->count,
            watches ? "rounds" : "messages", (double)self->options->timeout_ms / 1000);
    script_end(self, self->round_status);
}

static void interrupted(script_t *self)
{
    if (goes_on(self) && self->options->count == 0)
        script_end(self, self->round_status);
    else
        script_fail(self, STATUS_FAILED, "interrupted");
}

/* ---- Waiting and writing ------------------------------------------------------------------ */

/* For poll(): ms until `due`, -1 for ever. */
static int pause_until(uint64_t due)
{
    uint64_t now = script_now_ms();
    if (due == UINT64_MAX)
        return -1;
    uint64_t pause = due > now ? due - now : 0;
    return pause > INT_MAX ? INT_MAX : (int)pause;
}

/* A reader that has gone away has seen what it wanted. */
static void output_failed(script_t *self)
{
    if (errno == EPIPE)
        script_end(self, STATUS_DONE);
    else
        script_fail(self, STATUS_FAILED, "can't write the output: %s", strerror(errno));
}

void script_write(script_t *self, const char *data, size_t size)
{
    struct pollfd fds[] = {
        {.fd = STDOUT_FILENO, .events = POLLOUT}, {.fd = signal_fd, .events = POLLIN}};
    while (size > 0) {
        int ready = poll(fds, 2, pause_until(end_due_ms(self)));
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0 || fds[1].revents)
            return;
        /* A pipe that is ready takes so much without a wait. */
        ssize_t written = write(STDOUT_FILENO, data, size < PIPE_BUF ? size : PIPE_BUF);
        if (written < 0 && errno != EINTR && errno != EAGAIN) {
            output_failed(self);
            return;
        }
        if (written > 0) {
            data += written;
            size -= (size_t)written;
        }
    }
}

FILE *script_open(output_t *self)
{
    *self = (output_t){0};
    self->stream = open_memstream(&self->text, &self->size);
    return self->stream;
}

void script_close(script_t *self, output_t *output, bool printed)
{
    if (output->stream && fclose(output->stream) != 0)
        printed = false;
    if (printed)
        script_write(self, output->text, output->size);
    else
        script_fail(self, STATUS_FAILED, "out of memory for the output");
    free(output->text);
}

/* Sleeps until there is an event, a signal, a closed output, or something is due. */
static void wait_and_take(script_t *self)
{
    enum { CLIENT, SIGNAL, OUTPUT, FDS };
    struct pollfd fds[FDS] = {
        [CLIENT] = {.fd = dd_client_fd(self->client), .events = POLLIN},
        [SIGNAL] = {.fd = signal_fd, .events = POLLIN},
        /* Only for its end. What is still to be sent doesn't depend on who reads the output. */
        [OUTPUT] = {.fd = goes_on(self) ? STDOUT_FILENO : -1},
    };
    if (poll(fds, FDS, pause_until(due_ms(self))) < 0 && errno != EINTR)
        script_fail(self, STATUS_FAILED, "poll: %s", strerror(errno));
    if (fds[SIGNAL].revents)
        interrupted(self);
    else if (fds[OUTPUT].revents)
        script_end(self, self->round_status);
    else
        script_take_events(self);
}

static void look_at_time(script_t *self)
{
    uint64_t now = script_now_ms();
    if (now >= taken_due_ms(self)) {
        self->notify_ref = 0;
        script_advance(self);
    }
    if (now >= round_due_ms(self))
        script_ask(self);
    if (now >= end_due_ms(self))
        enough(self);
    else if (now >= answer_due_ms(self))
        answer_expired(self, script_limit_ms(self));
}

/* Without SA_RESTART: a write that waits after all ends too. */
static void on_signal(int number)
{
    (void)number;
    int error = errno;
    uint64_t one = 1;
    ssize_t written = write(signal_fd, &one, sizeof one);
    (void)written;
    errno = error;
}

static bool take_signals(void)
{
    signal_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct sigaction action = {.sa_handler = on_signal};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    return signal_fd >= 0 && sigaction(SIGINT, &action, NULL) == 0 &&
           sigaction(SIGTERM, &action, NULL) == 0 && sigaction(SIGHUP, &action, NULL) == 0 &&
           sigaction(SIGPIPE, &ignore, NULL) == 0;
}

/* ---- The client --------------------------------------------------------------------------- */

static dd_error_t subscribe_all(script_t *self)
{
    dd_error_t error = DD_OK;
    for (size_t i = 0; i < self->options->subscription_count && error == DD_OK; i++) {
        const wish_t *wish = &self->options->subscriptions[i];
        error = dd_client_subscribe(self->client, wish->topic, wish->scope.text);
        if (error != DD_OK)
            script_call_failed(self, error, "subscribe to", wish->topic);
    }
    return error;
}

static bool start_client(script_t *self)
{
    const options_t *options = self->options;
    dd_problem_t problem;
    self->client = dd_client_new(
        options->endpoint, options->keyfile, key_role_name(options, self->is_operator), &problem);
    if (!self->client) {
        script_fail(self, script_status_of(problem.error), "%s", problem.text);
        return false;
    }
    dd_error_t error =
        options->tenant ? dd_client_set_tenant(self->client, options->tenant) : DD_OK;
    if (error == DD_OK)
        error = subscribe_all(self);
    if (error == DD_OK)
        error = dd_client_start(self->client);
    if (error != DD_OK)
        script_fail(self, script_status_of(error), "can't start: %s", dd_strerror(error));
    return error == DD_OK;
}

/* All that needs no broker yet. */
static bool prepare(script_t *self)
{
    const options_t *options = self->options;
    dd_problem_t problem;
    bool sends = options->notify || options->publish;
    dd_error_t error = key_role_look(options, &self->is_operator, &problem);
    if (error != DD_OK) {
        script_fail(self, script_status_of(error), "%s", problem.text);
        return false;
    }
    if (sends &&
        message_input_read(&self->input, options->message, STDIN_FILENO, &problem) != DD_OK) {
        script_fail(self, STATUS_FAILED, "%s", problem.text);
        return false;
    }
    self->follow = event_dedup_new();
    if (!self->follow || !take_signals()) {
        script_fail(self, STATUS_FAILED, "can't start: %s", strerror(errno));
        return false;
    }
    self->started_ms = self->round_ms = script_now_ms();
    return true;
}

static output_style_t style_for(const options_t *options)
{
    output_style_t text = isatty(STDOUT_FILENO) ? OUTPUT_ALIGNED : OUTPUT_TABS;
    return options->json ? OUTPUT_JSON : text;
}

static int exit_status(const script_t *self)
{
    return self->options->check ? (int)self->check.state : (int)self->status;
}

int script_refuse(const options_t *options, const complaint_t *complaint)
{
    script_t self = {.options = options, .style = style_for(options)};
    script_fail(&self, STATUS_USAGE, "%s", complaint->text);
    if (!options->check)
        fputs("See 'ddtui --help'.\n", stderr);
    return exit_status(&self);
}

int script_run(const options_t *options)
{
    script_t self = {
        .options = options, .style = style_for(options), .check.state = HEALTH_UNKNOWN};
    if (prepare(&self) && start_client(&self)) {
        while (!self.ended) {
            wait_and_take(&self);
            if (!self.ended)
                look_at_time(&self);
        }
    }
    dd_client_destroy(&self.client);
    model_destroy(&self.model);
    event_dedup_destroy(&self.follow);
    message_input_clear(&self.input);
    return exit_status(&self);
}
