/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_one_loop - many clients of a process in one loop: what they take, and what they may do to
 * each other
 */
#include <dirent.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "scene.h"

#define CROWD 100u
/* Of a loop, which take a descriptor more. */
#define FIRST 64u

static dd_client_t *client_of(harness_t *self, const char *name)
{
    dd_problem_t problem;
    dd_client_t *client =
        dd_client_new(harness_endpoint(self, "broker0"), harness_keys(self, "a"), name, &problem);
    assert_non_null(client);
    return client;
}

static void name_of(unsigned number, char name[16])
{
    snprintf(name, 16, "c%u", number);
}

static unsigned entries(const char *path)
{
    unsigned count = 0;
    DIR *directory = opendir(path);
    assert_non_null(directory);
    while (readdir(directory))
        count++;
    closedir(directory);
    return count;
}

/* ---- What they take ------------------------------------------------------------------------ */

static void ignore(dd_client_t *client, const dd_event_t *event, void *arg)
{
    (void)client, (void)event, (void)arg;
}

typedef struct {
    const char *path;
    unsigned entries;
} wanted_t;

static bool has_entries(void *arg)
{
    const wanted_t *wanted = arg;
    return entries(wanted->path) == wanted->entries;
}

static dd_client_t *connected(harness_t *self, unsigned number)
{
    char name[16];
    dd_problem_t problem = {0};
    name_of(number, name);
    dd_client_t *client = client_of(self, name);
    assert_int_equal(dd_client_set_callback(client, ignore, NULL), DD_OK);
    dd_error_t error = dd_client_connect(client, HARNESS_DEADLINE, &problem);
    if (error != DD_OK)
        print_error("%s\n", problem.text);
    assert_int_equal(error, DD_OK);
    return client;
}

/* What is closed is closed by a thread of ZeroMQ's. */
static void clients_share_a_thread_and_take_two_descriptors_each(void **state)
{
    harness_t *self = *state;
    dd_client_t *clients[CROWD + FIRST];
    broker_start(self, "broker0", NULL, NULL, NULL);
    for (unsigned i = CROWD; i < CROWD + FIRST; i++)
        clients[i] = connected(self, i);
    unsigned threads = entries("/proc/self/task"), descriptors = entries("/proc/self/fd");
    for (unsigned i = 0; i < CROWD; i++)
        clients[i] = connected(self, i);
    wanted_t wanted = {"/proc/self/fd", descriptors - 2 + 2 * CROWD};
    if (!wait_until(has_entries, &wanted, 1000))
        wanted.entries += 2; /* the first one's monitor had gone by then */
    assert_true(wait_until(has_entries, &wanted, HARNESS_DEADLINE));
    assert_int_equal(entries("/proc/self/task"), threads);
    for (unsigned i = 0; i < CROWD + FIRST; i++)
        dd_client_destroy(&clients[i]);
}

/* ---- What a callback may do ---------------------------------------------------------------- */

typedef struct {
    dd_client_t *other;
    atomic_bool done;
    dd_error_t error;
    char text[32];
} errand_t;

static void answer(dd_client_t *client, const dd_event_t *event, void *arg)
{
    (void)arg;
    if (event->is_request)
        dd_client_reply(client, event, "yes", 3);
}

/* While one client's callback waits, the loop goes on for all others. */
static void run_errand(dd_client_t *client, const dd_event_t *event, void *arg)
{
    errand_t *self = arg;
    dd_event_t *reply = NULL;
    (void)event;
    if (dd_client_request(client, "service", "", 0, 1, &reply) != DD_E_ARGUMENT)
        return;
    self->error = dd_client_connect(self->other, HARNESS_DEADLINE, NULL);
    if (self->error == DD_OK)
        self->error = dd_client_request(self->other, "service", "?", 1, HARNESS_DEADLINE, &reply);
    if (self->error == DD_OK)
        snprintf(self->text, sizeof self->text, "%s", (const char *)reply->data);
    dd_event_destroy(&reply);
    dd_client_destroy(&self->other);
    atomic_store(&self->done, true);
}

static bool is_done(void *arg)
{
    return atomic_load(&((errand_t *)arg)->done);
}

static void a_callback_can_wait_for_other_clients(void **state)
{
    harness_t *self = *state;
    broker_start(self, "broker0", NULL, NULL, NULL);
    dd_client_t *service = client_of(self, "service"), *client = client_of(self, "client");
    errand_t errand = {.other = client_of(self, "other")};
    assert_int_equal(dd_client_set_callback(service, answer, NULL), DD_OK);
    assert_int_equal(dd_client_connect(service, HARNESS_DEADLINE, NULL), DD_OK);
    assert_int_equal(dd_client_on(client, DD_EVENT_REGISTERED, run_errand, &errand), DD_OK);
    assert_int_equal(dd_client_start(client), DD_OK);
    assert_true(wait_until(is_done, &errand, HARNESS_DEADLINE));
    assert_int_equal(errand.error, DD_OK);
    assert_string_equal(errand.text, "yes");
    assert_null(errand.other);
    dd_client_destroy(&client);
    dd_client_destroy(&service);
}

/* ---- A loop of the program's own ----------------------------------------------------------- */

typedef struct {
    pthread_t thread;
    unsigned registered, heard;
} count_t;

static void count(dd_client_t *client, const dd_event_t *event, void *arg)
{
    count_t *self = arg;
    (void)client;
    assert_true(pthread_equal(self->thread, pthread_self()));
    self->registered += event->type == DD_EVENT_REGISTERED;
    self->heard += event->type == DD_EVENT_NOTIFICATION;
}

static void run_until(dd_loop_t *loop, const unsigned *counter, unsigned end)
{
    struct pollfd item = {.fd = dd_loop_fd(loop), .events = POLLIN};
    while (*counter < end) {
        assert_int_equal(poll(&item, 1, HARNESS_DEADLINE), 1);
        assert_int_equal(dd_loop_run_once(loop, 0), DD_OK);
    }
}

static void a_program_runs_clients_in_its_own_loop(void **state)
{
    harness_t *self = *state;
    dd_client_t *clients[CROWD];
    count_t counted = {.thread = pthread_self()};
    char name[16];
    broker_start(self, "broker0", NULL, NULL, NULL);
    dd_loop_t *loop = dd_loop_new(NULL);
    assert_non_null(loop);
    for (unsigned i = 0; i < CROWD; i++) {
        name_of(i, name);
        clients[i] = client_of(self, name);
        assert_int_equal(dd_client_set_loop(clients[i], loop), DD_OK);
        assert_int_equal(dd_client_set_callback(clients[i], count, &counted), DD_OK);
        assert_int_equal(dd_client_start(clients[i]), DD_OK);
        assert_int_equal(dd_client_set_loop(clients[i], loop), DD_E_ARGUMENT);
    }
    run_until(loop, &counted.registered, CROWD);
    for (unsigned i = 0; i < CROWD; i++) {
        name_of((i + 1) % CROWD, name);
        assert_int_equal(dd_client_notify(clients[i], name, "x", 1, 0, NULL), DD_OK);
    }
    run_until(loop, &counted.heard, CROWD);
    dd_loop_destroy(&loop); /* it stays for its clients */
    for (unsigned i = 0; i < CROWD; i++)
        dd_client_destroy(&clients[i]);
}

/* Functions that wait run such a loop themselves. */
static void who_waits_runs_the_loop(void **state)
{
    harness_t *self = *state;
    broker_start(self, "broker0", NULL, NULL, NULL);
    dd_loop_t *loop = dd_loop_new(NULL);
    dd_client_t *service = client_of(self, "service"), *client = client_of(self, "client");
    dd_event_t *event;
    assert_int_equal(dd_client_set_loop(service, loop), DD_OK);
    assert_int_equal(dd_client_set_loop(client, loop), DD_OK);
    assert_int_equal(dd_client_on(service, DD_EVENT_NOTIFICATION, answer, NULL), DD_OK);
    assert_int_equal(dd_client_connect(service, HARNESS_DEADLINE, NULL), DD_OK);
    assert_int_equal(dd_client_connect(client, HARNESS_DEADLINE, NULL), DD_OK);
    assert_int_equal(dd_client_request(client, "service", "?", 1, HARNESS_DEADLINE, &event), DD_OK);
    assert_string_equal(event->data, "yes");
    dd_event_destroy(&event);
    assert_int_equal(dd_client_notify(client, "client", "x", 1, 0, NULL), DD_OK);
    assert_int_equal(dd_client_drain(client, 0, HARNESS_DEADLINE), DD_OK);
    for (dd_event_type_t type = 0; type != DD_EVENT_NOTIFICATION;) {
        event = dd_client_receive(client, HARNESS_DEADLINE);
        assert_non_null(event);
        type = event->type;
        dd_event_destroy(&event);
    }
    assert_null(dd_client_receive(client, 1));
    assert_int_equal(dd_client_close(client, HARNESS_DEADLINE), 0);
    assert_null(dd_client_receive(client, -1));
    dd_client_destroy(&client);
    dd_client_destroy(&service);
    dd_loop_destroy(&loop);
}

static void loops_with_threads_stand_side_by_side(void **state)
{
    harness_t *self = *state;
    broker_start(self, "broker0", NULL, NULL, NULL);
    dd_client_t *clients[3];
    for (unsigned i = 0; i < COUNT(clients); i++) {
        char name[16];
        name_of(i, name);
        dd_loop_t *loop = dd_loop_new(NULL);
        clients[i] = client_of(self, name);
        assert_int_equal(dd_loop_start(loop), DD_OK);
        assert_int_equal(dd_client_set_loop(clients[i], loop), DD_OK);
        dd_loop_destroy(&loop);
        assert_int_equal(dd_client_connect(clients[i], HARNESS_DEADLINE, NULL), DD_OK);
    }
    assert_int_equal(dd_client_notify(clients[0], "c2", "x", 1, 0, NULL), DD_OK);
    assert_int_equal(dd_client_close(clients[0], HARNESS_DEADLINE), 0);
    for (unsigned i = 0; i < COUNT(clients); i++)
        dd_client_destroy(&clients[i]);
}

/* ---- Subscriptions with callbacks ---------------------------------------------------------- */

typedef struct {
    atomic_uint heard;
    unsigned wanted;
} hearer_t;

static void hear(dd_client_t *client, const dd_event_t *event, void *arg)
{
    hearer_t *self = arg;
    (void)client;
    if (event->type == DD_EVENT_PUBLICATION)
        atomic_fetch_add(&self->heard, 1);
}

static bool has_heard(void *arg)
{
    hearer_t *self = arg;
    return atomic_load(&self->heard) >= self->wanted;
}

static void publications_go_to_the_callback_of_their_subscription(void **state)
{
    harness_t *self = *state;
    broker_start(self, "broker0", NULL, "/1/2/3/", NULL);
    client_t *client = client_open(self, "broker0", "a", "client");
    dd_client_t *handle = client_handle(client);
    hearer_t near = {.wanted = 2}, all = {.wanted = 2}, begin = {.wanted = 2};
    assert_int_equal(dd_client_subscribe_to(handle, "alarms", "node", hear, &near), DD_OK);
    assert_int_equal(dd_client_subscribe_to(handle, "alarms", "all", hear, &all), DD_OK);
    assert_int_equal(dd_client_subscribe_to(handle, "lo", "noscope", hear, &begin), DD_OK);
    for (int i = 0; i < 3; i++)
        client_await(client, DD_EVENT_SUBSCRIBED);
    client_subscribe(client, "news", "all");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(dd_client_publish(handle, "alarms", "fire", 4), DD_OK);
        assert_int_equal(dd_client_publish(handle, "logs", "line", 4), DD_OK);
    }
    assert_int_equal(dd_client_publish(handle, "news", "none", 4), DD_OK);
    client_expect(client, "client", "none");
    assert_true(wait_until(has_heard, &near, HARNESS_DEADLINE));
    assert_true(wait_until(has_heard, &all, HARNESS_DEADLINE));
    assert_true(wait_until(has_heard, &begin, HARNESS_DEADLINE));
    client_close(&client);
    assert_int_equal(near.heard + all.heard + begin.heard, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(clients_share_a_thread_and_take_two_descriptors_each),
        SCENE(a_callback_can_wait_for_other_clients),
        SCENE(a_program_runs_clients_in_its_own_loop),
        SCENE(who_waits_runs_the_loop),
        SCENE(loops_with_threads_stand_side_by_side),
        SCENE(publications_go_to_the_callback_of_their_subscription),
    };
    return cmocka_run_group_tests_name("one_loop", tests, NULL, NULL);
}
