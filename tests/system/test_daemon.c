/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_daemon - ddbroker as a process: signals, reload, exit statuses, endpoints, slow readers
 */
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "scene.h"

/* ---- Starting ----------------------------------------------------------------------------- */

static void bad_starts_say_why(void **state)
{
    harness_t *harness = *state;
    broker_start(harness, "broker0", NULL, NULL, NULL);
    const char *keys = harness_keys(harness, "broker");
    const struct {
        const char *arguments[8];
        int status;
        const char *says;
    } STARTS[] = {
        {{"ddbroker", "-Q"}, 2, "ddbroker: there is no option -Q"},
        {{"ddbroker", "-k", harness_keys(harness, "a")}, 1, "is no broker's key file"},
        {{"ddbroker", "-k", "/nowhere"}, 1, "/nowhere"},
        {{"ddbroker", "-c", "/nowhere"}, 1, "ddbroker: can't read /nowhere"},
        {{"ddbroker", "-L", "/nowhere/log", "-k", keys}, 1,
            "ddbroker: can't open the log file /nowhere/log"},
        {{"ddbroker", "-k", keys, "-r", harness_endpoint(harness, "broker0")}, 1,
            "Address already in use; is another broker running there?"},
        {{"ddbroker", "-k", keys, "-r", "tcp://nowhere.invalid:0"}, 1,
            "can't listen: tcp://nowhere.invalid:0 can't be reached"},
        {{"ddbroker", "-k", keys, "-r", "ipc:///nowhere/socket"}, 1,
            "can't listen on ipc:///nowhere/socket"},
        {{"ddbroker", "-k", harness_keys(harness, "a"), "--check-config"}, 1,
            "is no broker's key file"},
    };
    for (size_t i = 0; i < COUNT(STARTS); i++) {
        program_t *program = program_spawn_array(harness, STARTS[i].arguments);
        assert_int_equal(program_wait(program, HARNESS_DEADLINE), STARTS[i].status);
        if (!strstr(program_stderr(program), STARTS[i].says))
            fail_msg("expected '%s' in: %s", STARTS[i].says, program_stderr(program));
        assert_string_equal(program_stdout(program), "");
    }
}

static void questions_are_answered_on_standard_output(void **state)
{
    harness_t *harness = *state;
    const char *keys = harness_keys(harness, "broker");
    const struct {
        const char *arguments[5];
        const char *says;
    } QUESTIONS[] = {
        {{"ddbroker", "--help"}, "usage: ddbroker"},
        {{"ddbroker", "-V"}, "ddbroker " DD_VERSION "\n"},
        {{"ddbroker", "-k", keys, "--check-config"}, "the configuration is good\n"},
    };
    for (size_t i = 0; i < COUNT(QUESTIONS); i++) {
        program_t *program = program_spawn_array(harness, QUESTIONS[i].arguments);
        assert_int_equal(program_wait(program, HARNESS_DEADLINE), 0);
        assert_non_null(strstr(program_stdout(program), QUESTIONS[i].says));
        assert_string_equal(program_stderr(program), "");
    }
}

static bool has_ipv6(void)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool has = fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0;
    close(fd);
    return has;
}

/* A client there notifies one that is elsewhere. */
static void notify_from(harness_t *harness, const char *endpoint, client_t *receiver)
{
    program_t *sender = program_run(harness, NULL, HARNESS_DEADLINE, "ddtui", "-d", endpoint, "-k",
        harness_keys(harness, "a"), "-n", "good", "-m", "hi", NULL);
    assert_int_equal(program_wait(sender, 0), 0);
    client_await(receiver, DD_EVENT_NOTIFICATION);
}

/* Several endpoints, of every kind that the machine has, are one broker. */
static void listens_everywhere(void **state)
{
    harness_t *harness = *state;
    char ipc[300], v6[64];
    bool is_v6 = has_ipv6();
    snprintf(ipc, sizeof ipc, "ipc://%s", harness_path(harness, "socket"));
    program_t *broker = broker_start(
        harness, "broker0", NULL, NULL, "-r", ipc, is_v6 ? "-r" : NULL, "tcp://[::1]:0", NULL);
    client_t *good = client_open(harness, "broker0", "a", "good");
    assert_true(program_expect(broker, ipc, HARNESS_DEADLINE));
    notify_from(harness, ipc, good);
    if (!is_v6) {
        print_message("this machine has no IPv6: not tried\n");
        return;
    }
    assert_true(program_expect(broker, "listening on tcp://[::1]:", HARNESS_DEADLINE));
    const char *line = strstr(program_stderr(broker), "tcp://[::1]:");
    snprintf(v6, sizeof v6, "%.*s", (int)strcspn(line, "\n"), line);
    notify_from(harness, v6, good);
}

static void refuse_to_start(
    harness_t *harness, const char *option, const char *endpoint, const char *says)
{
    program_t *program = program_spawn(harness, "ddbroker", "-r", "tcp://127.0.0.1:0", "-k",
        harness_keys(harness, "broker"), option, endpoint, NULL);
    assert_int_equal(program_wait(program, HARNESS_DEADLINE), 1);
    if (!program_said(program, says))
        fail_msg("expected '%s' in: %s", says, program_stderr(program));
}

/* ZeroMQ removes any file, and the socket of a broker that runs. */
static void an_ipc_path_is_taken_only_from_the_dead(void **state)
{
    harness_t *harness = *state;
    static const char *const OPTIONS[] = {"-r", "--legacy"};
    const char *precious = harness_keys(harness, "a");
    for (size_t i = 0; i < COUNT(OPTIONS); i++) {
        char path[300], file[300];
        snprintf(path, sizeof path, "ipc://%s-%zu", harness_path(harness, "socket"), i);
        snprintf(file, sizeof file, "ipc://%s", precious);
        program_t *first = broker_start(harness, "first", NULL, NULL, OPTIONS[i], path, NULL);
        assert_true(program_expect(first, path, HARNESS_DEADLINE));
        refuse_to_start(harness, OPTIONS[i], path, "is another broker running there?");
        refuse_to_start(harness, OPTIONS[i], file, "there is something else than a socket");
        assert_int_equal(access(precious, R_OK), 0);
        assert_int_equal(access(path + strlen("ipc://"), F_OK), 0);
        program_kill(first);
        assert_int_equal(access(path + strlen("ipc://"), F_OK), 0);
        first = broker_start(harness, "first", NULL, NULL, OPTIONS[i], path, NULL);
        assert_true(program_expect(first, path, HARNESS_DEADLINE));
    }
}

/* ---- Ending ------------------------------------------------------------------------------- */

static void a_signal_drains(void **state)
{
    harness_t *harness = *state;
    static const int SIGNALS[] = {SIGTERM, SIGINT};
    for (size_t i = 0; i < 2; i++) {
        program_t *broker = broker_start(harness, "broker0", NULL, NULL, NULL);
        client_t *client = client_open(harness, "broker0", "a", "good");
        program_signal(broker, SIGNALS[i]);
        assert_int_equal(client_await(client, DD_EVENT_DISCONNECTED), DD_E_DRAINING);
        assert_int_equal(program_wait(broker, HARNESS_DEADLINE), 0);
        assert_true(program_expect(broker, "shutting down", 0));
        assert_true(program_expect(broker, "has ended", 0));
        broker_start(harness, "broker0", NULL, NULL, NULL);
        client_await(client, DD_EVENT_REGISTERED);
        client_close(&client);
    }
}

/* A broker that is told to end, with a client that doesn't leave and so holds the drain: it is
   stopped, so that it can't. */
static program_t *drain_a_stuck_client(harness_t *harness)
{
    program_t *broker = broker_start(harness, "broker0", NULL, NULL, "-l", "info", NULL);
    program_t *client = program_spawn(harness, "ddtui", "-d", harness_endpoint(harness, "broker0"),
        "-k", harness_keys(harness, "a"), "-l", "stuck", NULL);
    assert_true(program_expect(broker, "a.stuck registered", HARNESS_DEADLINE));
    program_signal(client, SIGSTOP);
    program_signal(broker, SIGTERM);
    return broker;
}

static void a_second_signal_ends_at_once(void **state)
{
    program_t *broker = drain_a_stuck_client(*state);
    assert_true(program_expect(broker, "shutting down", HARNESS_DEADLINE));
    program_signal(broker, SIGTERM);
    assert_int_equal(program_wait(broker, HARNESS_DEADLINE), 1);
    assert_true(program_expect(broker, "told a second time", 0));
}

static void a_stuck_client_holds_the_drain_for_a_bounded_time(void **state)
{
    program_t *broker = drain_a_stuck_client(*state);
    assert_int_equal(program_wait(broker, HARNESS_DEADLINE), 0);
}

/* A name is free as soon as its client is dead, without waiting for a heartbeat. */
static void a_killed_client_comes_back_at_once(void **state)
{
    harness_t *harness = *state;
    program_t *broker =
        broker_start(harness, "broker0", NULL, NULL, "-l", "info", "--heartbeat", "1min", NULL);
    for (int i = 0; i < 10; i++) {
        program_t *client =
            program_spawn(harness, "ddtui", "-d", harness_endpoint(harness, "broker0"), "-k",
                harness_keys(harness, "a"), "-l", "phoenix", NULL);
        assert_true(program_expect(client, "registered as a.phoenix", HARNESS_DEADLINE));
        program_kill(client);
    }
    assert_false(program_said(broker, "taken"));
}

/* ---- Reload ------------------------------------------------------------------------------- */

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void reload_takes_new_keys_and_level(void **state)
{
    harness_t *harness = *state;
    const char *file = harness_path(harness, "broker0.conf");
    write_file(file, "log-level = notice\n");
    program_t *broker = broker_start(harness, "broker0", NULL, NULL, "-c", file, NULL);
    client_t *client = client_open(harness, "broker0", "a", "good");
    program_t *keys = program_run(harness, NULL, HARNESS_DEADLINE, "ddkeys", "add", "-d",
        harness_path(harness, ""), "late", NULL);
    assert_int_equal(program_wait(keys, 0), 0);
    write_file(file, "log-level = info\nscope = /9/\n");
    program_signal(broker, SIGHUP);
    assert_true(program_expect(
        broker, "a restart is needed for the new value of: scope", HARNESS_DEADLINE));
    assert_true(program_expect(broker, "keys, limits and log reloaded", HARNESS_DEADLINE));
    client_open(harness, "broker0", "late", "first");
    assert_true(program_expect(broker, "client late.first registered", HARNESS_DEADLINE));
    client_deliver(client, client, "hi");
}

static void a_bad_reload_changes_nothing(void **state)
{
    harness_t *harness = *state;
    const char *file = harness_path(harness, "broker0.conf");
    const char *keys = harness_keys(harness, "broker");
    write_file(file, "");
    program_t *broker = broker_start(harness, "broker0", NULL, NULL, "-c", file, NULL);
    client_t *client = client_open(harness, "broker0", "a", "good");

    write_file(file, "colour = red\n");
    program_signal(broker, SIGHUP);
    assert_true(program_expect(broker, "nothing was reloaded: ", HARNESS_DEADLINE));
    assert_true(program_expect(broker, "there is no option 'colour'", HARNESS_DEADLINE));

    write_file(file, "");
    write_file(keys, "{\"dd\": ");
    program_signal(broker, SIGHUP);
    assert_true(program_expect(broker, "nothing was reloaded: ", HARNESS_DEADLINE));

    harness_t *others = harness_new("a");
    program_t *copy = program_run(
        harness, NULL, HARNESS_DEADLINE, "/bin/cp", harness_keys(others, "broker"), keys, NULL);
    assert_int_equal(program_wait(copy, 0), 0);
    harness_destroy(&others);
    program_signal(broker, SIGHUP);
    assert_true(program_expect(broker, "which takes a restart", HARNESS_DEADLINE));

    client_deliver(client, client, "hi");
}

/* A tenant's old key ends with its clients; others don't notice. */
static void reload_ends_who_lost_the_key(void **state)
{
    harness_t *harness = *state;
    program_t *broker = broker_start(harness, "broker0", NULL, NULL, NULL);
    client_t *stays = client_open(harness, "broker0", "a", "good");
    client_t *goes = client_open(harness, "broker0", "b", "good");
    program_t *keys = program_run(harness, NULL, HARNESS_DEADLINE, "ddkeys", "rotate", "-d",
        harness_path(harness, ""), "-f", "b", NULL);
    assert_int_equal(program_wait(keys, 0), 0);
    program_signal(broker, SIGHUP);
    assert_true(program_expect(broker, "its key was taken out", HARNESS_DEADLINE));
    assert_int_equal(client_await(goes, DD_EVENT_CLOSED), DD_E_REFUSED);
    client_deliver(stays, stays, "hi");
    client_open(harness, "broker0", "b", "good");
}

typedef struct {
    const char *path;
    const char *text;
} expectation_t;

static bool file_holds(void *arg)
{
    const expectation_t *self = arg;
    char text[4096];
    FILE *file = fopen(self->path, "r");
    if (!file)
        return false;
    size_t size = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[size] = '\0';
    return strstr(text, self->text);
}

static void expect_in_file(const char *path, const char *text)
{
    expectation_t expectation = {path, text};
    if (!wait_until(file_holds, &expectation, HARNESS_DEADLINE))
        fail_msg("%s doesn't hold: %s", path, text);
}

static void reload_opens_the_log_anew(void **state)
{
    harness_t *harness = *state;
    const char *log = harness_path(harness, "log");
    const char *moved = harness_path(harness, "log.1");
    program_t *broker = program_spawn(harness, "ddbroker", "-k", harness_keys(harness, "broker"),
        "-r", "tcp://127.0.0.1:0", "-L", log, NULL);
    expect_in_file(log, "listening on");
    assert_int_equal(rename(log, moved), 0);
    program_signal(broker, SIGHUP);
    expect_in_file(log, "keys, limits and log reloaded");
    program_signal(broker, SIGTERM);
    assert_int_equal(program_wait(broker, HARNESS_DEADLINE), 0);
    expect_in_file(log, "has ended");
    assert_string_equal(program_stderr(broker), "");
}

/* Nobody looks for lines in a file that was moved away, perhaps to be compressed and removed. */
static void a_bad_reload_opens_the_log_anew_all_the_same(void **state)
{
    harness_t *harness = *state;
    const char *file = harness_path(harness, "broker0.conf");
    const char *log = harness_path(harness, "log");
    write_file(file, "");
    program_t *broker = program_spawn(harness, "ddbroker", "-k", harness_keys(harness, "broker"),
        "-c", file, "-r", "tcp://127.0.0.1:0", "-L", log, NULL);
    expect_in_file(log, "listening on");
    assert_int_equal(rename(log, harness_path(harness, "log.1")), 0);
    write_file(file, "colour = red\n");
    program_signal(broker, SIGHUP);
    expect_in_file(log, "nothing was reloaded: ");
}

static int ask_to_reload(harness_t *harness, int pid)
{
    char number[16];
    snprintf(number, sizeof number, "%d", pid);
    program_t *asker =
        program_run(harness, NULL, HARNESS_DEADLINE, "ddbroker", "--reload", number, NULL);
    return program_wait(asker, 0);
}

static void who_asks_for_a_reload_hears_whether_it_worked(void **state)
{
    harness_t *harness = *state;
    const char *file = harness_path(harness, "broker0.conf");
    write_file(file, "");
    program_t *broker = broker_start(harness, "broker0", NULL, NULL, "-c", file, NULL);
    assert_int_equal(ask_to_reload(harness, program_pid(broker)), 0);
    assert_true(program_expect(broker, "keys, limits and log reloaded", HARNESS_DEADLINE));
    write_file(file, "colour = red\n");
    assert_int_equal(ask_to_reload(harness, program_pid(broker)), 1);
    assert_true(program_expect(broker, "nothing was reloaded: ", HARNESS_DEADLINE));
    int pid = program_pid(broker);
    program_kill(broker);
    assert_int_equal(ask_to_reload(harness, pid), 1);
}

/* ---- Slow readers ------------------------------------------------------------------------- */

#define PAYLOAD ((size_t)256 << 10)

/* A client that stands still fills its own outbox: its senders are told, others are served, and
   when it goes on it has all that was taken for it. */
static void a_stopped_reader_holds_nobody_up(void **state)
{
    harness_t *harness = *state;
    static uint8_t payload[PAYLOAD];
    broker_start(harness, "broker0", NULL, NULL, "--client-outbox", "2M", NULL);
    program_t *reader = program_spawn(harness, "ddtui", "-d", harness_endpoint(harness, "broker0"),
        "-k", harness_keys(harness, "a"), "-l", "slow", NULL);
    assert_true(program_expect(reader, "registered as a.slow", HARNESS_DEADLINE));
    program_signal(reader, SIGSTOP);
    client_t *sender = client_open(harness, "broker0", "a", "good");
    unsigned sent = 0;
    bool refused = false;
    while (!refused) {
        dd_client_t *handle = client_handle(sender);
        assert_int_equal(dd_client_notify(handle, "slow", payload, PAYLOAD, 0, NULL), DD_OK);
        client_tell(sender, "good", "hi");
        client_expect(sender, "good", "hi");
        sent++;
        dd_event_t *event = client_take(sender, EVENT(DD_EVENT_ERROR), 0);
        if (event)
            assert_int_equal(event->error, DD_E_OVERLOADED);
        refused = event;
        dd_event_destroy(&event);
    }
    assert_true(sent > 8);
    program_signal(reader, SIGCONT);
    client_tell(sender, "slow", "last");
    assert_true(program_expect(reader, "last", HARNESS_DEADLINE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(bad_starts_say_why),
        SCENE(questions_are_answered_on_standard_output),
        SCENE(listens_everywhere),
        SCENE(an_ipc_path_is_taken_only_from_the_dead),
        SCENE(a_signal_drains),
        SCENE(a_second_signal_ends_at_once),
        SCENE(a_stuck_client_holds_the_drain_for_a_bounded_time),
        SCENE(a_killed_client_comes_back_at_once),
        SCENE(reload_takes_new_keys_and_level),
        SCENE(a_bad_reload_changes_nothing),
        SCENE(reload_ends_who_lost_the_key),
        SCENE(reload_opens_the_log_anew),
        SCENE(a_bad_reload_opens_the_log_anew_all_the_same),
        SCENE(who_asks_for_a_reload_hears_whether_it_worked),
        SCENE(a_stopped_reader_holds_nobody_up),
    };
    return cmocka_run_group_tests_name("daemon", tests, NULL, NULL);
}
