/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_connections - whose a connection is, when descriptors are used again and a connection's last
 * messages are read after its end
 *
 * The broker's own sides of its sockets run in the test, so that it can read late.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "curve.h"
#include "ddbroker/legacy/legacy.h"
#include "ddbroker/net/connections.h"
#include "ddbroker/net/listen.h"
#include "ddbroker/net/listener.h"
#include "ddbroker/net/zap.h"
#include "legacy_client.h"
#include "libdd/base/clock.h"
#include "libdd/net/dialer.h"
#include "raw.h"
#include "scene.h"

#define PAYLOAD_MAX (1 << 16)
#define HEARTBEAT 5000

typedef struct {
    harness_t *harness;
    void *context;
    log_t *log;
    dd_keyring_t *keyring;
    core_t *core;
    zap_t *zap;
    transport_t *listener;
    transport_t *legacy;
} side_t;

static uint64_t now_ms(void)
{
    return dd_clock_us() / 1000;
}

static int side_open(void **state)
{
    static side_t self;
    dd_problem_t problem;
    scene_open((void **)&self.harness);
    self.context = zmq_ctx_new();
    self.log = log_new(harness_path(self.harness, "log"), DD_LOG_DEBUG, &problem);
    self.keyring = dd_keyring_load(harness_keys(self.harness, "broker"), &problem);
    assert_non_null(self.keyring);
    const core_settings_t settings = {.name = "broker0",
        .scope = "auto",
        .heartbeat = HEARTBEAT,
        .payload_max = PAYLOAD_MAX,
        .outbox_client = 1 << 20,
        .outbox_link = 1 << 20,
        .window_client = 1 << 16,
        .clients_max = 10,
        .subscriptions_max = 10,
        .link_names_max = 10,
        .link_interests_max = 10};
    self.core = core_new(&settings, self.keyring, now_ms());
    self.zap = zap_new(self.context, self.log, &problem);
    const transport_settings_t transports = {.context = self.context,
        .core = self.core,
        .log = self.log,
        .keyring = self.keyring,
        .payload_max = PAYLOAD_MAX,
        .heartbeat = HEARTBEAT,
        .connections_max = 100};
    self.listener = listener_new(&transports, &problem);
    self.legacy = legacy_new(&transports, &problem);
    assert_true(self.core && self.zap && self.listener && self.legacy);
    *state = &self;
    return 0;
}

static int side_close(void **state)
{
    side_t *self = *state;
    self->legacy->ops->destroy(self->legacy, now_ms());
    self->listener->ops->destroy(self->listener, now_ms());
    zap_destroy(&self->zap);
    core_destroy(&self->core);
    dd_keyring_destroy(&self->keyring);
    log_destroy(&self->log);
    zmq_ctx_term(self->context);
    return scene_close((void **)&self->harness);
}

/* The endpoint that a log line says is listened on. */
static const char *endpoint_of(side_t *self)
{
    static char line[512];
    FILE *file = fopen(harness_path(self->harness, "log"), "r");
    assert_non_null(file);
    char *found = NULL;
    while (!found && fgets(line, sizeof line, file))
        found = strstr(line, "tcp://127.0.0.1:");
    fclose(file);
    assert_non_null(found);
    found[strcspn(found, " \n")] = '\0';
    return found;
}

/* ---- The table ----------------------------------------------------------------------------- */

typedef struct {
    connections_t *table;
    void *gone; /* the owner of the last that has gone */
    size_t count;
} table_t;

/* A condition for wait_until(): so many are open. */
static bool has_count(void *arg)
{
    table_t *self = arg;
    void *gone = connections_next_gone(self->table, 0);
    if (gone)
        self->gone = gone;
    return connections_count(self->table) == self->count;
}

static void expect_count(table_t *self, size_t count)
{
    self->count = count;
    assert_true(wait_until(has_count, self, HARNESS_DEADLINE));
}

/* Whether a message with a routing id of ZeroMQ's makes the connection its owner's. */
static bool owns(connections_t *table, int fd, uint32_t number, void *owner, void **former)
{
    uint8_t id[5] = {0};
    number = htobe32(number);
    memcpy(id + 1, &number, sizeof number);
    return connections_own(table, fd, dd_bytes(id, sizeof id), owner, former);
}

static void a_descriptor_is_the_latest_connections(void **state)
{
    side_t *self = *state;
    char endpoint[DD_ENDPOINT_MAX + 1], early, late, last;
    dd_problem_t problem;
    void *former, *context = zmq_ctx_new(), *socket = zmq_socket(context, ZMQ_ROUTER);
    table_t table = {.table = connections_new(context, socket, self->log, INPUT_STRANGER, 0)};
    assert_non_null(table.table);
    assert_int_equal(listen_begin(socket, "tcp://127.0.0.1:0", 0660, endpoint, &problem), DD_OK);

    int client = harness_connect(endpoint);
    expect_count(&table, 1);
    int fd = connections_strangers(table.table)->fd;
    assert_true(owns(table.table, fd, UINT32_MAX, &early, &former));
    assert_null(former);
    assert_int_equal(connections_stranger_count(table.table), 0);
    assert_non_null(connections_of(table.table, fd, &early));
    close(client);
    expect_count(&table, 0);
    assert_ptr_equal(table.gone, &early);

    /* What it has left is read when nobody has its descriptor, */
    assert_null(connections_of(table.table, fd, &early));
    assert_false(owns(table.table, fd, UINT32_MAX, &early, &former));
    client = harness_connect(endpoint);
    expect_count(&table, 1);
    assert_int_equal(connections_strangers(table.table)->fd, fd);
    /* or another one that hasn't spoken yet, */
    assert_true(owns(table.table, fd, UINT32_MAX, &early, &former));
    assert_true(owns(table.table, fd, 1, &late, &former)); /* numbers go round */
    assert_ptr_equal(former, &early);
    /* or one that has. */
    assert_false(owns(table.table, fd, UINT32_MAX, &early, &former));
    assert_null(former);
    assert_false(connections_own(table.table, fd, dd_bytes_of("chosen"), &early, &former));
    assert_null(connections_of(table.table, fd, &early));
    connections_trust(table.table, fd, &early);
    connections_doubt(table.table, fd, &early, 0);
    connections_disown(table.table, fd, &early);
    assert_int_equal(connections_stranger_count(table.table), 0);
    assert_non_null(connections_of(table.table, fd, &late));
    assert_true(owns(table.table, fd, 2, &last, &former));
    assert_ptr_equal(former, &late);

    connections_cut(table.table, connections_of(table.table, fd, &last));
    expect_count(&table, 0);
    assert_ptr_equal(table.gone, &last);
    close(client);
    connections_destroy(&table.table);
    zmq_close(socket);
    zmq_ctx_term(context);
}

/* ---- What is read late --------------------------------------------------------------------- */

/* Takes in which connections are gone; how many are open. */
static size_t count_open(transport_t *transport)
{
    transport->ops->watch(transport, now_ms());
    return transport->ops->accepted(transport);
}

/* Conditions for wait_until(). */
static bool has_no_client(void *arg)
{
    return count_open(((side_t *)arg)->listener) == 0;
}

static bool has_no_legacy_client(void *arg)
{
    return count_open(((side_t *)arg)->legacy) == 0;
}

static bool has_legacy_client(void *arg)
{
    return !has_no_legacy_client(arg);
}

typedef struct {
    side_t *side;
    dd_dialer_t *dial;
} call_t;

static bool is_connected(void *arg)
{
    call_t *self = arg;
    zap_work(self->side->zap, self->side->core, ZAP_ALL, now_ms());
    count_open(self->side->listener);
    return dd_dialer_watch(self->dial) == DD_DIALER_CONNECTED;
}

/* A turn takes so long and no longer. */
static bool has_taken_all(void *transport)
{
    return !((transport_t *)transport)->ops->work(transport, now_ms());
}

/* Registers and leaves before the broker has read it. */
static void come_and_go(side_t *self, const char *endpoint)
{
    dd_problem_t problem;
    uint8_t frame[RAW_FRAME_MAX];
    const dd_record_t hello = {.type = DD_HELLO, .number = 1, .name = dd_bytes_of("cli1")};
    dd_keyring_t *keyring = dd_keyring_load(harness_keys(self->harness, "a"), &problem);
    void *context = zmq_ctx_new();
    const dd_dialer_settings_t settings = {
        .context = context, .keyring = keyring, .payload_max = PAYLOAD_MAX};
    call_t call = {self, dd_dialer_new(&settings, endpoint, &problem)};
    assert_true(wait_until(is_connected, &call, HARNESS_DEADLINE));
    assert_true(
        zmq_send(dd_dialer_socket(call.dial), frame, raw_frame(&hello, frame), ZMQ_DONTWAIT) > 0);
    dd_dialer_linger(call.dial, HARNESS_DEADLINE);
    dd_dialer_destroy(&call.dial);
    zmq_ctx_term(context);
    dd_keyring_destroy(&keyring);
}

/* Such a client must not stay, with a descriptor that will be another's, until nothing was heard of
   it for long, and that other one be cut in its place. */
static void what_a_client_has_left_is_read_and_over(void **state)
{
    side_t *self = *state;
    dd_problem_t problem;
    assert_int_equal(
        self->listener->ops->listen(self->listener, "tcp://127.0.0.1:0", &problem), DD_OK);
    come_and_go(self, endpoint_of(self));
    assert_true(wait_until(has_no_client, self, HARNESS_DEADLINE));
    assert_true(wait_until(has_taken_all, self->listener, HARNESS_DEADLINE));
    assert_int_equal(core_connections(self->core), 0);
}

/* Logs in without waiting for the challenge, which takes a tenant's cookie, and leaves. */
static void log_in_and_go(side_t *self, const char *endpoint)
{
    void *context = zmq_ctx_new();
    legacy_client_t *client =
        legacy_client_new(context, endpoint, harness_keys(self->harness, "a"), LEGACY_V4);
    dd_bytes_t hash = legacy_client_hash(client);
    uint64_t cookie = htole64(dd_keyring_tenant_by_hash(self->keyring, hash)->cookie);
    legacy_client_linger(client);
    legacy_client_say(client, CMD_ADDLCL, &hash, 1);
    legacy_client_say(client, CMD_CHALLOK,
        (dd_bytes_t[]){dd_bytes(&cookie, sizeof cookie), hash, dd_bytes_of("old")}, 3);
    assert_true(wait_until(has_legacy_client, self, HARNESS_DEADLINE));
    legacy_client_destroy(&client);
    zmq_ctx_term(context);
}

static void what_an_old_client_has_left_logs_nobody_in(void **state)
{
    side_t *self = *state;
    dd_problem_t problem;
    assert_int_equal(self->legacy->ops->listen(self->legacy, "tcp://127.0.0.1:0", &problem), DD_OK);
    log_in_and_go(self, endpoint_of(self));
    assert_true(wait_until(has_no_legacy_client, self, HARNESS_DEADLINE));
    assert_true(wait_until(has_taken_all, self->legacy, HARNESS_DEADLINE));
    assert_int_equal(core_connections(self->core), 0);
}

/* ---- What is sent while nothing is taken --------------------------------------------------- */

typedef struct {
    side_t *side;
    atomic_bool done;
} porter_t;

static void *let_in(void *arg)
{
    porter_t *self = arg;
    while (!atomic_load(&self->done))
        zap_work(self->side->zap, self->side->core, ZAP_ALL, now_ms());
    return NULL;
}

static void say(curve_t *peer, const dd_record_t *record)
{
    uint8_t frame[RAW_FRAME_MAX];
    assert_true(curve_send(peer, frame, raw_frame(record, frame), false));
}

typedef struct {
    side_t *side;
    size_t count;
} clients_t;

/* A condition for wait_until(), which keeps the broker's side at work. */
static bool has_clients(void *arg)
{
    clients_t *self = arg;
    peer_t *peer;
    self->side->listener->ops->work(self->side->listener, now_ms());
    while ((peer = core_next_dirty(self->side->core)))
        transport_flush(peer, now_ms());
    return core_connections(self->side->core) == self->count;
}

/* A peer with a key that has registered. */
static curve_t *peer_in(side_t *self)
{
    dd_problem_t problem;
    pthread_t thread;
    porter_t porter = {.side = self};
    clients_t clients = {self, 1};
    assert_int_equal(
        self->listener->ops->listen(self->listener, "tcp://127.0.0.1:0", &problem), DD_OK);
    assert_int_equal(pthread_create(&thread, NULL, let_in, &porter), 0);
    curve_t *peer = curve_open_at(self->harness, endpoint_of(self), "a");
    atomic_store(&porter.done, true);
    pthread_join(thread, NULL);
    say(peer, &(dd_record_t){.type = DD_HELLO, .number = 1, .name = dd_bytes_of("cli1")});
    assert_true(wait_until(has_clients, &clients, HARNESS_DEADLINE));
    return peer;
}

/* Whatever waits to be taken, ZeroMQ reads on, sees the end, and has nothing left to answer when
   its reading goes on. */
static void a_reset_is_noticed_whatever_is_untaken(void **state)
{
    side_t *self = *state;
    curve_t *peer = peer_in(self);
    for (int i = 0; i < 100; i++)
        say(peer, &(dd_record_t){.type = DD_PING, .number = 7});
    for (int i = 0; i < 10; i++)
        assert_true(curve_ping(peer));
    curve_reset(&peer);
    assert_true(wait_until(has_no_client, self, HARNESS_DEADLINE));
    assert_true(wait_until(has_clients, &(clients_t){self, 0}, HARNESS_DEADLINE));
}

static bool has_logged_cut(void *arg)
{
    side_t *self = arg;
    char line[512];
    bool found = false;
    self->listener->ops->work(self->listener, now_ms());
    FILE *file = fopen(harness_path(self->harness, "log"), "r");
    while (!found && fgets(line, sizeof line, file))
        found = strstr(line, "cut client a.cli1: it doesn't keep to its window");
    fclose(file);
    return found;
}

typedef struct {
    side_t *side;
    curve_t *peer;
} sender_t;

/* Sends more, as long as that can be sent: a condition for wait_until(), that the limit has been
   reached. */
static bool is_refused(void *arg)
{
    static uint8_t frame[32 << 10];
    const sender_t *self = arg;
    struct pollfd refusal[TRANSPORT_DESCRIPTORS_MAX] = {{.fd = -1}};
    self->side->listener->ops->descriptors(self->side->listener, refusal);
    if (!curve_is_full(self->peer))
        assert_true(curve_send(self->peer, frame, sizeof frame, false));
    return poll(refusal, 1, 0) == 1;
}

static void who_does_not_keep_to_its_window_is_cut(void **state)
{
    side_t *self = *state;
    curve_t *peer = peer_in(self);
    assert_true(wait_until(is_refused, &(sender_t){self, peer}, HARNESS_DEADLINE));
    assert_true(wait_until(has_logged_cut, self, HARNESS_DEADLINE));
    assert_true(wait_until(has_no_client, self, HARNESS_DEADLINE));
    assert_true(wait_until(has_clients, &(clients_t){self, 0}, HARNESS_DEADLINE));
    curve_close(&peer);
}

/* ---- Routing ids --------------------------------------------------------------------------- */

/* A peer with a tenant's key and an id of its own choice; without one if its size is 0. */
typedef struct {
    side_t *side;
    void *context, *socket, *monitor;
    dd_keyring_t *keyring;
    bool connected, lost;
} claimer_t;

static claimer_t claimer_new(side_t *side, const char *endpoint, const void *id, size_t size)
{
    dd_problem_t problem;
    claimer_t self = {.side = side, .context = zmq_ctx_new()};
    self.keyring = dd_keyring_load(harness_keys(side->harness, "a"), &problem);
    self.socket =
        dd_socket_client(self.context, self.keyring, (dd_login_t){0}, PAYLOAD_MAX, &problem);
    if (size > 0)
        assert_int_equal(zmq_setsockopt(self.socket, ZMQ_ROUTING_ID, id, size), 0);
    self.monitor = dd_monitor_open(
        self.context, self.socket, ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED);
    assert_non_null(self.monitor);
    assert_int_equal(zmq_connect(self.socket, endpoint), 0);
    return self;
}

static void claimer_end(claimer_t *self)
{
    dd_monitor_close(self->monitor, self->socket);
    zmq_close(self->socket);
    zmq_ctx_term(self->context);
    dd_keyring_destroy(&self->keyring);
}

/* Conditions for wait_until(), which keep the broker's side at work. */
static bool is_in(void *arg)
{
    claimer_t *self = arg;
    dd_monitor_event_t event;
    zap_work(self->side->zap, self->side->core, ZAP_ALL, now_ms());
    self->side->listener->ops->work(self->side->listener, now_ms());
    while (dd_monitor_next(self->monitor, &event)) {
        self->connected |= event.event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED;
        self->lost |= event.event == ZMQ_EVENT_DISCONNECTED;
    }
    return self->connected;
}

static bool is_out(void *arg)
{
    is_in(arg);
    return ((claimer_t *)arg)->lost;
}

static bool is_registered(void *arg)
{
    is_in(arg);
    return core_connections(((claimer_t *)arg)->side->core) > 0;
}

/* An id that this broker gives when its turn comes would then be the end of the process. */
static void who_chooses_a_routing_id_is_cut(void **state)
{
    static const struct {
        const void *id;
        size_t size;
    } IDS[] = {{"\0\x12\x34\x56\x78", 5}, {"\0\xff\xff\xff\xff", 5}, {"\0abc", 4}, {"\0", 1},
        {"chosen", 6}, {"fives", 5}};
    side_t *self = *state;
    dd_problem_t problem;
    uint8_t frame[RAW_FRAME_MAX];
    const dd_record_t hello = {.type = DD_HELLO, .number = 1, .name = dd_bytes_of("cli1")};
    size_t size = raw_frame(&hello, frame);
    assert_int_equal(
        self->listener->ops->listen(self->listener, "tcp://127.0.0.1:0", &problem), DD_OK);
    const char *endpoint = endpoint_of(self);
    for (size_t i = 0; i < COUNT(IDS); i++) {
        claimer_t claimer = claimer_new(self, endpoint, IDS[i].id, IDS[i].size);
        assert_true(wait_until(is_in, &claimer, HARNESS_DEADLINE));
        assert_true(zmq_send(claimer.socket, frame, size, ZMQ_DONTWAIT) > 0);
        assert_true(wait_until(is_out, &claimer, HARNESS_DEADLINE));
        assert_int_equal(core_connections(self->core), 0);
        claimer_end(&claimer);
    }
    claimer_t good = claimer_new(self, endpoint, "", 0);
    assert_true(wait_until(is_in, &good, HARNESS_DEADLINE));
    assert_true(zmq_send(good.socket, frame, size, ZMQ_DONTWAIT) > 0);
    assert_true(wait_until(is_registered, &good, HARNESS_DEADLINE));
    assert_false(good.lost);
    claimer_end(&good);
}

/* The endpoint is another one each time, since ZeroMQ closes sockets later. */
static uint32_t first_number(void *context, const char *endpoint)
{
    uint8_t id[5];
    uint32_t number;
    srand(7); /* as somebody could guess it */
    void *router = dd_socket_router(context), *dealer = zmq_socket(context, ZMQ_DEALER);
    int linger = 0; /* of the message nothing but the number is read */
    zmq_setsockopt(dealer, ZMQ_LINGER, &linger, sizeof linger);
    zmq_setsockopt(router, ZMQ_LINGER, &linger, sizeof linger);
    assert_int_equal(zmq_bind(router, endpoint), 0);
    assert_int_equal(zmq_connect(dealer, endpoint), 0);
    assert_int_equal(zmq_send(dealer, "", 0, 0), 0);
    assert_int_equal(zmq_recv(router, id, sizeof id, 0), sizeof id);
    assert_true(routing_ids_number(dd_bytes(id, sizeof id), &number));
    zmq_close(dealer);
    zmq_close(router);
    return number;
}

static void numbers_begin_where_nobody_can_guess(void **state)
{
    side_t *self = *state;
    uint32_t first = first_number(self->context, "inproc://first");
    assert_true(first_number(self->context, "inproc://second") != first);
}

#define SIDE(test) cmocka_unit_test_setup_teardown(test, side_open, side_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SIDE(a_descriptor_is_the_latest_connections),
        SIDE(what_a_client_has_left_is_read_and_over),
        SIDE(what_an_old_client_has_left_logs_nobody_in),
        SIDE(who_chooses_a_routing_id_is_cut),
        SIDE(a_reset_is_noticed_whatever_is_untaken),
        SIDE(who_does_not_keep_to_its_window_is_cut),
        SIDE(numbers_begin_where_nobody_can_guess),
    };
    return cmocka_run_group_tests_name("connections", tests, NULL, NULL);
}
