/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * harness - runs real programs for the system and screen tests
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "harness_state.h"

/* Of the directory that others are made in: the path of a socket has 107 bytes at most. */
#define ROOM_MAX 50
/* What a client takes at most, with its own ZeroMQ context, and what its process has besides. */
#define DESCRIPTORS_EACH 8
#define DESCRIPTORS_SPARE 64

const char *harness_keep(harness_t *self, const char *format, ...)
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
    return harness_keep(self, "%s/%s", self->directory, file);
}

const char *harness_keys(harness_t *self, const char *owner)
{
    return harness_keep(self, "%s/%s-keys.json", self->directory, owner);
}

const char *harness_binary(harness_t *self, const char *name)
{
    const char *build = getenv("BUILD");
    return harness_keep(self, "%s/bin/%s", build ? build : "build", name);
}

/* ---- Brokers ------------------------------------------------------------------------------ */

static broker_t *find_broker(harness_t *self, const char *name)
{
    for (size_t i = 0; i < self->broker_count; i++)
        if (strcmp(self->brokers[i].name, name) == 0)
            return &self->brokers[i];
    return NULL;
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

static int connect_ipc(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0 && strlen(path) < sizeof address.sun_path);
    strcpy(address.sun_path, path);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
        fail_msg("can't connect to %s: %s", path, strerror(errno));
    return fd;
}

int harness_connect(const char *endpoint)
{
    if (strncmp(endpoint, "ipc://", 6) == 0)
        return connect_ipc(endpoint + 6);
    struct sockaddr_in address = {.sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
        .sin_port = htons((uint16_t)atoi(strrchr(endpoint, ':') + 1))};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

/* Binds a free port and keeps it bound without listening, so that nobody else gets it between a
   broker's end and its next start, while the broker may: both sockets say SO_REUSEADDR. */
static int hold_port(char *endpoint, size_t size)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_return_code(fd, errno);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int)), 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, length), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    snprintf(endpoint, size, "tcp://127.0.0.1:%u", (unsigned)ntohs(address.sin_port));
    return fd;
}

static broker_t *add_broker(harness_t *self, const char *name)
{
    assert_true(self->broker_count < BROKERS_MAX);
    broker_t *broker = &self->brokers[self->broker_count++];
    snprintf(broker->name, sizeof broker->name, "%s", name);
    broker->port = hold_port(broker->endpoint, sizeof broker->endpoint);
    return broker;
}

const char *harness_reserve(harness_t *self, const char *name)
{
    return add_broker(self, name)->endpoint;
}

static void expect_listening(broker_t *self, program_t *program)
{
    if (!program_expect(program, "listening on ", HARNESS_DEADLINE) ||
        !program_expect(program, "\n", HARNESS_DEADLINE))
        fail_msg("broker %s did not start", self->name);
}

/* Adds an option that the test hasn't given itself. */
static size_t add_default(
    const char **arguments, size_t count, const char *option, const char *value)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(arguments[i], option) == 0)
            return count;
    arguments[count++] = option;
    arguments[count++] = value;
    return count;
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
    program_collect(arguments, count, more);
    va_end(more);
    while (arguments[count])
        count++;
    assert_true(count < ARGUMENTS_MAX - 5);
    /* Who is slow on a busy machine is not taken for dead. */
    count = add_default(arguments, count, "--heartbeat", "1min");
    /* Most brokers have nothing beneath them that could come back. */
    count = add_default(arguments, count, "--settle", "0ms");
    arguments[count++] = name;
    arguments[count] = NULL;
    broker->program = program_start(self, "/dev/null", arguments);
    expect_listening(broker, broker->program);
    return broker->program;
}

/* ---- The harness -------------------------------------------------------------------------- */

static void make_keys(harness_t *self, const char *tenants)
{
    program_t *program = program_run(
        self, NULL, HARNESS_DEADLINE, "ddkeys", "-t", tenants, "-d", self->directory, NULL);
    if (program->status != 0) {
        program_print(program, "ddkeys failed");
        fail();
    }
}

/* Where directories are made: what the user says, unless a socket's path in it would be too long,
   or the words of a shell's line would break. */
static const char *choose_room(void)
{
    static const char PLAIN[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-";
    const char *room = getenv("TMPDIR");
    if (!room || room[0] != '/' || strlen(room) > ROOM_MAX || room[strspn(room, PLAIN)])
        return "/tmp";
    return room;
}

unsigned harness_clients(unsigned wanted)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    rlim_t spare = limit.rlim_max < DESCRIPTORS_SPARE ? limit.rlim_max : DESCRIPTORS_SPARE;
    rlim_t clients = (limit.rlim_max - spare) / DESCRIPTORS_EACH;
    if (clients >= wanted)
        return wanted;
    print_message("descriptors are limited: %u clients instead of %u\n", (unsigned)clients, wanted);
    return (unsigned)clients;
}

/* Nothing that a user has set is to change what programs do or say. */
static void settle_environment(const harness_t *self)
{
    static const char *const UNSET[] = {"LANG", "LANGUAGE", "NO_COLOR", "ESCDELAY", "COLUMNS",
        "LINES", "XDG_STATE_HOME", "DD_BROKER", "DD_KEYS", "DD_NAME", "TMUX", "ENV"};
    const char *const set[][2] = {{"LC_ALL", "C.UTF-8"}, {"TZ", "UTC"}, {"SHELL", "/bin/sh"},
        {"TERM", "xterm"}, {"HOME", self->directory}};
    for (size_t i = 0; i < COUNT(UNSET); i++)
        unsetenv(UNSET[i]);
    for (size_t i = 0; i < COUNT(set); i++)
        setenv(set[i][0], set[i][1], 1);
}

harness_t *harness_new(const char *tenants)
{
    harness_t *self = calloc(1, sizeof *self);
    assert_non_null(self);
    snprintf(self->directory, PATH_ROOM, "%s/dd-test-XXXXXX", choose_room());
    assert_non_null(mkdtemp(self->directory));
    settle_environment(self);
    if (tenants)
        make_keys(self, tenants);
    return self;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *where)
{
    (void)status;
    (void)type;
    (void)where;
    return remove(path);
}

/* Ends all programs. False if one of them had a fault that a test may have overlooked. */
static bool end_programs(harness_t *self)
{
    bool healthy = true;
    for (program_t *program = self->programs; program; program = program->next)
        program_signal(program, SIGTERM); /* all at once, so that none waits for another */
    for (program_t *program = self->programs; program; program = program->next)
        program_end(program);
    while (self->programs) {
        program_t *program = self->programs;
        self->programs = program->next;
        if (program_is_faulty(program)) {
            program_print(program, "had a fault");
            healthy = false;
        }
        program_destroy(program);
    }
    return healthy;
}

void harness_destroy(harness_t **self_p)
{
    harness_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    bool healthy = end_programs(self);
    nftw(self->directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    for (size_t i = 0; i < self->broker_count; i++)
        close(self->brokers[i].port);
    while (self->texts) {
        text_t *text = self->texts;
        self->texts = text->next;
        free(text);
    }
    free(self);
    assert_true(healthy);
}

/* ---- Files that are read again --------------------------------------------------------------- */

void harness_leave_terminal(void)
{
    int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);
    if (terminal < 0)
        return;
    ioctl(terminal, TIOCNOTTY);
    close(terminal);
}

void harness_reload(program_t *program, const char *text)
{
    program_signal(program, SIGHUP);
    if (!program_expect(program, text, HARNESS_DEADLINE))
        fail_msg("nothing was reloaded");
}
