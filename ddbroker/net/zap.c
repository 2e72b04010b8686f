/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * zap - says who may connect
 */
#include "zap.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "libdd/base/problem.h"
#include "libdd/net/socket.h"

/* Frames of a request, in their order. */
enum { VERSION, REQUEST, DOMAIN, ADDRESS, IDENTITY, MECHANISM, KEY, REQUEST_FRAMES };
/* Room for one; longer ones are cut, and then equal nothing that is asked for. */
#define FRAME_ROOM 256

struct zap {
    void *socket; /* REP */
    log_t *log;
};

typedef struct {
    dd_bytes_t frames[REQUEST_FRAMES];
    uint8_t room[REQUEST_FRAMES + 1][FRAME_ROOM]; /* the last is for all that are too many */
    bool valid;                                   /* has the frames that it must have */
} request_t;

typedef struct {
    const char *code;
    const char *text;
} answer_t;

/* Of an answer the client sees the number, and nothing at all of 300: it tries again later, as it
   does after a 500. */
static const answer_t WELCOME = {"200", "OK"};
static const answer_t CLOSED = {"300", "the broker is shutting down, or has no descriptors left"};
static const answer_t UNKNOWN = {
    "400", "this key isn't in the broker's key file as it was read last"};
static const answer_t RESERVED = {"400", "this endpoint is for operators and child brokers only"};
static const answer_t INVALID = {"400", "not a request for this broker"};
static const answer_t FULL = {"500", "no room for more of its kind, or for so many at once"};

zap_t *zap_new(void *context, log_t *log, dd_problem_t *problem)
{
    zap_t *self = calloc(1, sizeof *self);
    if (!self) {
        dd_problem(problem, DD_E_MEMORY, "out of memory");
        return NULL;
    }
    self->log = log;
    self->socket = zmq_socket(context, ZMQ_REP);
    if (self->socket && zmq_bind(self->socket, DD_ZAP_ENDPOINT) == 0)
        return self;
    dd_socket_problem(problem, "listen on", DD_ZAP_ENDPOINT);
    zap_destroy(&self);
    return NULL;
}

void zap_destroy(zap_t **self_p)
{
    zap_t *self = *self_p;
    if (!self)
        return;
    if (self->socket)
        zmq_close(self->socket);
    free(self);
    *self_p = NULL;
}

void *zap_socket(const zap_t *self)
{
    return self->socket;
}

/* Reads one request, whatever it has. False if there is none. */
static bool receive(zap_t *self, request_t *request)
{
    size_t count = 0;
    int more = 1;
    size_t size = sizeof more;
    for (; more; count++) {
        uint8_t *room = request->room[count < REQUEST_FRAMES ? count : REQUEST_FRAMES];
        int got = zmq_recv(self->socket, room, FRAME_ROOM, ZMQ_DONTWAIT);
        if (got < 0)
            return false;
        if (count < REQUEST_FRAMES)
            request->frames[count] = dd_bytes(room, (size_t)got);
        zmq_getsockopt(self->socket, ZMQ_RCVMORE, &more, &size);
    }
    request->valid = count == REQUEST_FRAMES;
    return true;
}

static bool is(const request_t *request, int frame, const char *text)
{
    return dd_bytes_equal(request->frames[frame], dd_bytes_of(text));
}

static bool is_for_us(const request_t *request)
{
    return request->valid && is(request, VERSION, "1.0") &&
           (is(request, DOMAIN, DD_ZAP_DOMAIN) || is(request, DOMAIN, ZAP_DOMAIN_RESERVED)) &&
           is(request, MECHANISM, "CURVE") && request->frames[KEY].size == DD_KEY_SIZE;
}

static const answer_t *judge(
    const request_t *request, core_t *core, zap_door_t door, uint64_t now_ms)
{
    if (!is_for_us(request))
        return &INVALID;
    if (door == ZAP_NOBODY)
        return &CLOSED;
    bool reserved = is(request, DOMAIN, ZAP_DOMAIN_RESERVED);
    switch (core_admit(core, request->frames[KEY].data, door == ZAP_ALL && !reserved, now_ms)) {
    case CORE_ADMITTED:
        return &WELCOME;
    case CORE_NO_CLIENTS:
        return reserved ? &RESERVED : &FULL;
    case CORE_NO_ROOM:
        return &FULL;
    default:
        return &UNKNOWN;
    }
}

/* Over ipc there is none, and IPv4 is shown as such at an endpoint that takes both. */
static const char *address_of(const request_t *request, char address[FRAME_ROOM + 1])
{
    static const char MAPPED[] = "::ffff:";
    dd_bytes_copy(request->frames[ADDRESS], address, FRAME_ROOM + 1);
    bool is_mapped = strncmp(address, MAPPED, strlen(MAPPED)) == 0 && strchr(address, '.');
    return is_mapped ? address + strlen(MAPPED) : address;
}

/* The key as `ddkeys show` prints it, so that whose it is can be found out. */
static void tell_refusal(
    zap_t *self, core_t *core, const request_t *request, const answer_t *answer, uint64_t now_ms)
{
    char holder[CORE_HOLDER_ROOM] = "", why[128];
    char key[sodium_base64_ENCODED_LEN(DD_KEY_SIZE, sodium_base64_VARIANT_ORIGINAL)] = "";
    char room[FRAME_ROOM + 1];
    const char *address = request->valid ? address_of(request, room) : "";
    if (request->valid && request->frames[KEY].size == DD_KEY_SIZE) {
        sodium_bin2base64(key, sizeof key, request->frames[KEY].data, DD_KEY_SIZE,
            sodium_base64_VARIANT_ORIGINAL);
        core_holder(core, request->frames[KEY].data, holder);
    }
    snprintf(why, sizeof why, "%s%s%s%s", answer->text, holder[0] != '\0' ? " (" : "", holder,
        holder[0] != '\0' ? ")" : "");
    log_flood(self->log, address, DD_LOG_WARNING, "refused a connection from %s%s%s: %s",
        address[0] != '\0' ? address : "this machine", key[0] != '\0' ? " with key " : "", key,
        why);
    core_refused_connection(core, address, key, why, now_ms);
}

static void reply(zap_t *self, const request_t *request, const answer_t *answer)
{
    char user[ZAP_USER_SIZE + 1] = "";
    if (answer == &WELCOME)
        sodium_bin2hex(user, sizeof user, request->frames[KEY].data, DD_KEY_SIZE);
    const dd_bytes_t frames[] = {dd_bytes_of("1.0"), request->frames[REQUEST],
        dd_bytes_of(answer->code), dd_bytes_of(answer->text), dd_bytes_of(user), dd_bytes("", 0)};
    const size_t count = sizeof frames / sizeof frames[0];
    for (size_t i = 0; i < count; i++)
        zmq_send(self->socket, frames[i].data, frames[i].size,
            ZMQ_DONTWAIT | (i + 1 < count ? ZMQ_SNDMORE : 0));
}

void zap_work(zap_t *self, core_t *core, zap_door_t door, uint64_t now_ms)
{
    request_t request = {.valid = false};
    while (receive(self, &request)) {
        const answer_t *answer = judge(&request, core, door, now_ms);
        if (answer != &WELCOME)
            tell_refusal(self, core, &request, answer, now_ms);
        reply(self, &request, answer);
        request = (request_t){.valid = false};
    }
}
