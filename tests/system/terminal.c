/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * terminal - the console in a real terminal: a tmux server of the test's own
 */
#include "terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness_state.h"

#define TMUX "/usr/bin/tmux"
#define COMMAND_ROOM 4096
#define SCREEN_ROOM (1 << 18)

struct terminal {
    harness_t *harness;
    program_t *server;
    char prefix[PATH_ROOM]; /* of every command for the server */
    char screen[SCREEN_ROOM];
};

/* What an expectation is about. */
typedef struct {
    terminal_t *terminal;
    const char *text;
    bool present;
} expectation_t;

/* Runs a command of tmux's and takes over its output. False if it fails. */
static bool run(terminal_t *self, const char *command, char *out, size_t room)
{
    char line[COMMAND_ROOM];
    int size = snprintf(line, sizeof line, "%s %s 2>&1", self->prefix, command);
    assert_in_range(size, 1, sizeof line - 1);
    FILE *pipe = popen(line, "r");
    assert_non_null(pipe);
    size_t used = fread(out, 1, room - 1, pipe);
    out[used] = '\0';
    return pclose(pipe) == 0;
}

static void must_run(terminal_t *self, const char *command)
{
    char out[1024];
    if (!run(self, command, out, sizeof out))
        fail_msg("tmux %s: %s", command, out);
}

static bool server_answers(void *arg)
{
    char out[1024];
    return run(arg, "set-option -s escape-time 0", out, sizeof out);
}

/* Puts a text into single quotes, for a shell. */
static void quote(const char *text, char *out, size_t room)
{
    size_t used = 0;
    out[used++] = '\'';
    for (; *text != '\0'; text++) {
        assert_in_range(used, 0, room - 6);
        if (*text == '\'')
            used += (size_t)sprintf(out + used, "'\\''");
        else
            out[used++] = *text;
    }
    out[used++] = '\'';
    out[used] = '\0';
}

terminal_t *terminal_open(harness_t *harness, int rows, int columns, const char *command)
{
    terminal_t *self = calloc(1, sizeof *self);
    char quoted[COMMAND_ROOM / 2], line[COMMAND_ROOM];
    assert_non_null(self);
    self->harness = harness;
    const char *socket = harness_keep(harness, "%s/tmux-%u", harness->directory, harness->spawned);
    snprintf(self->prefix, sizeof self->prefix, "%s -u -S %s", TMUX, socket);
    self->server = program_spawn(harness, TMUX, "-u", "-D", "-S", socket, "-f", "/dev/null", NULL);
    assert_true(wait_until(server_answers, self, HARNESS_DEADLINE));
    quote(command, quoted, sizeof quoted);
    snprintf(line, sizeof line,
        "set-option -g default-terminal screen-256color \\; "
        "new-session -d -x %d -y %d %s",
        columns, rows, quoted);
    must_run(self, line);
    must_run(self, "set-option -g status off");
    must_run(self, "set-option -g window-size manual");
    terminal_resize(self, rows, columns);
    return self;
}

terminal_t *terminal_console(harness_t *harness, int rows, int columns, const char *endpoint,
    const char *owner, const char *name, const char *options, const char *variables)
{
    const char *directory = harness->directory;
    const char *command = harness_keep(harness,
        "export XDG_STATE_HOME=%s/state XDG_CONFIG_HOME=%s/config TZ=UTC %s; before=$(stty -g); "
        "sh -c 'echo $$ >%s/console.pid; exec %s -d %s -k %s %s %s'; "
        "echo \"ended with $?\"; [ \"$(stty -g)\" = \"$before\" ] && echo terminal restored; "
        "exec cat",
        directory, directory, variables, directory, harness_binary(harness, "ddtui"), endpoint,
        harness_keys(harness, owner), options, name);
    remove(harness_path(harness, "console.pid"));
    return terminal_open(harness, rows, columns, command);
}

terminal_t *terminal_console_at(
    harness_t *harness, int rows, int columns, const char *broker, const char *owner)
{
    char registered[32];
    terminal_t *self = terminal_console(
        harness, rows, columns, harness_endpoint(harness, broker), owner, "con", "", "");
    snprintf(registered, sizeof registered, "con @ %s /", broker);
    terminal_expect(self, registered);
    return self;
}

void terminal_close(terminal_t **self_p)
{
    terminal_t *self = self_p ? *self_p : NULL;
    if (!self)
        return;
    char out[1024];
    run(self, "kill-server", out, sizeof out);
    program_wait(self->server, HARNESS_DEADLINE);
    free(self);
    *self_p = NULL;
}

/* ---- Input ---------------------------------------------------------------------------------- */

void terminal_press(terminal_t *self, const char *keys)
{
    char line[COMMAND_ROOM / 2];
    snprintf(line, sizeof line, "send-keys %s", keys);
    must_run(self, line);
}

void terminal_type(terminal_t *self, const char *text)
{
    char line[COMMAND_ROOM / 2], quoted[COMMAND_ROOM / 4];
    quote(text, quoted, sizeof quoted);
    snprintf(line, sizeof line, "send-keys -l -- %s", quoted);
    must_run(self, line);
}

void terminal_resize(terminal_t *self, int rows, int columns)
{
    char line[128];
    snprintf(line, sizeof line, "resize-window -x %d -y %d", columns, rows);
    must_run(self, line);
}

void terminal_allow_clipboard(terminal_t *self)
{
    must_run(self, "set-option -s set-clipboard on");
}

typedef struct {
    terminal_t *terminal;
    const char *command; /* of tmux's, whose output is waited for */
    const char *text;
} answer_t;

static bool is_answered(void *arg)
{
    const answer_t *answer = arg;
    terminal_t *self = answer->terminal;
    return run(self, answer->command, self->screen, sizeof self->screen) &&
           strstr(self->screen, answer->text);
}

static void expect_answer(terminal_t *self, const char *command, const char *text)
{
    answer_t answer = {self, command, text};
    if (!wait_until(is_answered, &answer, HARNESS_DEADLINE))
        fail_msg("tmux %s: \"%s\" instead of \"%s\"", command, self->screen, text);
}

void terminal_expect_clipboard(terminal_t *self, const char *text)
{
    expect_answer(self, "show-buffer", text);
}

void terminal_expect_mouse(terminal_t *self, bool taken)
{
    expect_answer(
        self, "display-message -p 'mouse #{mouse_any_flag}'", taken ? "mouse 1" : "mouse 0");
}

/* ---- Output --------------------------------------------------------------------------------- */

const char *terminal_screen(terminal_t *self)
{
    run(self, "capture-pane -p", self->screen, sizeof self->screen);
    return self->screen;
}

const char *terminal_colours(terminal_t *self)
{
    run(self, "capture-pane -p -e", self->screen, sizeof self->screen);
    return self->screen;
}

static bool is_so(void *arg)
{
    const expectation_t *expectation = arg;
    bool found = strstr(terminal_screen(expectation->terminal), expectation->text) != NULL;
    return found == expectation->present;
}

static void expect(terminal_t *self, const char *text, bool present)
{
    expectation_t expectation = {self, text, present};
    if (wait_until(is_so, &expectation, HARNESS_DEADLINE))
        return;
    fputs(self->screen, stderr);
    fail_msg("the screen %s: %s", present ? "doesn't show" : "goes on showing", text);
}

void terminal_expect(terminal_t *self, const char *text)
{
    expect(self, text, true);
}

void terminal_expect_gone(terminal_t *self, const char *text)
{
    expect(self, text, false);
}

void terminal_expect_not(terminal_t *self, const char *text)
{
    const char *screen = terminal_screen(self);
    if (strstr(screen, text))
        fail_msg("shows \"%s\":\n%s", text, screen);
}

static bool has_pid(void *arg)
{
    FILE *file = fopen(arg, "r");
    int pid = 0;
    bool found = file && fscanf(file, "%d", &pid) == 1;
    if (file)
        fclose(file);
    return found;
}

int terminal_pid(terminal_t *self)
{
    const char *path = harness_path(self->harness, "console.pid");
    char name[PATH_ROOM + 32];
    int pid = 0;
    snprintf(name, sizeof name, "%s", path);
    assert_true(wait_until(has_pid, name, HARNESS_DEADLINE));
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%d", &pid), 1);
    fclose(file);
    return pid;
}
