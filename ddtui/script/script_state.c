/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * script_state - what a script is at, and what all its steps do: say, fail, end, and print
 */
#include "script_state.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "libdd/base/clock.h"
#include "libdd/base/escape.h"

/* ms within which a broker must be found and answer, when --timeout doesn't say otherwise. */
#define ANSWER_LIMIT 5000
/* ms for the reason of a connection's end: it follows at once, or when brokers know who has a name
   that two clients want. */
#define REASON_LIMIT 2000

/* ---- Time --------------------------------------------------------------------------------- */

uint64_t script_now_ms(void)
{
    return dd_clock_us() / 1000;
}

bool script_watches(const script_t *self)
{
    return self->options->watch_ms > 0;
}

bool script_only_listens(const script_t *self)
{
    return options_listens(self->options) &&
           (self->phase == LISTENING || !options_acts(self->options));
}

bool script_goes_on(const script_t *self)
{
    return script_only_listens(self) || script_watches(self);
}

bool script_is_enough(const script_t *self)
{
    return self->options->count > 0 && self->printed >= self->options->count;
}

uint64_t script_limit_ms(const script_t *self)
{
    bool given = self->options->timeout_ms > 0 && !script_watches(self);
    return given ? self->options->timeout_ms : ANSWER_LIMIT;
}

uint64_t script_end_due_ms(const script_t *self)
{
    bool given = self->options->timeout_ms > 0 && script_goes_on(self);
    return given ? self->started_ms + self->options->timeout_ms : UINT64_MAX;
}

int script_pause_until(uint64_t due_ms)
{
    uint64_t now = script_now_ms();
    if (due_ms == UINT64_MAX)
        return -1;
    uint64_t pause = due_ms > now ? due_ms - now : 0;
    return pause > INT_MAX ? INT_MAX : (int)pause;
}

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

void script_complain(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("ddtui: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

/* ---- The end ------------------------------------------------------------------------------ */

void script_enter(script_t *self, phase_t phase)
{
    if (self->phase != ENDED)
        self->phase = phase;
}

void script_end(script_t *self, exit_status_t status)
{
    if (self->phase == ENDED)
        return;
    self->phase = ENDED;
    self->status = status;
}

/* What keeps a monitor from a look at the tree is the tree's fault, unless it is the monitor's. */
static health_check_state_t check_state_of(exit_status_t status)
{
    return status == STATUS_FAILED || status == STATUS_USAGE ? HEALTH_UNKNOWN : HEALTH_CRITICAL;
}

void script_fail(script_t *self, exit_status_t status, const char *format, ...)
{
    char text[FAILURE_ROOM];
    if (self->phase == ENDED)
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

/* DD_E_UPLINK_DOWN: a broker carries nothing for one whose name is contested. */
bool script_is_end(dd_error_t error)
{
    return error == DD_E_UNKNOWN || error == DD_E_NOT_CONNECTED || error == DD_E_CLOSED ||
           error == DD_E_UPLINK_DOWN;
}

void script_fail_with_reason(script_t *self, exit_status_t status, const char *format, ...)
{
    if (self->phase == ENDED || self->phase == FAILING)
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(self->failure, sizeof self->failure, format, arguments);
    va_end(arguments);
    self->status = status;
    self->failure_due_ms = script_now_ms() + REASON_LIMIT;
    script_enter(self, FAILING);
}

void script_call_failed(script_t *self, dd_error_t error, const char *what, const char *object)
{
    if (error == DD_E_TOO_LARGE)
        script_fail(self, STATUS_FAILED, "the message has %zu bytes; this broker carries %" PRIu64,
            self->input.size, self->payload_max);
    else if (script_is_end(error))
        script_fail_with_reason(
            self, exit_status_of(error), "can't %s '%s': %s", what, object, dd_strerror(error));
    else
        script_fail(
            self, exit_status_of(error), "can't %s '%s': %s", what, object, dd_strerror(error));
}

/* ---- Output ------------------------------------------------------------------------------- */

/* A reader that has gone away has seen what it wanted. */
static void output_failed(script_t *self)
{
    if (errno == EPIPE)
        script_end(self, STATUS_DONE);
    else
        script_fail(self, STATUS_FAILED, "can't write the output: %s", strerror(errno));
}

/* Writes to standard output, however slow its reader is. Stops for a signal, when the time for
   listening is over, and, with an end, when the output takes no more. */
static void write_all(script_t *self, const char *data, size_t size)
{
    struct pollfd fds[] = {
        {.fd = STDOUT_FILENO, .events = POLLOUT}, {.fd = self->signal_fd, .events = POLLIN}};
    while (size > 0) {
        int ready = poll(fds, 2, script_pause_until(script_end_due_ms(self)));
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

/* As it is now: a terminal may become narrower while it is watched. */
unsigned script_width(void)
{
    struct winsize size = {0};
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
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
        write_all(self, output->text, output->size);
    else
        script_fail(self, STATUS_FAILED, "out of memory for the output");
    free(output->text);
}

void script_print_check(script_t *self)
{
    output_t output;
    FILE *out = script_open(&output);
    script_close(self, &output, out && health_check_print(&self->check, out, self->options->json));
}

void script_fail_check(script_t *self, health_check_state_t state, const char *text)
{
    health_check_fail(&self->check, state, text);
    script_print_check(self);
}
