/*
 * harness - runs real programs for the system and screen tests
 */
#include "harness.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define ARGUMENTS_MAX 64
#define BROKERS_MAX 32
#define PATH_ROOM 512
/* ms between two looks at a condition. */
#define LOOK_AGAIN 3

typedef struct {
    char path[PATH_ROOM];
    char *text;   /* as read last */
    size_t found; /* where program_expect() goes on */
} output_t;

struct program {
    program_t *next; /* in the harness */
    pid_t pid;
    int status; /* -1 while it runs */
    output_t out, err;
};

typedef struct {
    char name[64];
    char endpoint[64];
    program_t *program; /* started last under that name */
} broker_t;

/* Text handed to the caller, kept until the harness goes. */
typedef struct text {
    struct text *next;
    char text[];
} text_t;

struct harness {
    char directory[PATH_ROOM];
    program_t *programs;
    unsigned spawned; /* numbers the files of output */
    broker_t brokers[BROKERS_MAX];
    size_t broker_count;
    text_t *texts;
};

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

/* ---- Files -------------------------------------------------------------------------------- */

/* Formats a text that lives as long as the harness. */
__attribute__((format(printf, 2, 3))) static const char *keep(
    harness_t *self, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *formatted;
    int size = vasprintf(&formatted, format, arguments);
    va_end(arguments);
    assert_true(size >= 0);
    text_t *text = malloc(sizeof *text + (size_t)size + 1);
    assert_non_null(text);
    memcpy(text->text, formatted, (size_t)size + 1);
    free(formatted);
    text->next = self->texts;
    self->texts = text;
    return text->text;
}

const char *harness_path(harness_t *self, const char *file)
{
    return keep(self, "%s/%s", self->directory, file);
}

const char *harness_keys(harness_t *self, const char *owner)
{
    return keep(self, "%s/%s-keys.json", self->directory, owner);
}

const char *harness_binary(harness_t *self, const char *name)
{
    const char *build = getenv("BUILD");
    return keep(self, "%s/bin/%s", build ? build : "build", name);
}

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

/* ---- Programs ----------------------------------------------------------------------------- */

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

static program_t *spawn(harness_t *self, const char *input, const char *const arguments[])
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

/* Collects variadic arguments behind those already there. */
static void collect(const char *arguments[ARGUMENTS_MAX], size_t count, va_list more)
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
    return spawn(self, "/dev/null", copy);
}

program_t *program_spawn(harness_t *self, const char *name, ...)
{
    const char *arguments[ARGUMENTS_MAX] = {resolve(self, name)};
    va_list more;
    va_start(more, name);
    collect(arguments, 1, more);
    va_end(more);
    return spawn(self, "/dev/null", arguments);
}

/* A new file that holds the text. */
static const char *input_file(harness_t *self, const char *text)
{
    const char *path = keep(self, "%s/input-%u", self->directory, self->spawned);
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
    collect(arguments, 1, more);
    va_end(more);
    program_t *program = spawn(self, input ? input_file(self, input) : "/dev/null", arguments);
    if (program_wait(program, deadline_ms) < 0)
        program_kill(program);
    return program;
}

static void print_outputs(program_t *self, const char *why)
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
        print_outputs(self, "didn't write what was expected");
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
    if (self->status < 0)
        kill(self->pid, signal);
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

/* ---- Brokers ------------------------------------------------------------------------------ */

static broker_t *find_broker(harness_t *self, const char *name)
{
    for (size_t i = 0; i < self->broker_count; i++)
        if (strcmp(self->brokers[i].name, name) == 0)
            return &self->brokers[i];
    return NULL;
}

static broker_t *add_broker(harness_t *self, const char *name)
{
    assert_true(self->broker_count < BROKERS_MAX);
    broker_t *broker = &self->brokers[self->broker_count++];
    snprintf(broker->name, sizeof broker->name, "%s", name);
    snprintf(broker->endpoint, sizeof broker->endpoint, "tcp://127.0.0.1:0");
    return broker;
}

static broker_t *get_broker(harness_t *self, const char *name)
{
    broker_t *broker = find_broker(self, name);
    if (!broker)
        fail_msg("no broker %s was started or reserved", name);
    return broker;
}

const char *harness_endpoint(harness_t *self, const char *name)
{
    return get_broker(self, name)->endpoint;
}

program_t *harness_broker(harness_t *self, const char *name)
{
    return get_broker(self, name)->program;
}

const char *harness_reserve(harness_t *self, const char *name)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    close(fd);
    broker_t *broker = add_broker(self, name);
    snprintf(broker->endpoint, sizeof broker->endpoint, "tcp://127.0.0.1:%u",
        (unsigned)ntohs(address.sin_port));
    return broker->endpoint;
}

/* Waits for the log line that says where the broker listens, and keeps it. */
static void learn_endpoint(broker_t *self, program_t *program)
{
    static const char MARKER[] = "listening on ";
    if (!program_expect(program, MARKER, HARNESS_DEADLINE) ||
        !program_expect(program, "\n", HARNESS_DEADLINE))
        fail_msg("broker %s did not start", self->name);
    const char *line = strstr(program_stderr(program), MARKER);
    assert_non_null(line);
    line += sizeof MARKER - 1;
    size_t length = strcspn(line, " \n");
    assert_true(length < sizeof self->endpoint);
    memcpy(self->endpoint, line, length);
    self->endpoint[length] = '\0';
}

program_t *broker_start(
    harness_t *self, const char *name, const char *parent, const char *scope, ...)
{
    broker_t *broker = find_broker(self, name);
    if (!broker)
        broker = add_broker(self, name);
    if (broker->program)
        program_kill(broker->program);
    const char *arguments[ARGUMENTS_MAX] = {harness_binary(self, "ddbroker"), "-r",
        broker->endpoint, "-k", harness_keys(self, "broker")};
    size_t count = 5;
    if (parent) {
        arguments[count++] = "-d";
        arguments[count++] = harness_endpoint(self, parent);
    }
    if (scope) {
        arguments[count++] = "-s";
        arguments[count++] = scope;
    }
    va_list more;
    va_start(more, scope);
    collect(arguments, count, more);
    va_end(more);
    while (arguments[count])
        count++;
    assert_true(count < ARGUMENTS_MAX - 1);
    arguments[count++] = name;
    arguments[count] = NULL;
    broker->program = spawn(self, "/dev/null", arguments);
    learn_endpoint(broker, broker->program);
    return broker->program;
}

/* ---- The harness -------------------------------------------------------------------------- */

static void make_keys(harness_t *self, const char *tenants)
{
    program_t *program = program_run(
        self, NULL, HARNESS_DEADLINE, "ddkeys", "-t", tenants, "-d", self->directory, NULL);
    if (program->status != 0) {
        print_outputs(program, "ddkeys failed");
        fail();
    }
}

harness_t *harness_new(const char *tenants)
{
    const char *temporary = getenv("TMPDIR");
    harness_t *self = calloc(1, sizeof *self);
    assert_non_null(self);
    snprintf(self->directory, PATH_ROOM, "%.400s/dd-test-XXXXXX", temporary ? temporary : "/tmp");
    assert_non_null(mkdtemp(self->directory));
    if (tenants)
        make_keys(self, tenants);
    return self;
}

static void program_free(program_t *self)
{
    program_kill(self);
    free(self->out.text);
    free(self->err.text);
    free(self);
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *where)
{
    (void)status;
    (void)type;
    (void)where;
    return remove(path);
}

void harness_destroy(harness_t **self_p)
{
    harness_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    while (self->programs) {
        program_t *program = self->programs;
        self->programs = program->next;
        program_free(program);
    }
    nftw(self->directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    while (self->texts) {
        text_t *text = self->texts;
        self->texts = text->next;
        free(text);
    }
    free(self);
}
