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

#include "script_state.h"
#include "text.h"

/* ms within which a broker must be found and answer, when --timeout doesn't say otherwise. */
#define ANSWER_LIMIT 5000
/* ms without a word after which a notification counts as taken, when nobody waits for a receipt. */
#define REFUSAL_LIMIT 1000

/* Readable once a signal has asked for the end. */
static int signal_fd = -1;

/* ---- Words -------------------------------------------------------------------------------- */

const char *script_shown(const char *text, char room[SHOWN_ROOM])
{
    text_escape(text, strlen(text), room, SHOWN_ROOM);
    return room;
}

void script_note(const script_t *self, const char *format, ...)
{
    if (self->options->quiet)
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

void script_fail(script_t *self, status_t status, const char *format, ...)
{
    if (self->ended)
        return;
    va_list arguments;
    va_start(arguments, format);
    fputs("ddtui: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    script_end(self, status);
}

status_t script_status_of(dd_error_t error)
{
    static const struct {
        dd_error_t error;
        status_t status;
    } STATUSES[] = {
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
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Whether all that is left to do is to listen. */
static bool only_listens(const script_t *self)
{
    return options_listens(self->options) &&
           (self->phase == LISTENING || !options_acts(self->options));
}

static uint64_t limit_ms(const script_t *self)
{
    return self->options->timeout_ms ? self->options->timeout_ms : ANSWER_LIMIT;
}

/* When it is too late; UINT64_MAX for never. */
static uint64_t deadline_ms(const script_t *self)
{
    if (only_listens(self) && self->options->timeout_ms == 0)
        return UINT64_MAX;
    return self->started_ms + limit_ms(self);
}

/* When a notification that nobody refuses counts as taken; UINT64_MAX for never. */
static uint64_t taken_ms(const script_t *self)
{
    bool counts = self->notify_ref != 0 && !self->options->wait;
    return counts ? self->sent_ms + REFUSAL_LIMIT : UINT64_MAX;
}

/* ---- The end ------------------------------------------------------------------------------ */

static void acts_expired(script_t *self, double seconds)
{
    if (self->inspect_ref != 0) {
        fprintf(stderr, "ddtui: %" PRIu64 " broker%s did not answer within %g s\n", self->silent,
            self->silent == 1 ? "" : "s", seconds);
        script_end_view(self, STATUS_TIMEOUT);
    } else if (self->echo_ref != 0) {
        script_fail(
            self, STATUS_TIMEOUT, "the broker has not taken the publication within %g s", seconds);
    } else {
        script_fail(
            self, STATUS_TIMEOUT, "no receipt from %s within %g s", self->options->notify, seconds);
    }
}

static void expired(script_t *self)
{
    double seconds = (double)limit_ms(self) / 1000;
    switch (self->phase) {
    case CONNECTING:
        script_fail(self, STATUS_TIMEOUT, "no answer from %s within %g s%s%s",
            self->options->endpoint, seconds, self->reason[0] != '\0' ? ": " : "", self->reason);
        break;
    case SUBSCRIBING:
        script_fail(self, STATUS_TIMEOUT,
            "the broker has not confirmed all subscriptions within %g s", seconds);
        break;
    case ACTING:
        acts_expired(self, seconds);
        break;
    case LISTENING:
        if (self->options->count > 0)
            script_fail(self, STATUS_TIMEOUT, "%" PRIu64 " of %" PRIu64 " messages within %g s",
                self->printed, self->options->count, seconds);
        script_end(self, STATUS_DONE);
        break;
    }
}

static void interrupted(script_t *self)
{
    if (only_listens(self) && self->options->count == 0)
        script_end(self, STATUS_DONE);
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
    uint64_t due = only_listens(self) ? deadline_ms(self) : UINT64_MAX;
    while (size > 0) {
        int ready = poll(fds, 2, pause_until(due));
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

/* Sleeps until there is an event, a signal, a closed output, or something is due. */
static void wait_and_take(script_t *self)
{
    enum { CLIENT, SIGNAL, OUTPUT, FDS };
    struct pollfd fds[FDS] = {
        [CLIENT] = {.fd = dd_client_fd(self->client), .events = POLLIN},
        [SIGNAL] = {.fd = signal_fd, .events = POLLIN},
        /* Only for its end. What is still to be sent doesn't depend on who reads the output. */
        [OUTPUT] = {.fd = only_listens(self) ? STDOUT_FILENO : -1},
    };
    uint64_t due = deadline_ms(self) < taken_ms(self) ? deadline_ms(self) : taken_ms(self);
    if (poll(fds, FDS, pause_until(due)) < 0 && errno != EINTR)
        script_fail(self, STATUS_FAILED, "poll: %s", strerror(errno));
    if (fds[SIGNAL].revents)
        interrupted(self);
    else if (fds[OUTPUT].revents)
        script_end(self, STATUS_DONE);
    else
        script_take_events(self);
}

static void look_at_time(script_t *self)
{
    uint64_t now = script_now_ms();
    if (now >= taken_ms(self)) {
        self->notify_ref = 0;
        script_advance(self);
    }
    if (now >= deadline_ms(self))
        expired(self);
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
    self->client = dd_client_new(options->endpoint, options->keyfile, options->name, &problem);
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
    if (sends && input_read(&self->input, options->message, STDIN_FILENO, &problem) != DD_OK) {
        script_fail(self, STATUS_FAILED, "%s", problem.text);
        return false;
    }
    self->model = model_new();
    if (!self->model || !take_signals()) {
        script_fail(self, STATUS_FAILED, "can't start: %s", strerror(errno));
        return false;
    }
    self->started_ms = script_now_ms();
    return true;
}

status_t script_run(const options_t *options)
{
    print_style_t text = isatty(STDOUT_FILENO) ? PRINT_ALIGNED : PRINT_TABS;
    script_t self = {.options = options, .style = options->json ? PRINT_JSON : text};
    if (prepare(&self) && start_client(&self)) {
        while (!self.ended) {
            wait_and_take(&self);
            if (!self.ended)
                look_at_time(&self);
        }
    }
    dd_client_destroy(&self.client);
    model_destroy(&self.model);
    input_clear(&self.input);
    return self.status;
}
