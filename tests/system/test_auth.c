/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_auth - who has no key of the broker's gets nothing through, whatever it tries
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "libdd/net/monitor.h"
#include "libdd/net/socket.h"
#include "libdd/protocol/record.h"
#include "scene.h"

static dd_keyring_t *load(const char *path)
{
    dd_problem_t problem;
    dd_keyring_t *keyring = dd_keyring_load(path, &problem);
    if (!keyring)
        fail_msg("%s", problem.text);
    return keyring;
}

/* A frame with a HELLO that a broker would answer. */
static size_t hello(uint8_t *frame, size_t room)
{
    dd_record_t record = {.type = DD_HELLO, .name = dd_bytes_of("intruder"), .number = 7};
    size_t size = dd_record_size(&record);
    assert_true(size > 0 && DD_FRAME_HEADER + size <= room);
    frame[0] = DD_FRAME_MAGIC;
    frame[1] = DD_FRAME_VERSION;
    dd_record_write(&record, frame + DD_FRAME_HEADER, size);
    return DD_FRAME_HEADER + size;
}

/* ---- A server without a handler ----------------------------------------------------------- */

static bool is_lost(void *monitor)
{
    dd_monitor_event_t event;
    return dd_monitor_next(monitor, &event);
}

/* The keys are the right ones, and still nobody may come in, since nobody says so. */
static void without_handler_nobody_gets_in(void **state)
{
    harness_t *self = *state;
    void *context = zmq_ctx_new();
    dd_problem_t problem;
    char endpoint[64];
    size_t size = sizeof endpoint;
    dd_keyring_t *broker = load(harness_keys(self, "broker"));
    dd_keyring_t *tenant = load(harness_keys(self, "a"));
    void *server = dd_socket_server(context, broker, 1 << 20, &problem);
    assert_non_null(server);
    assert_int_equal(zmq_bind(server, "tcp://127.0.0.1:*"), 0);
    assert_int_equal(zmq_getsockopt(server, ZMQ_LAST_ENDPOINT, endpoint, &size), 0);

    void *client = dd_socket_client(context, tenant, (dd_login_t){0}, 1 << 20, &problem);
    assert_non_null(client);
    void *monitor = dd_monitor_open(context, client, ZMQ_EVENT_DISCONNECTED);
    assert_non_null(monitor);
    assert_int_equal(zmq_connect(client, endpoint), 0);
    uint8_t frame[64];
    zmq_send(client, frame, hello(frame, sizeof frame), ZMQ_DONTWAIT);
    assert_true(wait_until(is_lost, monitor, HARNESS_DEADLINE));
    assert_int_equal(zmq_recv(server, frame, sizeof frame, ZMQ_DONTWAIT), -1);

    dd_monitor_close(monitor, client);
    zmq_close(client);
    zmq_close(server);
    dd_keyring_destroy(&broker);
    dd_keyring_destroy(&tenant);
    zmq_ctx_term(context);
}

/* ---- Intruders at a real broker ----------------------------------------------------------- */

/* A connection made by hand, with what the library would never do. */
typedef struct {
    void *socket;
    void *monitor;
    bool admitted;
    bool refused;
} intruder_t;

static void intruder_open(intruder_t *self, void *context)
{
    static unsigned number;
    char name[64];
    int at_once = 0;
    *self = (intruder_t){.socket = zmq_socket(context, ZMQ_DEALER)};
    assert_non_null(self->socket);
    zmq_setsockopt(self->socket, ZMQ_LINGER, &at_once, sizeof at_once);
    snprintf(name, sizeof name, "inproc://intruder-%u", number++);
    assert_int_equal(zmq_socket_monitor(self->socket, name,
                         ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED),
        0);
    self->monitor = zmq_socket(context, ZMQ_PAIR);
    assert_int_equal(zmq_connect(self->monitor, name), 0);
}

static void intruder_close(intruder_t *self)
{
    zmq_socket_monitor(self->socket, NULL, 0);
    zmq_close(self->monitor);
    zmq_close(self->socket);
}

/* The broker has ended its connection, or let it in. */
static bool has_given_up(void *arg)
{
    intruder_t *self = arg;
    uint8_t bytes[6];
    while (zmq_recv(self->monitor, bytes, sizeof bytes, ZMQ_DONTWAIT) == (int)sizeof bytes) {
        uint16_t event;
        memcpy(&event, bytes, sizeof event);
        zmq_recv(self->monitor, NULL, 0, 0);
        if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED)
            self->admitted = true;
        else
            self->refused = true;
    }
    return self->admitted || self->refused;
}

static void use_curve(void *socket, const uint8_t *server)
{
    char public_key[41], secret_key[41];
    assert_int_equal(zmq_curve_keypair(public_key, secret_key), 0);
    zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, server, DD_KEY_SIZE);
    zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, public_key, 40);
    zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, secret_key, 40);
}

/* A pair of its own, in no key file. */
static void foreign_key(void *socket, const dd_keyring_t *tenant)
{
    use_curve(socket, dd_keyring_broker_key(tenant));
}

static void null_mechanism(void *socket, const dd_keyring_t *tenant)
{
    (void)socket;
    (void)tenant;
}

static void plain_mechanism(void *socket, const dd_keyring_t *tenant)
{
    (void)tenant;
    zmq_setsockopt(socket, ZMQ_PLAIN_USERNAME, "a", 1);
    zmq_setsockopt(socket, ZMQ_PLAIN_PASSWORD, "a", 1);
}

/* The tenant's real pair, for a broker of another key. */
static void wrong_server_key(void *socket, const dd_keyring_t *tenant)
{
    zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, dd_keyring_public_key(tenant), DD_KEY_SIZE);
    zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, dd_keyring_public_key(tenant), DD_KEY_SIZE);
    zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, dd_keyring_secret_key(tenant), DD_KEY_SIZE);
}

/* The tenant's public key, which many know, without the secret one. */
static void stolen_public_key(void *socket, const dd_keyring_t *tenant)
{
    use_curve(socket, dd_keyring_broker_key(tenant));
    zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, dd_keyring_public_key(tenant), DD_KEY_SIZE);
}

static const struct {
    const char *name;
    void (*prepare)(void *socket, const dd_keyring_t *tenant);
    const char *logged; /* what the broker's operator reads; which side ends a handshake, and so
                           why it failed, is chance */
} INTRUDERS[] = {
    {"a foreign key", foreign_key, "this key isn't in the broker's key file as it was read last"},
    {"no security", null_mechanism, "a handshake on tcp://"},
    {"a password", plain_mechanism, "a handshake on tcp://"},
    {"another broker's key", wrong_server_key, "a handshake on tcp://"},
    {"a stolen public key", stolen_public_key, "a handshake on tcp://"},
};

static void intruders_get_nothing(void **state)
{
    harness_t *self = *state;
    void *context = zmq_ctx_new();
    program_t *broker = broker_start(self, "broker0", NULL, NULL, "-l", "info", NULL);
    dd_keyring_t *tenant = load(harness_keys(self, "a"));
    client_t *good = client_open(self, "broker0", "a", "good");
    uint8_t frame[256];
    size_t size = hello(frame, sizeof frame);
    for (size_t i = 0; i < COUNT(INTRUDERS); i++) {
        intruder_t intruder;
        intruder_open(&intruder, context);
        INTRUDERS[i].prepare(intruder.socket, tenant);
        assert_int_equal(zmq_connect(intruder.socket, harness_endpoint(self, "broker0")), 0);
        zmq_send(intruder.socket, frame, size, ZMQ_DONTWAIT);
        client_deliver(good, good, "hi");
        assert_true(wait_until(has_given_up, &intruder, HARNESS_DEADLINE));
        if (intruder.admitted)
            fail_msg("%s was let in", INTRUDERS[i].name);
        assert_int_equal(zmq_recv(intruder.socket, frame, sizeof frame, ZMQ_DONTWAIT), -1);
        assert_true(program_expect(broker, INTRUDERS[i].logged, HARNESS_DEADLINE));
        client_deliver(good, good, "hi");
        intruder_close(&intruder);
        size = hello(frame, sizeof frame);
    }
    assert_false(program_said(broker, "intruder"));
    dd_keyring_destroy(&tenant);
    program_signal(broker, SIGTERM);
    assert_int_equal(program_wait(broker, HARNESS_DEADLINE), 0);
    zmq_ctx_term(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(without_handler_nobody_gets_in),
        SCENE(intruders_get_nothing),
    };
    return cmocka_run_group_tests_name("auth", tests, NULL, NULL);
}
