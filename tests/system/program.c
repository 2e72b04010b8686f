/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * program - the programs that a harness has started
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness_state.h"

/* ms between two looks at a condition. */
#define LOOK_AGAIN 3
/* How often a program is told to end, and ms between two times. */
#define ORDERS_MAX 20
#define ORDER_INTERVAL 100

/* ---- Waiting ------------------------------------------------------------------------------ */

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool wait_until(bool (*condition)(void *arg), void *arg, int deadline_ms)
{
    const struct timespec pause = {.tv_nsec = LOOK_AGAIN * 1000000L};
    int64_t deadline = now_ms() + deadline_ms;
    while (!condition(arg)) {
        if (now_ms() >= deadline)
            return condition(arg);
        nanosleep(&pause, NULL);
    }
    return true;
}

/* ---- Output ------------------------------------------------------------------------------- */

static char *read_file(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    struct stat status;
    assert_int_equal(fstat(fd, &status), 0);
    char *text = malloc((size_t)status.st_size + 1);
    assert_non_null(text);
    ssize_t size = read(fd, text, (size_t)status.st_size);
    assert_true(size >= 0);
    text[size] = '\0';
    close(fd);
    return text;
}

static const char *output_text(output_t *self)
{
    free(self->text);
    self->text = read_file(self->path);
    return self->text;
}

/* ---- Starting ----------------------------------------------------------------------------- */

static void redirect(const char *path, int flags, int to)
{
    int fd = open(path, flags, 0600);
    if (fd < 0 || dup2(fd, to) < 0)
        _exit(126);
    close(fd);
}

/* In the child, after fork. */
static void become(const char *input, const program_t *program, const char *const arguments[])
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    redirect(input, O_RDONLY, STDIN_FILENO);
    redirect(program->out.path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, STDOUT_FILENO);
    redirect(program->err.path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, STDERR_FILENO);
    execvp(arguments[0], (char *const *)arguments);
    fprintf(stderr, "can't run %s: %s\n", arguments[0], strerror(errno));
    _exit(127);
}

static void touch(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    close(fd);
}

program_t *program_start(harness_t *self, const char *input, const char *const arguments[])
{
    program_t *program = calloc(1, sizeof *program);
    assert_non_null(program);
    unsigned number = self->spawned++;
    snprintf(program->out.path, PATH_ROOM, "%.400s/output-%u.out", self->directory, number);
    snprintf(program->err.path, PATH_ROOM, "%.400s/output-%u.err", self->directory, number);
    touch(program->out.path);
    touch(program->err.path);
    program->status = -1;
    program->next = self->programs;
    self->programs = program;
    program->pid = fork();
    assert_true(program->pid >= 0);
    if (program->pid == 0)
        become(input, program, arguments);
    return program;
}

static const char *resolve(harness_t *self, const char *name)
{
    return strchr(name, '/') ? name : harness_binary(self, name);
}

void program_collect(const char *arguments[ARGUMENTS_MAX], size_t count, va_list more)
{
    const char *argument;
    while ((argument = va_arg(more, const char *))) {
        assert_true(count < ARGUMENTS_MAX - 1);
        arguments[count++] = argument;
    }
    arguments[count] = NULL;
}

program_t *program_spawn_array(harness_t *self, const char *const arguments[])
{
    const char *copy[ARGUMENTS_MAX] = {resolve(self, arguments[0])};
    for (size_t i = 1; arguments[i]; i++) {
        assert_true(i < ARGUMENTS_MAX - 1);
        copy[i] = arguments[i];
    }
    return program_start(self, "/dev/null", copy);
}

program_t *program_spawn(harness_t *self, const char *name, ...)
{
    const char *arguments[ARGUMENTS_MAX] = {resolve(self, name)};
    va_list more;
    va_start(more, name);
    program_collect(arguments, 1, more);
    va_end(more);
    return program_start(self, "/dev/null", arguments);
}

/* A new file that holds the text. */
static const char *input_file(harness_t *self, const char *text)
{
    const char *path = harness_keep(self, "%s/input-%u", self->directory, self->spawned);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    return path;
}

program_t *program_run(harness_t *self, const char *input, int deadline_ms, const char *name, ...)
{
    const char *arguments[ARGUMENTS_MAX] = {resolve(self, name)};
    va_list more;
    va_start(more, name);
    program_collect(arguments, 1, more);
    va_end(more);
    program_t *program =
        program_start(self, input ? input_file(self, input) : "/dev/null", arguments);
    if (program_wait(program, deadline_ms) < 0)
        program_kill(program);
    return program;
}

void program_print(program_t *self, const char *why)
{
    print_message("process %d: %s (status %d)\n", (int)self->pid, why, self->status);
    print_message(
        "--- stdout\n%s--- stderr\n%s---\n", output_text(&self->out), output_text(&self->err));
}

/* Moves on behind text if the output holds it. */
static bool output_find(output_t *self, const char *text)
{
    const char *all = output_text(self);
    const char *found = strstr(all + self->found, text);
    if (!found)
        return false;
    self->found = (size_t)(found - all) + strlen(text);
    return true;
}

typedef struct {
    program_t *program;
    const char *text;
    bool found;
} expectation_t;

/* True too when the program has ended, since then there is nothing more to wait for. */
static bool found_or_over(void *arg)
{
    expectation_t *self = arg;
    bool over = program_wait(self->program, 0) >= 0;
    self->found = output_find(&self->program->err, self->text) ||
                  output_find(&self->program->out, self->text);
    return self->found || over;
}

bool program_expect(program_t *self, const char *text, int deadline_ms)
{
    expectation_t expectation = {.program = self, .text = text};
    wait_until(found_or_over, &expectation, deadline_ms);
    if (!expectation.found) {
        program_print(self, "didn't write what was expected");
        print_message("expected: %s\n", text);
    }
    return expectation.found;
}

bool program_said(program_t *self, const char *text)
{
    return strstr(output_text(&self->err), text) || strstr(output_text(&self->out), text);
}

const char *program_stdout(program_t *self)
{
    return output_text(&self->out);
}

const char *program_stderr(program_t *self)
{
    return output_text(&self->err);
}

int program_pid(const program_t *self)
{
    return (int)self->pid;
}

void program_signal(program_t *self, int signal)
{
    siginfo_t stopped;
    if (self->status >= 0 || kill(self->pid, signal) != 0)
        return;
    /* Until the first thread has seen it, the others go on. */
    if (signal == SIGSTOP)
        waitid(P_PID, (id_t)self->pid, &stopped, WSTOPPED | WEXITED | WNOWAIT);
}

static bool has_ended(void *arg)
{
    program_t *self = arg;
    int status;
    if (self->status < 0 && waitpid(self->pid, &status, WNOHANG) == self->pid)
        self->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return self->status >= 0;
}

int program_wait(program_t *self, int deadline_ms)
{
    wait_until(has_ended, self, deadline_ms);
    return self->status;
}

void program_kill(program_t *self)
{
    program_signal(self, SIGKILL);
    program_wait(self, HARNESS_DEADLINE);
}

bool program_is_faulty(program_t *self)
{
    static const char *const SIGNS[] = {"Sanitizer", "runtime error: ", "Assertion failed"};
    const char *text = program_stderr(self);
    for (size_t i = 0; i < COUNT(SIGNS); i++)
        if (strstr(text, SIGNS[i]))
            return true;
    return false;
}

void program_end(program_t *self)
{
    program_signal(self, SIGCONT); /* a test may have stopped it */
    for (int i = 0; i < ORDERS_MAX && self->status < 0; i++) {
        program_signal(self, SIGTERM);
        program_wait(self, ORDER_INTERVAL);
    }
    program_kill(self);
}

void program_destroy(program_t *self)
{
    program_kill(self);
    free(self->out.text);
    free(self->err.text);
    free(self);
}
