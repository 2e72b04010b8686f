/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_reserved - an endpoint for operators and child brokers only, with a thread of its own
 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "scene.h"

#define ROUNDS 300u
/* How often a thread may wake for other reasons than what comes in. */
#define IDLE_WAKES (ROUNDS / 3)

/* A broker with the endpoint of "root" for all, and that of "gate" for some. */
static program_t *start(harness_t *self)
{
    harness_reserve(self, "gate");
    return broker_start(
        self, "root", NULL, "/1/", "--reserved", harness_endpoint(self, "gate"), NULL);
}

static void clients_are_refused_there(void **state)
{
    harness_t *self = *state;
    program_t *root = start(self);
    program_t *client =
        program_run(self, NULL, HARNESS_DEADLINE, "ddtui", "-d", harness_endpoint(self, "gate"),
            "-k", harness_keys(self, "a"), "-n", "anybody", "-m", "x", NULL);
    assert_int_equal(program_wait(client, HARNESS_DEADLINE), 4);
    assert_true(program_expect(
        root, "this endpoint is for operators and child brokers only", HARNESS_DEADLINE));
    client =
        program_run(self, NULL, HARNESS_DEADLINE, "ddtui", "-d", harness_endpoint(self, "gate"),
            "-k", harness_keys(self, "public"), "-n", "anybody", "-m", "x", NULL);
    assert_int_equal(program_wait(client, HARNESS_DEADLINE), 4);
}

static void operators_and_brokers_come_in(void **state)
{
    harness_t *self = *state;
    start(self);
    scene_broker(self, "leaf", "gate", "/1/2/");
    client_t *above = client_open(self, "root", "a", "above");
    client_t *beneath = client_open(self, "leaf", "a", "beneath");
    client_reach(above, "beneath");
    client_deliver(above, beneath, "down");
    client_deliver(beneath, above, "up");
    program_t *tree = program_run(self, NULL, HARNESS_DEADLINE, "ddtui", "-d",
        harness_endpoint(self, "gate"), "-k", harness_keys(self, "operator"), "--tree", NULL);
    assert_int_equal(program_wait(tree, HARNESS_DEADLINE), 0);
    assert_non_null(strstr(program_stdout(tree), "leaf"));
}

/* ---- Threads ------------------------------------------------------------------------------- */

static bool is_called(const char *folder, const char *name)
{
    char path[512], said[64] = "";
    snprintf(path, sizeof path, "%s/comm", folder);
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    bool same = fgets(said, sizeof said, file) && strcmp(said, name) == 0;
    fclose(file);
    return same;
}

static unsigned wakes_in(const char *folder)
{
    char path[512], line[256];
    unsigned wakes = 0;
    snprintf(path, sizeof path, "%s/status", folder);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file))
        sscanf(line, "voluntary_ctxt_switches: %u", &wakes);
    fclose(file);
    return wakes;
}

/* How often the thread of that name has waited for something. */
static unsigned wakes_of(const program_t *broker, const char *name)
{
    char folder[300];
    unsigned wakes = 0, found = 0;
    snprintf(folder, sizeof folder, "/proc/%d/task", program_pid(broker));
    DIR *threads = opendir(folder);
    assert_non_null(threads);
    for (const struct dirent *thread; (thread = readdir(threads));) {
        snprintf(folder, sizeof folder, "/proc/%d/task/%.20s", program_pid(broker), thread->d_name);
        if (is_called(folder, name)) {
            wakes = wakes_in(folder);
            found++;
        }
    }
    closedir(threads);
    assert_int_equal(found, 1);
    return wakes;
}

static void what_comes_elsewhere_is_no_work_of_its_thread(void **state)
{
    harness_t *self = *state;
    program_t *root = start(self);
    client_t *from = client_open(self, "root", "a", "from");
    client_t *to = client_open(self, "root", "a", "to");
    unsigned everybody = wakes_of(root, "ZMQbg/IO/0\n"), reserved = wakes_of(root, "ZMQbg/IO/1\n");
    for (unsigned i = 0; i < ROUNDS; i++)
        client_deliver(from, to, "here");
    assert_true(wakes_of(root, "ZMQbg/IO/0\n") - everybody > IDLE_WAKES);
    assert_true(wakes_of(root, "ZMQbg/IO/1\n") - reserved < IDLE_WAKES);

    scene_broker(self, "leaf", "gate", "/1/2/");
    client_t *beneath = client_open(self, "leaf", "a", "beneath");
    client_reach(from, "beneath");
    reserved = wakes_of(root, "ZMQbg/IO/1\n");
    for (unsigned i = 0; i < ROUNDS; i++)
        client_deliver(from, beneath, "there");
    assert_true(wakes_of(root, "ZMQbg/IO/1\n") - reserved > IDLE_WAKES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(clients_are_refused_there),
        SCENE(operators_and_brokers_come_in),
        SCENE(what_comes_elsewhere_is_no_work_of_its_thread),
    };
    return cmocka_run_group_tests_name("an endpoint that is reserved", tests, NULL, NULL);
}
