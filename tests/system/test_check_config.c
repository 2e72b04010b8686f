/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_check_config - ddbroker --check-config means: it will start
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scene.h"

#define WORDS_MAX 12

/* ---- Helpers ------------------------------------------------------------------------------ */

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* The harness's path of a file as an endpoint, in room. */
static const char *ipc_at(harness_t *harness, const char *file, char room[300])
{
    snprintf(room, 300, "ipc://%s", harness_path(harness, file));
    return room;
}

/* Starts a broker with these words, or has them checked. */
static program_t *run(harness_t *harness, const char *const words[], bool check)
{
    const char *arguments[WORDS_MAX + 3] = {"ddbroker"};
    size_t count = 1;
    for (; words[count - 1]; count++)
        arguments[count] = words[count - 1];
    if (check)
        arguments[count] = "--check-config";
    return program_spawn_array(harness, arguments);
}

static void expect(program_t *program, int status, const char *says)
{
    int found = program_wait(program, HARNESS_DEADLINE);
    if (found != status || !program_said(program, says))
        fail_msg("expected status %d and '%s', not %d and: %s%s", status, says, found,
            program_stdout(program), program_stderr(program));
}

/* ---- What stops a start ------------------------------------------------------------------- */

static void what_stops_a_start_is_found_before(void **state)
{
    harness_t *harness = *state;
    char taken[300], file[300], beneath[310];
    const char *keys = harness_keys(harness, "broker"), *any = "tcp://127.0.0.1:0";
    ipc_at(harness, "taken", taken);
    ipc_at(harness, "a-keys.json", file);
    snprintf(beneath, sizeof beneath, "%s/x", file);
    program_t *other = broker_start(harness, "other", NULL, NULL, "-r", taken, NULL);
    assert_true(program_expect(other, taken, HARNESS_DEADLINE));
    const char *port = harness_endpoint(harness, "other");
    const char *free_port = harness_reserve(harness, "later");
    const struct {
        const char *words[WORDS_MAX];
        const char *says;
    } CASES[] = {
        {{"-k", keys, "-r", any, "-L", "/nowhere/log"}, "can't open the log file /nowhere/log"},
        {{"-k", keys, "-r", any, "-L", "/"}, "can't open the log file /"},
        {{"-k", "/nowhere", "-r", any}, "/nowhere: can't be opened"},
        {{"-k", harness_keys(harness, "a"), "-r", any}, "is no broker's key file"},
        {{"-k", keys, "-r", port}, "Address already in use"},
        {{"-k", keys, "-r", any, "--legacy", port}, "Address already in use"},
        {{"-k", keys, "-r", free_port, "--http", free_port + strlen("tcp://")},
            "http: can't listen on "},
        {{"-k", keys, "-r", taken}, "is another broker running there?"},
        {{"-k", keys, "-r", any, "--legacy", taken}, "is another broker running there?"},
        {{"-k", keys, "-r", file}, "there is something else than a socket"},
        {{"-k", keys, "-r", beneath}, "Not a directory"},
        {{"-k", keys, "-r", "ipc:///nowhere/x"}, "No such file or directory"},
        {{"-k", keys, "-r", "tcp://192.0.2.1:0"}, "it is no address of this host"},
        {{"-k", keys, "-r", "tcp://nowhere.invalid:0"}, "doesn't resolve"},
        {{"-k", keys, "-c", "/nowhere"}, "can't read /nowhere"},
        {{"-k", keys, "-r", any, "--input-max", "1M"}, "input-max must be at least"},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        /* One after the other: a check tries addresses, too, and would be in the start's way. */
        expect(run(harness, CASES[i].words, false), 1, CASES[i].says);
        program_t *check = run(harness, CASES[i].words, true);
        expect(check, 1, CASES[i].says);
        assert_string_equal(program_stdout(check), "");
    }
}

/* A broker takes its own path for another's, and doesn't start. */
static void one_path_in_two_spellings_is_found(void **state)
{
    harness_t *harness = *state;
    char plain[300], dotted[300], linked[300], apart[300];
    const char *keys = harness_keys(harness, "broker");
    ipc_at(harness, "socket", plain);
    ipc_at(harness, "./socket", dotted);
    assert_int_equal(symlink(".", harness_path(harness, "link")), 0);
    ipc_at(harness, "link/socket", linked);
    ipc_at(harness, "link/other", apart);
    const char *const others[] = {dotted, linked};
    for (size_t i = 0; i < COUNT(others); i++) {
        const char *const words[] = {"-k", keys, "-r", plain, "--legacy", others[i], NULL};
        expect(run(harness, words, false), 1, "is another broker running there?");
        expect(run(harness, words, true), 1, "once more");
    }
    const char *const two[] = {"-k", keys, "-r", plain, "--legacy", apart, NULL};
    expect(run(harness, two, true), 0, "");
}

static void all_that_is_wrong_is_told_at_once(void **state)
{
    harness_t *harness = *state;
    const char *file = harness_path(harness, "broker.conf");
    write_file(file, "hartbeat = 1s\nrouter = tcp://*:5555\nio-threads = many\n");
    static const char *const IN_FILE[] = {
        ":1: there is no option 'hartbeat'; did you mean heartbeat?",
        ":2: there is no option 'router'; write legacy = ", ":3: io-threads: 'many' is no good"};
    static const char *const OUTSIDE[] = {
        "/nowhere/log", "/nowhere/keys", "/nowhere/socket", "192.0.2.1"};
    const char *const wrong[] = {"-c", file, NULL};
    const char *const stopped[] = {"-L", "/nowhere/log", "-k", "/nowhere/keys", "-r",
        "ipc:///nowhere/socket,tcp://192.0.2.1:0", NULL};
    for (int check = 0; check < 2; check++)
        for (size_t i = 0; i < COUNT(IN_FILE); i++)
            expect(run(harness, wrong, check), 1, IN_FILE[i]);
    program_t *check = run(harness, stopped, true);
    for (size_t i = 0; i < COUNT(OUTSIDE); i++)
        expect(check, 1, OUTSIDE[i]);
}

/* Whoever wants no log wants to know all the same. */
static void a_quiet_broker_that_does_not_start_says_why(void **state)
{
    harness_t *harness = *state;
    const char *const words[] = {
        "-k", harness_keys(harness, "broker"), "-r", "ipc:///nowhere/x", "-l", "q", NULL};
    expect(run(harness, words, false), 1, "can't start: can't listen on ipc:///nowhere/x");
}

/* ---- What doesn't ------------------------------------------------------------------------- */

static void a_check_leaves_nothing_behind(void **state)
{
    harness_t *harness = *state;
    char ipc[300];
    const char *log = harness_path(harness, "log"), *keys = harness_keys(harness, "broker");
    ipc_at(harness, "socket", ipc);
    const char *const words[] = {
        "-k", keys, "-L", log, "-r", ipc, "-r", "tcp://127.0.0.1:0", "-s", "1/2", NULL};
    expect(run(harness, words, true), 0, "the configuration is good\n");
    assert_int_equal(access(log, F_OK), -1);
    assert_int_equal(access(harness_path(harness, "socket"), F_OK), -1);
    write_file(log, "a line\n");
    expect(run(harness, words, true), 0, "the configuration is good\n");
    struct stat status;
    assert_int_equal(stat(log, &status), 0);
    assert_int_equal(status.st_size, strlen("a line\n"));
}

/* Before a restart the endpoints are those of the broker that is to be restarted. */
static void the_broker_that_runs_with_the_file_is_not_in_the_way(void **state)
{
    harness_t *harness = *state;
    char ipc[300], text[700];
    const char *own = harness_path(harness, "own.conf");
    const char *other = harness_path(harness, "other.conf");
    const char *port = harness_reserve(harness, "broker0");
    snprintf(text, sizeof text, "listen = %s\nlisten = %s\nkeys = %s\n", port,
        ipc_at(harness, "socket", ipc), harness_keys(harness, "broker"));
    write_file(own, text);
    write_file(other, text);
    program_t *broker = broker_start(harness, "broker0", NULL, NULL, "-r", ipc, "-c", own, NULL);
    assert_true(program_expect(broker, ipc, HARNESS_DEADLINE));
    const char *const same[] = {"-c", own, NULL}, *const different[] = {"-c", other, NULL};
    program_t *check = run(harness, same, true);
    snprintf(text, sizeof text, "%s is taken by process %d, the broker that runs with this file",
        port, program_pid(broker));
    expect(check, 0, text);
    snprintf(text, sizeof text, "%s is taken by process %d, the broker that runs with this file",
        ipc, program_pid(broker));
    expect(check, 0, text);
    expect(run(harness, different, true), 1, "Address already in use");
    client_open(harness, "broker0", "a", "good");
}

static void what_would_not_stop_it_is_noted(void **state)
{
    harness_t *harness = *state;
    const char *keys = harness_keys(harness, "broker");
    const char *const words[] = {
        "-k", keys, "-r", "tcp://127.0.0.1:0", "-d", "tcp://nowhere.invalid:1", NULL};
    assert_int_equal(chmod(keys, 0644), 0);
    program_t *check = run(harness, words, true);
    expect(check, 0, "note: parent tcp://nowhere.invalid:1 can't be reached");
    expect(check, 0, "broker-keys.json: its mode 644 lets others at its keys");
    expect(check, 0, "the configuration is good\n");
}

/* ---- Who may connect at ipc paths ---------------------------------------------------------- */

static void sockets_have_the_mode_that_is_told(void **state)
{
    harness_t *harness = *state;
    static const struct {
        const char *option, *value;
        mode_t mode;
    } CASES[] = {{NULL, NULL, 0660}, {"--ipc-mode", "0600", 0600}, {"--ipc-mode", "666", 0666}};
    char native[300], legacy[300];
    ipc_at(harness, "native", native);
    ipc_at(harness, "legacy", legacy);
    for (size_t i = 0; i < COUNT(CASES); i++) {
        program_t *broker = broker_start(harness, "broker0", NULL, NULL, "-r", native, "--legacy",
            legacy, CASES[i].option, CASES[i].value, NULL);
        assert_true(program_expect(broker, legacy, HARNESS_DEADLINE));
        struct stat status;
        assert_int_equal(stat(harness_path(harness, "native"), &status), 0);
        assert_int_equal(status.st_mode & 07777, CASES[i].mode);
        assert_int_equal(stat(harness_path(harness, "legacy"), &status), 0);
        assert_int_equal(status.st_mode & 07777, CASES[i].mode);
        program_kill(broker);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(what_stops_a_start_is_found_before),
        SCENE(one_path_in_two_spellings_is_found),
        SCENE(all_that_is_wrong_is_told_at_once),
        SCENE(a_quiet_broker_that_does_not_start_says_why),
        SCENE(a_check_leaves_nothing_behind),
        SCENE(the_broker_that_runs_with_the_file_is_not_in_the_way),
        SCENE(what_would_not_stop_it_is_noted),
        SCENE(sockets_have_the_mode_that_is_told),
    };
    return cmocka_run_group_tests_name("check_config", tests, NULL, NULL);
}
