/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_listen - where a ROUTER listens, whether it could, and who may connect
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <zmq.h>

#include "ddbroker/net/listen.h"
#include "tests/unit/unit.h"

typedef struct {
    char directory[32];
    char path[64];
    char endpoint[72]; /* ipc, at that path */
    void *context;
    void *socket, *other;
} world_t;

static int setup(void **state)
{
    world_t *self = calloc(1, sizeof *self);
    strcpy(self->directory, "/tmp/dd-listen-XXXXXX");
    if (!mkdtemp(self->directory))
        return -1;
    snprintf(self->path, sizeof self->path, "%s/socket", self->directory);
    snprintf(self->endpoint, sizeof self->endpoint, "ipc://%s", self->path);
    self->context = zmq_ctx_new();
    self->socket = zmq_socket(self->context, ZMQ_ROUTER);
    self->other = zmq_socket(self->context, ZMQ_ROUTER);
    *state = self;
    return self->socket && self->other ? 0 : -1;
}

static int teardown(void **state)
{
    world_t *self = *state;
    zmq_close(self->socket);
    zmq_close(self->other);
    zmq_ctx_term(self->context);
    unlink(self->path);
    rmdir(self->directory);
    free(self);
    return 0;
}

static void begin(void *socket, const char *endpoint, mode_t mode, char shown[DD_ENDPOINT_MAX + 1])
{
    dd_problem_t problem = {.text = ""};
    if (listen_begin(socket, endpoint, mode, shown, &problem) != DD_OK)
        fail_msg("%s", problem.text);
}

static void expect(void *socket, const char *endpoint, listen_outcome_t outcome, const char *says)
{
    dd_problem_t problem = {.text = ""};
    listen_outcome_t found = listen_try(socket, endpoint, &problem);
    if (found != outcome || !strstr(problem.text, says))
        fail_msg("%s: outcome %d, says: %s", endpoint, (int)found, problem.text);
}

/* Whatever the umask is, which stays as it was. */
static void the_mode_says_who_may_connect(void **state)
{
    world_t *self = *state;
    static const mode_t MODES[] = {0600, 0660, 0666, 0777};
    static const mode_t MASKS[] = {0, 022, 077};
    char shown[DD_ENDPOINT_MAX + 1];
    struct stat status;
    for (size_t i = 0; i < COUNT(MODES); i++)
        for (size_t j = 0; j < COUNT(MASKS); j++) {
            mode_t before = umask(MASKS[j]);
            begin(self->socket, self->endpoint, MODES[i], shown);
            assert_string_equal(shown, self->endpoint);
            assert_int_equal(umask(before), MASKS[j]);
            assert_int_equal(stat(self->path, &status), 0);
            assert_int_equal(status.st_mode & 07777, MODES[i]);
            assert_int_equal(zmq_unbind(self->socket, self->endpoint), 0);
            unlink(self->path);
        }
}

static void a_try_makes_no_socket(void **state)
{
    world_t *self = *state;
    expect(self->socket, self->endpoint, LISTEN_POSSIBLE, "");
    assert_int_equal(access(self->path, F_OK), -1);
}

static void a_path_is_free_taken_or_impossible(void **state)
{
    world_t *self = *state;
    char shown[DD_ENDPOINT_MAX + 1], beneath[96], file[96];
    begin(self->socket, self->endpoint, 0660, shown);
    expect(self->other, self->endpoint, LISTEN_TAKEN, "is another broker running there?");
    snprintf(beneath, sizeof beneath, "%s/x", self->endpoint);
    expect(self->other, beneath, LISTEN_IMPOSSIBLE, "Not a directory");
    expect(self->other, "ipc:///nowhere/x", LISTEN_IMPOSSIBLE,
        "no socket can be made in /nowhere: No such file or directory");
    snprintf(file, sizeof file, "ipc://%s", self->directory);
    expect(self->other, file, LISTEN_IMPOSSIBLE, "there is something else than a socket");
    expect(self->other, "ipc://*", LISTEN_POSSIBLE, "");
    expect(self->other, "ipc://@abstract", LISTEN_POSSIBLE, "");
}

static void what_the_dead_have_left_is_free_and_stays(void **state)
{
    world_t *self = *state;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path, self->path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    close(fd);
    expect(self->socket, self->endpoint, LISTEN_POSSIBLE, "");
    assert_int_equal(access(self->path, F_OK), 0);
}

static void a_port_is_free_taken_or_impossible(void **state)
{
    world_t *self = *state;
    char shown[DD_ENDPOINT_MAX + 1];
    begin(self->socket, "tcp://127.0.0.1:0", 0, shown);
    assert_null(strstr(shown, ":0"));
    expect(self->other, shown, LISTEN_TAKEN, "Address already in use");
    expect(self->other, "tcp://127.0.0.1:*", LISTEN_POSSIBLE, "");
    expect(self->other, "tcp://192.0.2.1:0", LISTEN_IMPOSSIBLE, "it is no address of this host");
    expect(self->other, "tcp://nowhere.invalid:0", LISTEN_IMPOSSIBLE,
        "can't listen: tcp://nowhere.invalid:0 can't be reached: the name of its host doesn't "
        "resolve");
}

/* As a start would find them. */
static void two_endpoints_that_cannot_stand_together_are_found(void **state)
{
    world_t *self = *state;
    char bound[DD_ENDPOINT_MAX + 1], narrow[64];
    size_t size = sizeof bound;
    expect(self->socket, "tcp://*:0", LISTEN_POSSIBLE, "");
    assert_int_equal(zmq_getsockopt(self->socket, ZMQ_LAST_ENDPOINT, bound, &size), 0);
    snprintf(narrow, sizeof narrow, "tcp://127.0.0.1:%.6s", strrchr(bound, ':') + 1);
    expect(self->socket, narrow, LISTEN_TAKEN, "Address already in use");
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_mode_says_who_may_connect),
        TEST(a_try_makes_no_socket),
        TEST(a_path_is_free_taken_or_impossible),
        TEST(what_the_dead_have_left_is_free_and_stays),
        TEST(a_port_is_free_taken_or_impossible),
        TEST(two_endpoints_that_cannot_stand_together_are_found),
    };
    return cmocka_run_group_tests_name("listen", tests, NULL, NULL);
}
