/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * raw - a connection to a broker that says what no library would
 */
#include "raw.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "libdd/base/clock.h"
#include "libdd/net/dialer.h"

struct raw {
    void *context;
    dd_keyring_t *keyring;
    dd_dialer_t *dial;
    zmq_msg_t frame; /* that is being read */
    dd_reader_t reader;
};

static bool is_connected(void *arg)
{
    const raw_t *self = arg;
    dd_dialer_state_t state = dd_dialer_watch(self->dial);
    if (state == DD_DIALER_LOST)
        fail_msg("%s", dd_dialer_reason(self->dial)->text);
    return state == DD_DIALER_CONNECTED;
}

raw_t *raw_open(harness_t *harness, const char *broker, const char *owner)
{
    dd_problem_t problem;
    raw_t *self = calloc(1, sizeof *self);
    assert_non_null(self);
    zmq_msg_init(&self->frame);
    self->context = zmq_ctx_new();
    assert_non_null(self->context);
    self->keyring = dd_keyring_load(harness_keys(harness, owner), &problem);
    const dd_dialer_settings_t settings = {
        .context = self->context, .keyring = self->keyring, .payload_max = DD_PAYLOAD_MAX};
    if (self->keyring)
        self->dial = dd_dialer_new(&settings, harness_endpoint(harness, broker), &problem);
    if (!self->dial)
        fail_msg("%s", problem.text);
    assert_true(wait_until(is_connected, self, HARNESS_DEADLINE));
    int patience = HARNESS_DEADLINE;
    zmq_setsockopt(dd_dialer_socket(self->dial), ZMQ_SNDTIMEO, &patience, sizeof patience);
    return self;
}

raw_t *raw_register(harness_t *harness, const char *broker, const char *owner, const char *name)
{
    static uint64_t instance;
    dd_record_t welcome;
    raw_t *self = raw_open(harness, broker, owner);
    /* Numbers far enough apart that none is taken for another connection of the same client. */
    instance += 1u << 20;
    raw_say(self, &(dd_record_t){.type = DD_HELLO, .number = instance, .name = dd_bytes_of(name)});
    raw_await(self, DD_WELCOME, &welcome);
    return self;
}

void raw_close(raw_t **self_p)
{
    raw_t *self = *self_p;
    zmq_msg_close(&self->frame);
    dd_dialer_destroy(&self->dial);
    dd_keyring_destroy(&self->keyring);
    zmq_ctx_term(self->context);
    free(self);
    *self_p = NULL;
}

bool raw_is_lost(void *raw)
{
    const raw_t *self = raw;
    return dd_dialer_watch(self->dial) == DD_DIALER_LOST;
}

size_t raw_frame(const dd_record_t *record, uint8_t frame[RAW_FRAME_MAX])
{
    size_t size = dd_record_size(record);
    assert_in_range(size, 1, RAW_FRAME_MAX - DD_FRAME_HEADER);
    frame[0] = DD_FRAME_MAGIC;
    frame[1] = DD_FRAME_VERSION;
    dd_record_write(record, frame + DD_FRAME_HEADER, size);
    return DD_FRAME_HEADER + size;
}

void raw_say(raw_t *self, const dd_record_t *record)
{
    uint8_t frame[RAW_FRAME_MAX];
    assert_true(raw_send(self, frame, raw_frame(record, frame), false));
}

bool raw_send(raw_t *self, const void *data, size_t size, bool more)
{
    return zmq_send(dd_dialer_socket(self->dial), data, size, more ? ZMQ_SNDMORE : 0) >= 0;
}

/* A frame in whole, from a broker that is taken for honest. */
static void receive(raw_t *self)
{
    int size = zmq_msg_recv(&self->frame, dd_dialer_socket(self->dial), ZMQ_DONTWAIT);
    if (size >= 0)
        assert_true(dd_frame_open(&self->reader, zmq_msg_data(&self->frame), (size_t)size));
}

bool raw_hear(raw_t *self, dd_record_t *record, int deadline_ms)
{
    uint64_t deadline = dd_clock_us() + (uint64_t)deadline_ms * 1000, now;
    while (!dd_frame_more(&self->reader) && (now = dd_clock_us()) <= deadline) {
        zmq_pollitem_t item = {.socket = dd_dialer_socket(self->dial), .events = ZMQ_POLLIN};
        zmq_poll(&item, 1, (long)((deadline - now) / 1000) + 1);
        receive(self);
    }
    if (!dd_frame_more(&self->reader))
        return false;
    assert_int_equal(dd_frame_next(&self->reader, record), DD_OK);
    return true;
}

void raw_await(raw_t *self, uint8_t type, dd_record_t *record)
{
    while (raw_hear(self, record, HARNESS_DEADLINE))
        if (record->type == type)
            return;
    fail_msg("no %s came within the deadline", dd_record_name(type));
}
