/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_client_ends - clients that have ended, that can't begin, and that another process has made
 */
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/libdd/client.h"

/* ---- The end --------------------------------------------------------------------------------- */

static void *receive(void *client)
{
    return dd_client_receive(client, -1);
}

static void test_nobody_waits_for_events_of_a_client_that_was_closed(void **state)
{
    broker_t *broker = *state;
    dd_client_t *client = registered(broker);
    pthread_t waiting[2];
    void *event;
    for (size_t i = 0; i < COUNT(waiting); i++)
        assert_int_equal(pthread_create(&waiting[i], NULL, receive, client), 0);
    dd_client_close(client, 0);
    for (size_t i = 0; i < COUNT(waiting); i++) {
        assert_int_equal(pthread_join(waiting[i], &event), 0);
        assert_null(event);
    }
    assert_null(dd_client_receive(client, -1));
    assert_false(is_readable(dd_client_fd(client)));
    dd_client_destroy(&client);
}

static void test_nobody_waits_for_what_follows_the_end(void **state)
{
    broker_t *broker = *state;
    dd_client_t *client = registered(broker);
    broker_say(broker,
        (dd_record_t){.type = DD_ERROR, .code = DD_E_REFUSED, .text = dd_bytes_of("go away")});
    dd_event_t *event = dd_client_receive(client, -1);
    assert_event(event, DD_EVENT_CLOSED);
    dd_event_destroy(&event);
    assert_null(dd_client_receive(client, -1));
    assert_null(dd_client_receive(client, -1));
    assert_false(is_readable(dd_client_fd(client)));
    dd_client_destroy(&client);
}

static void destroy_within(dd_client_t *client, const dd_event_t *event, void *arg)
{
    dd_client_t *same = client;
    if (event->type != DD_EVENT_REGISTERED)
        return;
    dd_client_destroy(&same);
    *(bool *)arg = same == client;
}

static void test_a_callback_cannot_destroy_its_client(void **state)
{
    broker_t *broker = *state;
    dd_client_t *client = client_of(broker, "a.json");
    bool refused = false;
    assert_int_equal(dd_client_set_callback(client, destroy_within, &refused), DD_OK);
    assert_int_equal(dd_client_start(client), DD_OK);
    broker_admit(broker, "a");
    assert_int_equal(dd_client_connect(client, DEADLINE, NULL), DD_OK);
    say_goodbye(broker, client);
    assert_true(refused);
}

/* ---- Forks ----------------------------------------------------------------------------------- */

/* In a child the C library's malloc(3) is whole, whatever other threads were doing.
   AddressSanitizer's is locked there for ever if one was in it, before gcc 15 and LLVM 18. */
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define FORKS_ANY_TIME false
#else
#define FORKS_ANY_TIME true
#endif

/* ThreadSanitizer knows no threads in a child of a process that had some. */
#ifdef __SANITIZE_THREAD__
#define THREADS_IN_CHILD false
#else
#define THREADS_IN_CHILD true
#endif

/* What fails in a child is told by its line. */
#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            print_error("line %d: %s\n", __LINE__, #condition);                                    \
            return 1;                                                                              \
        }                                                                                          \
    } while (0)

static void assert_in_child(int (*run)(broker_t *, dd_client_t *), broker_t *b, dd_client_t *client)
{
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        alarm(DEADLINE / 1000);
        signal(SIGSEGV, SIG_DFL); /* or cmocka would go on with the test here */
        signal(SIGABRT, SIG_DFL);
        _exit(run(b, client));
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static dd_loop_t *inherited;

static int use_inherited(broker_t *broker, dd_client_t *client)
{
    dd_event_t *reply;
    dd_problem_t problem;
    const char *keys = path_of(broker, "a.json");
    dd_question_t question = {.what = "tree"};
    CHECK(dd_client_notify(client, "x", "", 0, 0, NULL) == DD_E_FORKED);
    CHECK(dd_client_publish(client, "t", "", 0) == DD_E_FORKED);
    CHECK(dd_client_request(client, "x", "", 0, -1, &reply) == DD_E_FORKED);
    CHECK(dd_client_send_request(client, "x", "", 0, -1, NULL, NULL, NULL) == DD_E_FORKED);
    CHECK(dd_client_subscribe(client, "t", "all") == DD_E_FORKED);
    CHECK(dd_client_subscribe_to(client, "t", "all", NULL, NULL) == DD_E_FORKED);
    CHECK(dd_client_unsubscribe(client, "t", "all") == DD_E_FORKED);
    CHECK(dd_client_trace(client, "x", NULL) == DD_E_FORKED);
    CHECK(dd_client_inspect(client, &question, NULL) == DD_E_FORKED);
    CHECK(dd_client_drain(client, 0, -1) == DD_E_FORKED);
    CHECK(dd_client_connect(client, -1, &problem) == DD_E_FORKED);
    CHECK(dd_client_start(client) == DD_E_FORKED);
    CHECK(dd_client_set_tenant(client, "a") == DD_E_FORKED);
    CHECK(dd_client_set_observer(client) == DD_E_FORKED);
    CHECK(dd_client_set_limits(client, 1, 1) == DD_E_FORKED);
    CHECK(dd_client_set_outcome_limit(client, 1) == DD_E_FORKED);
    CHECK(dd_client_set_callback(client, NULL, NULL) == DD_E_FORKED);
    CHECK(dd_client_set_log(client, NULL, NULL) == DD_E_FORKED);
    CHECK(dd_client_set_keys(client, keys, &problem) == DD_E_FORKED);
    CHECK(dd_client_receive(client, -1) == NULL);
    CHECK(dd_client_fd(client) == -1);
    CHECK(dd_client_rtt_us(client) == 0);
    CHECK(dd_client_close(client, -1) == 0);
    dd_client_destroy(&client);
    CHECK(client == NULL);
    return 0;
}

/* A client that the parent has had connecting all the time may hold locks. */
static int connect_anew(broker_t *broker, dd_client_t *busy)
{
    dd_problem_t problem;
    (void)busy;
    dd_client_t *client = dd_client_new(
        "tcp://localhost:1,tcp://127.0.0.1:1", path_of(broker, "a.json"), "cli1", &problem);
    CHECK(client);
    for (int i = 0; i < 2; i++) {
        CHECK(dd_client_connect(client, 10, &problem) != DD_OK);
        dd_event_t *event =
            i == 0 && dd_client_start(client) ? dd_client_receive(client, -1) : NULL;
        CHECK(i > 0 || event->type == DD_EVENT_DISCONNECTED);
        dd_event_destroy(&event);
    }
    dd_client_destroy(&client);
    return 0;
}

static void test_a_child_cannot_use_its_parents_clients(void **state)
{
    broker_t *broker = *state;
    dd_client_t *client = registered(broker), *unstarted = client_of(broker, "a.json");
    assert_in_child(use_inherited, broker, client);
    assert_in_child(use_inherited, broker, unstarted);
    assert_int_equal(dd_client_notify(client, "cli2", "", 0, 0, NULL), DD_OK);
    broker_expect(broker, DD_SEND);
    dd_client_destroy(&unstarted);
    say_goodbye(broker, client);
}

static int use_inherited_loop(broker_t *broker, dd_client_t *client)
{
    dd_client_t *own = client_of(broker, "a.json");
    (void)client;
    CHECK(dd_loop_fd(inherited) == -1);
    CHECK(dd_loop_run_once(inherited, -1) == DD_E_FORKED);
    CHECK(dd_loop_start(inherited) == DD_E_FORKED);
    CHECK(dd_client_set_loop(own, inherited) == DD_E_FORKED);
    dd_client_destroy(&own);
    dd_loop_destroy(&inherited);
    CHECK(inherited == NULL);
    return 0;
}

static void test_a_child_cannot_use_its_parents_loops(void **state)
{
    inherited = dd_loop_new(NULL);
    assert_in_child(use_inherited_loop, *state, NULL);
    assert_int_equal(dd_loop_run_once(inherited, 0), DD_OK);
    dd_loop_destroy(&inherited);
}

static void test_a_child_has_clients_of_its_own(void **state)
{
    if (!THREADS_IN_CHILD)
        skip();
    broker_t *broker = *state;
    dd_client_t *busy = dd_client_new("tcp://localhost:1,tcp://127.0.0.1:1,tcp://localhost:2",
        path_of(broker, "a.json"), "cli2", NULL);
    if (FORKS_ANY_TIME)
        assert_int_equal(dd_client_start(busy), DD_OK);
    for (int i = 0; i < 10; i++)
        assert_in_child(connect_anew, broker, busy);
    dd_client_destroy(&busy);
}

/* What threads of a program do, each in a call nearly all the time; NULL if none has failed. */
typedef struct {
    broker_t *broker;
    dd_client_t *client;
    atomic_bool over;
} calls_t;

static void *send_much(void *arg)
{
    calls_t *calls = arg;
    while (!calls->over)
        if (dd_client_notify(calls->client, "cli2", "x", 1, 0, NULL) == DD_E_OUTBOX_FULL)
            dd_client_drain(calls->client, 0, 1);
    return NULL;
}

static void *change_keys(void *arg)
{
    calls_t *calls = arg;
    while (!calls->over)
        if (dd_client_set_keys_from(calls->client, A_FILE, strlen(A_FILE), NULL) != DD_OK)
            return calls;
    return NULL;
}

static void *come_and_go(void *arg)
{
    calls_t *calls = arg;
    while (!calls->over) {
        dd_client_t *client =
            dd_client_new_with_keys("tcp://127.0.0.1:1", B_FILE, strlen(B_FILE), "cli3", NULL);
        if (!client)
            return calls;
        dd_client_destroy(&client);
    }
    return NULL;
}

static int end_and_begin(broker_t *broker, dd_client_t *client)
{
    CHECK(dd_client_notify(client, "cli2", "x", 1, 0, NULL) == DD_E_FORKED);
    CHECK(dd_client_close(client, -1) == 0);
    dd_client_destroy(&client);
    return connect_anew(broker, NULL);
}

static void test_a_child_begins_while_other_threads_call(void **state)
{
    if (!FORKS_ANY_TIME)
        skip();
    calls_t calls = {.broker = *state, .client = registered(*state)};
    void *(*const calling[])(void *) = {send_much, send_much, change_keys, come_and_go};
    pthread_t threads[COUNT(calling)];
    void *failed;
    for (size_t i = 0; i < COUNT(calling); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, calling[i], &calls), 0);
    for (int i = 0; i < 20; i++)
        assert_in_child(end_and_begin, calls.broker, calls.client);
    calls.over = true;
    for (size_t i = 0; i < COUNT(calling); i++) {
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    broker_say(calls.broker, (dd_record_t){.type = DD_ERROR, .code = DD_E_REFUSED});
    dd_client_destroy(&calls.client);
}

/* ---- Descriptors ----------------------------------------------------------------------------- */

/* However few there are, the process goes on, and is told why there is no client. */
static int make_with_few(broker_t *broker, dd_client_t *none)
{
    (void)none;
    int first = dup(0);
    close(first);
    for (rlim_t room = 0, made = 0; made < 3 && room < 64; room++) {
        struct rlimit limit = {(rlim_t)first + room, 4096};
        dd_problem_t problem = {0};
        CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
        dd_client_t *client =
            dd_client_new("tcp://127.0.0.1:1", path_of(broker, "a.json"), "x", &problem);
        made += client != NULL;
        CHECK(client || problem.error == DD_E_LIMIT);
        CHECK(client || strstr(problem.text, "RLIMIT_NOFILE"));
        CHECK(room > 0 || !client);
        CHECK(!client || dd_client_start(client) == DD_OK);
        dd_event_t *event = client ? dd_client_receive(client, -1) : NULL;
        CHECK(!client || event->error == DD_E_LIMIT);
        CHECK(!client || strstr(event->text, "RLIMIT_NOFILE"));
        dd_event_destroy(&event);
        dd_client_destroy(&client);
    }
    return 0;
}

static void test_without_descriptors_the_limit_is_named(void **state)
{
    if (!THREADS_IN_CHILD)
        skip();
    assert_in_child(make_with_few, *state, NULL);
}

static void test_says_its_version(void **state)
{
    (void)state;
    assert_string_equal(dd_version(), DD_VERSION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        client_test(test_nobody_waits_for_events_of_a_client_that_was_closed),
        client_test(test_nobody_waits_for_what_follows_the_end),
        client_test(test_a_callback_cannot_destroy_its_client),
        client_test(test_a_child_cannot_use_its_parents_clients),
        client_test(test_a_child_cannot_use_its_parents_loops),
        client_test(test_a_child_has_clients_of_its_own),
        client_test(test_a_child_begins_while_other_threads_call),
        client_test(test_without_descriptors_the_limit_is_named),
        client_test(test_says_its_version),
    };
    return cmocka_run_group_tests_name("client_ends", tests, NULL, NULL);
}
