/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_transports - a transport in this process, with a clock that only the test moves
 *
 * So what takes ten seconds or a minute is tested at once, and to the ms. A thread does the work of
 * the broker's loop for one transport; each turn looks everywhere.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "ddbroker/legacy/legacy.h"
#include "ddbroker/net/listener.h"
#include "ddbroker/net/parent_link.h"
#include "ddbroker/net/zap.h"
#include "harness.h"
#include "legacy_client.h"
#include "libdd/net/context.h"
#include "libdd/protocol/endpoint.h"

/* ms between two looks, if nothing happens before. */
#define TURN 5
/* ms that a stranger has at the legacy endpoint. */
#define LOGIN_LIMIT 10000
/* Turns after which everything that was there has been looked at. */
#define TURNS 3
/* ms for the first word after the handshake. */
#define HELLO_LIMIT 4000
#define HEARTBEAT DD_HEARTBEAT_MOST
#define MINUTE 60000

typedef transport_t *(open_t)(const transport_settings_t *settings, dd_problem_t *problem);

typedef struct {
    harness_t *harness;
    void *context;
    dd_keyring_t *keyring;
    core_t *core;
    log_t *log;
    zap_t *zap;
    transport_t *transport;
    char endpoint[DD_ENDPOINT_MAX + 1];
    legacy_client_t *client; /* who connects to the legacy endpoint */
    dd_keyring_t *keys;      /* of who connects to the listener */
    void *socket;
    pthread_t thread;
    atomic_bool stopping;
    _Atomic uint64_t now_ms; /* the clock */
    _Atomic size_t turns;    /* done so far */
    _Atomic size_t turn;     /* that somebody waits for */
    _Atomic size_t peers;    /* as of the last turn */
    _Atomic size_t accepted; /* the same */
    _Atomic size_t wanted;   /* what somebody waits for of one of these two */
} station_t;

/* ---- The thread ---------------------------------------------------------------------------- */

static void wait_for_news(station_t *self)
{
    transport_sockets_t sockets = self->transport->ops->sockets(self->transport);
    struct pollfd items[] = {{.fd = dd_socket_fd(zap_socket(self->zap)), .events = POLLIN},
        {.fd = dd_socket_fd(sockets.news), .events = POLLIN},
        {.fd = dd_socket_fd(sockets.frames), .events = POLLIN}};
    poll(items, sizeof items / sizeof items[0], TURN);
}

static void *run(void *arg)
{
    station_t *self = arg;
    const transport_ops_t *ops = self->transport->ops;
    peer_t *peer;
    while (!self->stopping) {
        wait_for_news(self);
        uint64_t now = self->now_ms;
        zap_work(self->zap, self->core, ZAP_ALL, self->now_ms);
        if (ops->watch)
            ops->watch(self->transport, now);
        while (ops->work(self->transport, now))
            ;
        core_tick(self->core, now);
        if (ops->tick)
            ops->tick(self->transport, now);
        while ((peer = core_next_dirty(self->core)))
            transport_flush(peer, now);
        self->peers = ops->peers(self->transport);
        if (ops->accepted)
            self->accepted = ops->accepted(self->transport);
        self->turns++;
    }
    return NULL;
}

/* ---- The station --------------------------------------------------------------------------- */

static void build(station_t *self, open_t *make)
{
    dd_problem_t problem = {0};
    const core_settings_t core = {.name = "station",
        .scope = "/1/",
        .heartbeat = HEARTBEAT,
        .payload_max = 1 << 20,
        .outbox_client = 16 << 20,
        .outbox_link = 16 << 20,
        .clients_max = 100,
        .subscriptions_max = 100,
        .link_names_max = 100,
        .link_interests_max = 100};
    self->keyring = dd_keyring_load(harness_keys(self->harness, "broker"), &problem);
    self->log = log_new(harness_path(self->harness, "log"), DD_LOG_DEBUG, &problem);
    assert_true(self->keyring && self->log);
    self->core = core_new(&core, self->keyring, self->now_ms);
    self->zap = zap_new(self->context, self->log, &problem);
    const transport_settings_t settings = {.context = self->context,
        .core = self->core,
        .log = self->log,
        .keyring = self->keyring,
        .payload_max = 1 << 20,
        .heartbeat = HEARTBEAT};
    self->transport = make(&settings, &problem);
    assert_non_null(self->transport);
}

static void begin_to_listen(station_t *self)
{
    const transport_ops_t *ops = self->transport->ops;
    dd_problem_t problem;
    size_t size = sizeof self->endpoint;
    assert_int_equal(ops->listen(self->transport, "tcp://127.0.0.1:*", &problem), DD_OK);
    void *socket = ops->sockets(self->transport).frames;
    assert_int_equal(zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, self->endpoint, &size), 0);
}

static station_t *station_new(open_t *make)
{
    station_t *self = calloc(1, sizeof *self);
    assert_non_null(self);
    self->harness = harness_new("a,b");
    self->context = dd_context_new();
    self->now_ms = MINUTE;
    build(self, make);
    if (self->transport->ops->listen)
        begin_to_listen(self);
    assert_int_equal(pthread_create(&self->thread, NULL, run, self), 0);
    return self;
}

static void station_destroy(station_t **self_p)
{
    station_t *self = *self_p;
    self->stopping = true;
    pthread_join(self->thread, NULL);
    legacy_client_destroy(&self->client);
    if (self->socket)
        zmq_close(self->socket);
    dd_keyring_destroy(&self->keys);
    self->transport->ops->destroy(self->transport, self->now_ms);
    zap_destroy(&self->zap);
    core_destroy(&self->core);
    zmq_ctx_term(self->context);
    log_destroy(&self->log);
    dd_keyring_destroy(&self->keyring);
    harness_destroy(&self->harness);
    free(self);
    *self_p = NULL;
}

static bool has_turned(void *arg)
{
    station_t *self = arg;
    return self->turns >= self->turn;
}

/* Lets the station look at everything at that much later a time. */
static void pass(station_t *self, uint64_t ms)
{
    self->now_ms += ms;
    self->turn = self->turns + TURNS;
    assert_true(wait_until(has_turned, self, HARNESS_DEADLINE));
}

static bool has_accepted(void *arg)
{
    station_t *self = arg;
    return self->accepted == self->wanted;
}

static bool has_peers(void *arg)
{
    station_t *self = arg;
    return self->peers == self->wanted;
}

static void expect(station_t *self, bool (*what)(void *arg), size_t wanted)
{
    self->wanted = wanted;
    assert_true(wait_until(what, self, HARNESS_DEADLINE));
}

/* How often the log has told of that. */
static unsigned said(station_t *self, const char *text)
{
    char lines[1 << 16];
    unsigned count = 0;
    FILE *file = fopen(harness_path(self->harness, "log"), "r");
    assert_non_null(file);
    lines[fread(lines, 1, sizeof lines - 1, file)] = '\0';
    fclose(file);
    for (const char *at = lines; (at = strstr(at, text)); at++)
        count++;
    return count;
}

/* The client of tenant a that comes to the legacy endpoint. */
static legacy_client_t *connect_legacy(station_t *self)
{
    self->client = legacy_client_new(
        self->context, self->endpoint, harness_keys(self->harness, "a"), LEGACY_V4);
    return self->client;
}

static legacy_client_t *log_in(station_t *self)
{
    legacy_client_login(connect_legacy(self), "client");
    return self->client;
}

/* ---- Strangers at the legacy endpoint ------------------------------------------------------- */

static void a_stranger_has_ten_seconds(void **state)
{
    station_t *self = *state;
    int fd = harness_connect(self->endpoint);
    expect(self, has_accepted, 1);
    pass(self, LOGIN_LIMIT);
    assert_int_equal(0, said(self, "it took too long"));
    pass(self, 1);
    assert_int_equal(1, said(self, "it took too long"));
    expect(self, has_accepted, 0);
    close(fd);
}

static void who_only_asks_has_ten_seconds(void **state)
{
    station_t *self = *state;
    legacy_client_ask(connect_legacy(self));
    pass(self, LOGIN_LIMIT);
    assert_int_equal(0, said(self, "it took too long"));
    pass(self, 1);
    assert_int_equal(1, said(self, "it took too long"));
}

static void a_client_stays_as_long_as_it_likes(void **state)
{
    station_t *self = *state;
    legacy_client_t *client = log_in(self);
    pass(self, MINUTE);
    pass(self, MINUTE);
    legacy_client_expect_silence(client);
    assert_int_equal(0, said(self, "cut a connection"));
}

/* However long it was logged in: its connection counts as a new stranger's. */
static void who_logs_out_has_ten_seconds_to_log_in_again(void **state)
{
    station_t *self = *state;
    legacy_client_t *client = log_in(self);
    pass(self, MINUTE);
    expect(self, has_peers, 1);
    legacy_client_unreg(client);
    expect(self, has_peers, 0);
    pass(self, LOGIN_LIMIT);
    assert_int_equal(0, said(self, "cut a connection"));
    legacy_client_login(client, "client");
    pass(self, MINUTE);
    legacy_client_expect_silence(client);
    legacy_client_unreg(client);
    expect(self, has_peers, 0);
    pass(self, LOGIN_LIMIT + 1);
    assert_int_equal(1, said(self, "it took too long"));
}

/* What the core has ended stays for its farewell, and then has as long as a stranger. */
static void who_was_ended_has_ten_seconds_to_leave(void **state)
{
    station_t *self = *state;
    legacy_client_t *client = log_in(self);
    legacy_client_ping(client);
    legacy_client_expect(client, CMD_PONG, 0);
    const dd_bytes_t wrong = dd_bytes("12345678", 8);
    legacy_client_say(client, CMD_PING, &wrong, 1);
    legacy_client_expect_error(client, 1, "");
    assert_int_equal(self->peers, 1);
    pass(self, LOGIN_LIMIT);
    assert_int_equal(self->peers, 1);
    assert_int_equal(0, said(self, "cut a connection"));
    pass(self, 1);
    expect(self, has_peers, 0);
    assert_int_equal(1, said(self, "it took too long"));
}

/* ---- The listener -------------------------------------------------------------------------- */

/* Somebody with the keys of tenant a, who says no more than that. */
static void greet(station_t *self)
{

    dd_problem_t problem;
    self->keys = dd_keyring_load(harness_keys(self->harness, "a"), &problem);
    assert_non_null(self->keys);
    self->socket = dd_socket_client(self->context, self->keys, (dd_login_t){0}, 1 << 20, &problem);
    assert_non_null(self->socket);
    assert_int_equal(zmq_connect(self->socket, self->endpoint), 0);
}

static void who_never_says_a_word_is_cut(void **state)
{
    station_t *self = *state;
    greet(self);
    expect(self, has_accepted, 1);
    pass(self, DD_SOCKET_HANDSHAKE + HELLO_LIMIT - 1);
    assert_int_equal(0, said(self, "has said nothing in time"));
    pass(self, 1000); /* who is silent is looked for once a second */
    assert_int_equal(1, said(self, "has said nothing in time"));
    expect(self, has_accepted, 0);
}

/* What the core has ended may take its farewell, and must be gone after three keepalives. */
static void who_was_ended_and_stays_is_cut(void **state)
{
    station_t *self = *state;
    greet(self);
    assert_int_equal(zmq_send(self->socket, "nonsense", 8, 0), 8);
    expect(self, has_peers, 1);
    zmq_pollitem_t farewell = {.socket = self->socket, .events = ZMQ_POLLIN};
    assert_int_equal(zmq_poll(&farewell, 1, HARNESS_DEADLINE), 1);
    pass(self, 1000); /* routes are looked at once a second */
    pass(self, 3 * HEARTBEAT - 1);
    assert_int_equal(self->peers, 1);
    pass(self, 1000);
    expect(self, has_peers, 0);
    expect(self, has_accepted, 0);
}

/* ---- The link to the parent ---------------------------------------------------------------- */

static transport_t *link_to_nobody(const transport_settings_t *settings, dd_problem_t *problem)
{
    dd_endpoints_t parents = {.count = 1, .items = {"ipc:///no-such-directory/parent"}};
    core_set_parents(settings->core, &parents);
    return parent_link_new(settings, problem);
}

static bool has_told_again(void *arg)
{
    station_t *self = arg;
    pass(self, 0);
    return said(self, "no connection to the parent") == self->wanted;
}

static void a_failure_that_goes_on_is_told_once_a_minute(void **state)
{
    station_t *self = *state;
    expect(self, has_told_again, 1);
    for (int i = 0; i < 9; i++)
        pass(self, MINUTE / 10);
    assert_int_equal(1, said(self, "no connection to the parent"));
    self->now_ms += MINUTE;
    expect(self, has_told_again, 2);
}

/* ---- All ----------------------------------------------------------------------------------- */

static int at_legacy(void **state)
{
    *state = station_new(legacy_new);
    return 0;
}

static int at_listener(void **state)
{
    *state = station_new(listener_new);
    return 0;
}

static int at_parent_link(void **state)
{
    *state = station_new(link_to_nobody);
    return 0;
}

static int teardown(void **state)
{
    station_destroy((station_t **)state);
    return 0;
}

#define LEGACY(test) cmocka_unit_test_setup_teardown(test, at_legacy, teardown)
#define PARENT_LINK(test) cmocka_unit_test_setup_teardown(test, at_parent_link, teardown)
#define LISTENER(test) cmocka_unit_test_setup_teardown(test, at_listener, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEGACY(a_stranger_has_ten_seconds),
        LEGACY(who_only_asks_has_ten_seconds),
        LEGACY(a_client_stays_as_long_as_it_likes),
        LEGACY(who_logs_out_has_ten_seconds_to_log_in_again),
        LEGACY(who_was_ended_has_ten_seconds_to_leave),
        LISTENER(who_never_says_a_word_is_cut),
        LISTENER(who_was_ended_and_stays_is_cut),
        PARENT_LINK(a_failure_that_goes_on_is_told_once_a_minute),
    };
    return cmocka_run_group_tests_name("transports", tests, NULL, NULL);
}
