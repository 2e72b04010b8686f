/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * broker - a scripted broker to test clients against, and the key files of its tenants
 *
 * A ROUTER that the test reads and writes itself, and a thread that admits keys to it. Every wait
 * has a deadline; what isn't there by then fails the test.
 */
#ifndef TEST_BROKER_H_INCLUDED
#define TEST_BROKER_H_INCLUDED

#include <arpa/inet.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <pthread.h>

#include "keys.h"
#include "libdd/base/clock.h"
#include "libdd/keys/box.h"
#include "libdd/net/socket.h"
#include "tests/deadline.h"
#include "tests/unit/unit.h"

typedef struct {
    char directory[32];
    char endpoint[64]; /* stays the same when the broker is stopped and started */
    dd_keyring_t *keyring;
    void *context;
    void *router;        /* NULL while stopped */
    void *authenticator; /* the thread's */
    pthread_t zap;
    _Atomic(const char *) verdict; /* ZAP status for whoever comes */
    uint8_t route[64];             /* of the peer that was heard last */
    size_t route_size;
    dd_outbox_t outbox;
    zmq_msg_t frame; /* being read */
    dd_reader_t reader;
    unsigned frames;    /* heard */
    uint32_t heartbeat; /* ms that clients are told */
    uint32_t limit;     /* largest payload that clients are told */
    uint32_t window;    /* that clients are told; 0: none */
    uint64_t taken;     /* bytes of the connection that was registered last, as windows count */
    int buffer;         /* bytes that the system holds for a connection; -1: what it likes */
    uint64_t instance;  /* of the last HELLO */
} broker_t;

/* ---- Key files ------------------------------------------------------------------------------- */

static inline const char *path_of(broker_t *self, const char *file)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", self->directory, file);
    return path;
}

static inline void write_file(broker_t *self, const char *name, const char *text)
{
    FILE *file = fopen(path_of(self, name), "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static const char *const KEY_FILES[][2] = {{"a.json", A_FILE}, {"b.json", B_FILE},
    {"public.json", PUBLIC_FILE}, {"operator.json", OPERATOR_FILE}, {"broker.json", BROKER_FILE},
    {"a-begun.json", A_BEGUN_FILE}, {"a-finished.json", A_FINISHED_FILE},
    /* The broker's key is the next one of its kind, or the previous one. */
    {"before.json", "{" PAIR(A_SECRET, A_KEY) ", " STRING("ddpubkey", B_KEY) ", " STRING(
                        "nextddpubkey", DD_KEY) ", " STRING("publicpubkey", PUBLIC_KEY) "}"},
    {"after.json", "{" PAIR(A_SECRET, A_KEY) ", " STRING("ddpubkey", B_KEY) ", " STRING(
                       "previousddpubkey", DD_KEY) ", " STRING("publicpubkey", PUBLIC_KEY) "}"},
    /* The tenant is right, but the broker's key is another one. */
    {"stray.json", "{" STRING("hash", A_HASH) ", " PAIR(A_SECRET, A_KEY) ", " STRING(
                       "ddpubkey", B_KEY) ", " STRING("publicpubkey", PUBLIC_KEY) "}"}};

/* ---- Start and stop -------------------------------------------------------------------------- */

/* Answers every question of libzmq whether a key may come in, until the context ends. */
static inline void *run_zap(void *arg)
{
    broker_t *self = arg;
    void *socket = self->authenticator;
    char request[8][256] = {{0}}; /* version, id, and what doesn't matter here */
    for (;;) {
        int more = 1;
        size_t size = sizeof more;
        int length = 0;
        for (int i = 0; more && length >= 0; i++) {
            length = zmq_recv(socket, request[i % 8], sizeof request[0] - 1, 0);
            if (length >= 0)
                request[i % 8][length < 255 ? length : 255] = '\0';
            zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &size);
        }
        if (length < 0)
            break;
        const char *const answer[] = {"1.0", request[1], atomic_load(&self->verdict), "", "x", ""};
        for (size_t i = 0; i < COUNT(answer); i++)
            zmq_send(socket, answer[i], strlen(answer[i]), i + 1 < COUNT(answer) ? ZMQ_SNDMORE : 0);
    }
    zmq_close(socket);
    return NULL;
}

static inline void broker_run(broker_t *self)
{
    dd_problem_t problem;
    self->router = dd_socket_server(self->context, self->keyring, 1 << 20, &problem);
    assert_non_null(self->router);
    /* A real one limits what comes in by bytes (input_account.h). */
    static const int FRAMES = DD_SOCKET_FRAMES;
    zmq_setsockopt(self->router, ZMQ_RCVHWM, &FRAMES, sizeof FRAMES);
    zmq_setsockopt(self->router, ZMQ_RCVBUF, &self->buffer, sizeof self->buffer);
    zmq_setsockopt(self->router, ZMQ_SNDBUF, &self->buffer, sizeof self->buffer);
    /* The address of one that was stopped may be busy for a moment. */
    uint64_t until_us = dd_clock_us() + DEADLINE * 1000;
    while (zmq_bind(self->router, self->endpoint) != 0)
        assert_true(dd_clock_us() < until_us);
    size_t size = sizeof self->endpoint;
    assert_int_equal(zmq_getsockopt(self->router, ZMQ_LAST_ENDPOINT, self->endpoint, &size), 0);
}

static inline bool is_listening(const broker_t *self)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    address.sin_port = htons((uint16_t)atoi(strrchr(self->endpoint, ':') + 1));
    int caller = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(caller >= 0);
    bool listening = connect(caller, (struct sockaddr *)&address, sizeof address) == 0;
    close(caller);
    return listening;
}

/* All connections end, and nobody listens any more. */
static inline void broker_stop(broker_t *self)
{
    zmq_close(self->router);
    uint64_t until_us = dd_clock_us() + DEADLINE * 1000;
    while (is_listening(self))
        assert_true(dd_clock_us() < until_us);
    self->router = NULL;
    self->route_size = 0;
    self->reader = (dd_reader_t){0};
    dd_outbox_clear(&self->outbox);
}

static inline broker_t *broker_new(void)
{
    broker_t *self = calloc(1, sizeof *self);
    assert_non_null(self);
    strcpy(self->directory, "/tmp/dd-test-XXXXXX");
    assert_non_null(mkdtemp(self->directory));
    for (size_t i = 0; i < COUNT(KEY_FILES); i++)
        write_file(self, KEY_FILES[i][0], KEY_FILES[i][1]);
    self->keyring = dd_keyring_parse("broker.json", BROKER_FILE, sizeof BROKER_FILE - 1, NULL);
    assert_non_null(self->keyring);
    self->context = zmq_ctx_new();
    self->verdict = "200";
    self->heartbeat = 5000;
    self->limit = 100000;
    self->buffer = -1;
    dd_outbox_init(&self->outbox, SIZE_MAX / 2);
    zmq_msg_init(&self->frame);
    self->authenticator = zmq_socket(self->context, ZMQ_REP);
    assert_int_equal(zmq_bind(self->authenticator, DD_ZAP_ENDPOINT), 0);
    assert_int_equal(pthread_create(&self->zap, NULL, run_zap, self), 0);
    strcpy(self->endpoint, "tcp://127.0.0.1:*");
    broker_run(self);
    return self;
}

/* Begins anew with connections for which the system holds little: some have much room for megabytes
   that a test takes for not sent. */
static inline void broker_narrow(broker_t *self)
{
    broker_stop(self);
    self->buffer = 512 << 10;
    broker_run(self);
}

static inline void broker_destroy(broker_t *self)
{
    if (self->router)
        broker_stop(self);
    zmq_msg_close(&self->frame);
    zmq_ctx_shutdown(self->context);
    pthread_join(self->zap, NULL);
    zmq_ctx_term(self->context);
    dd_keyring_destroy(&self->keyring);
    for (size_t i = 0; i < COUNT(KEY_FILES); i++)
        unlink(path_of(self, KEY_FILES[i][0]));
    rmdir(self->directory);
    free(self);
}

/* ---- Talking --------------------------------------------------------------------------------- */

/* Whether a frame comes within that many ms. */
static inline bool broker_hears(broker_t *self, long timeout)
{
    zmq_pollitem_t item = {.socket = self->router, .events = ZMQ_POLLIN};
    if (zmq_poll(&item, 1, timeout) <= 0)
        return false;
    zmq_msg_t route;
    zmq_msg_init(&route);
    zmq_msg_close(&self->frame);
    zmq_msg_init(&self->frame);
    assert_int_equal(dd_socket_receive(self->router, &route, &self->frame), DD_OK);
    self->route_size = zmq_msg_size(&route);
    assert_in_range(self->route_size, 1, sizeof self->route);
    memcpy(self->route, zmq_msg_data(&route), self->route_size);
    zmq_msg_close(&route);
    self->frames++;
    self->taken += dd_window_count(zmq_msg_size(&self->frame));
    assert_true(
        dd_frame_open(&self->reader, zmq_msg_data(&self->frame), zmq_msg_size(&self->frame)));
    return true;
}

/* Sends what is in the outbox; false when ZeroMQ takes no more now. */
static inline bool broker_flush(broker_t *self)
{
    dd_error_t error =
        dd_socket_flush(self->router, dd_bytes(self->route, self->route_size), &self->outbox);
    assert_int_not_equal(error, DD_E_UNKNOWN_PEER);
    return error == DD_OK;
}

static inline void broker_put(broker_t *self, dd_record_t record)
{
    assert_int_equal(dd_outbox_append(&self->outbox, &record), DD_OK);
}

/* Says one record to the peer that was heard last. */
static inline void broker_say(broker_t *self, dd_record_t record)
{
    uint64_t until_us = dd_clock_us() + DEADLINE * 1000;
    broker_put(self, record);
    while (!broker_flush(self)) /* ZeroMQ has a few frames to send before */
        assert_true(dd_clock_us() < until_us);
}

/* The next record from any client but for PINGs, which are answered. */
static inline dd_record_t broker_next(broker_t *self)
{
    for (;;) {
        while (!self->reader.at || !dd_frame_more(&self->reader))
            assert_true(broker_hears(self, DEADLINE));
        dd_record_t record;
        assert_int_equal(dd_frame_next(&self->reader, &record), DD_OK);
        if (record.type != DD_PING)
            return record;
        broker_put(self, (dd_record_t){.type = DD_PONG, .number = record.number});
        dd_error_t error =
            dd_socket_flush(self->router, dd_bytes(self->route, self->route_size), &self->outbox);
        if (error == DD_E_UNKNOWN_PEER) /* it has gone meanwhile */
            dd_outbox_clear(&self->outbox);
    }
}

/* The next record, which must be of that type. It is valid until the next one is read. */
static inline dd_record_t broker_expect(broker_t *self, dd_record_type_t type)
{
    dd_record_t record = broker_next(self);
    assert_int_equal(record.type, type);
    return record;
}

static inline dd_record_t broker_welcome(const broker_t *self, const char *tenant, dd_bytes_t name)
{
    static const uint8_t ID[DD_BROKER_ID_SIZE] = "0123456789abcdef";
    return (dd_record_t){.type = DD_WELCOME,
        .heartbeat = self->heartbeat,
        .limit = self->limit,
        .window = self->window,
        .tenant = dd_bytes_of(tenant),
        .name = name,
        .id = dd_bytes(ID, sizeof ID),
        .source = dd_bytes_of("broker0"),
        .scope = dd_bytes_of("/1/2/3/")};
}

/* Waits for a client and registers it. */
static inline void broker_admit(broker_t *self, const char *tenant)
{
    dd_record_t hello = broker_expect(self, DD_HELLO);
    self->instance = hello.number;
    self->taken = dd_window_count(zmq_msg_size(&self->frame));
    broker_say(self, broker_welcome(self, tenant, hello.name));
}

#endif
