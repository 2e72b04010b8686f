/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * script - what ddtui does without its screen: send, listen, print and end
 */
#include "script.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "libdd/base/clock.h"
#include "libdd/base/program.h"
#include "script_state.h"

/* What the handler of signals writes to: an eventfd, which the script polls. It counts signals that
   ask for the end, and in its upper half those that ask for the key file to be read again. */
static int signal_fd = -1;
#define ONE_END ((uint64_t)1)
#define ONE_RELOAD ((uint64_t)1 << 32)

/* ---- Time --------------------------------------------------------------------------------- */

/* When the answer that is waited for is too late; UINT64_MAX for never. */
static uint64_t answer_due_ms(const script_t *self)
{
    if (self->phase == FAILING)
        return self->failure_due_ms;
    if (script_only_listens(self) || self->phase == RESTING)
        return UINT64_MAX;
    if (!script_watches(self))
        return self->started_ms + script_limit_ms(self);
    /* A watch waits for a broker as long as it takes; but a check can say that there is none. */
    bool waits = self->phase == ACTING || self->options->check;
    return waits ? self->round_ms + script_limit_ms(self) : UINT64_MAX;
}

static uint64_t round_due_ms(const script_t *self)
{
    return self->phase == RESTING ? self->round_ms : UINT64_MAX;
}

/* When the next of these is. */
static uint64_t due_ms(const script_t *self)
{
    const uint64_t DUES[] = {
        answer_due_ms(self), script_end_due_ms(self), round_due_ms(self), script_name_due_ms(self)};
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
        script_fail(self, STATUS_TIMEOUT, "no %s from %s within %g s: %s",
            self->options->wait ? "receipt" : "word", self->options->notify, seconds,
            dd_strerror(DD_E_UNKNOWN));
    }
}

static void connection_expired(script_t *self, double seconds)
{
    char text[FAILURE_ROOM];
    snprintf(text, sizeof text, "no answer from %.512s within %g s%s%s", self->options->endpoint,
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
    if (self->phase == FAILING)
        script_fail_without_reason(self);
    else if (self->phase == CONNECTING)
        connection_expired(self, seconds);
    else if (self->phase == SUBSCRIBING)
        script_fail(self, STATUS_TIMEOUT,
            "the broker has not confirmed all subscriptions within %g s", seconds);
    else if (self->phase == CONFIRMING)
        script_fail(self, STATUS_TIMEOUT,
            "another client of that name is still being asked whether it is there, after %g s",
            seconds);
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
    if (script_goes_on(self) && self->options->count == 0)
        script_end(self, self->round_status);
    else
        script_fail(self, STATUS_FAILED, "interrupted");
}

/* ---- Signals ------------------------------------------------------------------------------ */

static void reload_keys(script_t *self)
{
    dd_problem_t problem;
    if (dd_client_set_keys(self->client, self->options->keyfile, &problem) == DD_OK)
        script_note(self, "keys reloaded");
    else
        script_complain("the keys in use stay: %s", problem.text);
}

/* Only what goes on for long has other keys to read. */
static void take_signal(script_t *self)
{
    uint64_t count = 0;
    if (read(self->signal_fd, &count, sizeof count) != sizeof count)
        return;
    if (count % ONE_RELOAD >= ONE_END || !script_goes_on(self))
        interrupted(self);
    else
        reload_keys(self);
}

/* ---- Waiting ------------------------------------------------------------------------------ */

/* Sleeps until there is an event, a signal, a closed output, or something is due. */
static void wait_and_take(script_t *self)
{
    enum { CLIENT, SIGNAL, OUTPUT, FDS };
    struct pollfd fds[FDS] = {
        [CLIENT] = {.fd = dd_client_fd(self->client), .events = POLLIN},
        [SIGNAL] = {.fd = self->signal_fd, .events = POLLIN},
        /* Only for its end. What is still to be sent doesn't depend on who reads the output. */
        [OUTPUT] = {.fd = script_goes_on(self) ? STDOUT_FILENO : -1},
    };
    if (poll(fds, FDS, script_pause_until(due_ms(self))) < 0 && errno != EINTR)
        script_fail(self, STATUS_FAILED, "poll: %s", strerror(errno));
    if (fds[SIGNAL].revents)
        take_signal(self);
    else if (fds[OUTPUT].revents)
        script_end(self, self->round_status);
    else
        script_take_events(self);
}

static void look_at_time(script_t *self)
{
    uint64_t now = script_now_ms();
    if (now >= round_due_ms(self))
        script_ask(self);
    if (now >= script_name_due_ms(self)) {
        script_look_at_name(self);
        script_advance(self);
    }
    if (now >= script_end_due_ms(self))
        enough(self);
    else if (now >= answer_due_ms(self))
        answer_expired(self, script_limit_ms(self));
}

/* SIGHUP where there is no terminal, else none. */
static int reload_signal;

/* Without SA_RESTART: a write that waits after all ends too. */
static void on_signal(int number)
{
    int error = errno;
    uint64_t one = number == reload_signal ? ONE_RELOAD : ONE_END;
    ssize_t written = write(signal_fd, &one, sizeof one);
    (void)written;
    errno = error;
}

static bool take_signals(script_t *self)
{
    static const int SIGNALS[] = {SIGINT, SIGTERM, SIGHUP};
    const struct sigaction action = {.sa_handler = on_signal};
    signal_fd = self->signal_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    reload_signal = dd_program_has_terminal() ? 0 : SIGHUP;
    signal(SIGPIPE, SIG_IGN);
    for (size_t i = 0; i < sizeof SIGNALS / sizeof SIGNALS[0]; i++)
        if (!dd_program_ignores(SIGNALS[i]) && sigaction(SIGNALS[i], &action, NULL) != 0)
            return false;
    return signal_fd >= 0;
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
        options->endpoint, options->keyfile, key_role_name(options, self->role), &problem);
    if (!self->client) {
        script_fail(self, exit_status_of(problem.error), "%s", problem.text);
        return false;
    }
    dd_error_t error =
        options->tenant ? dd_client_set_tenant(self->client, options->tenant) : DD_OK;
    if (error == DD_OK && options_observes(options))
        error = dd_client_set_observer(self->client);
    if (error == DD_OK)
        error = subscribe_all(self);
    if (error == DD_OK)
        error = dd_client_start(self->client);
    if (error != DD_OK)
        script_fail(self, exit_status_of(error), "can't start: %s", dd_strerror(error));
    return error == DD_OK;
}

/* Whether it has to say more than its status and what it did. */
static bool prints(const options_t *options)
{
    bool looks = options_question(options) != VIEW_NONE && !options->order.what;
    return looks || options->trace || options_listens(options);
}

/* All that needs no broker yet. */
static bool prepare(script_t *self)
{
    const options_t *options = self->options;
    dd_problem_t problem;
    bool sends = options->notify || options->publish;
    if (prints(options) && !dd_program_has_output()) {
        script_complain("standard output is closed: there is nowhere to print to");
        script_end(self, STATUS_FAILED);
        return false;
    }
    dd_error_t error = key_role_look(options, &self->role, &problem);
    if (error != DD_OK) {
        script_fail(self, exit_status_of(error), "%s", problem.text);
        return false;
    }
    if (sends &&
        message_input_read(&self->input, options->message, STDIN_FILENO, &problem) != DD_OK) {
        script_fail(self, STATUS_FAILED, "%s", problem.text);
        return false;
    }
    self->dedup = event_dedup_new();
    if (!self->dedup || !take_signals(self)) {
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

int script_refuse(const options_t *options, const dd_problem_t *problem)
{
    script_t self = {.options = options, .style = style_for(options), .signal_fd = -1};
    script_fail(&self, STATUS_USAGE, "%s", problem->text);
    return exit_status(&self);
}

int script_run(const options_t *options)
{
    script_t self = {.options = options,
        .style = style_for(options),
        .check.state = HEALTH_UNKNOWN,
        .signal_fd = -1};
    if (prepare(&self) && start_client(&self)) {
        while (self.phase != ENDED) {
            wait_and_take(&self);
            if (self.phase != ENDED)
                look_at_time(&self);
        }
    }
    dd_client_destroy(&self.client);
    model_destroy(&self.model);
    model_destroy(&self.before);
    event_dedup_destroy(&self.dedup);
    message_input_clear(&self.input);
    return exit_status(&self);
}
