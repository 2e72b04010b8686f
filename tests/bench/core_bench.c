/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * core_bench - a broker's core without sockets, with peers that speak to it, and what that costs
 */
#include "core_bench.h"

#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tests/unit/ddbroker/tenants.h"

/* Messages of one frame, as a busy sender packs them. */
#define FRAME_MESSAGES 200
/* More than there ever are. */
#define ENOUGH 100000000

dd_keyring_t *bench_keyring;

void bench_check(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "core_scale: %s\n", what);
    exit(EXIT_FAILURE);
}

uint64_t bench_clock_us(void)
{
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (uint64_t)used.tv_sec * 1000000 + (uint64_t)used.tv_nsec / 1000;
}

void bench_open(bench_t *self, bool has_parent)
{
    core_settings_t settings = {.name = "bench",
        .scope = "/1/2/",
        .has_parent = has_parent,
        .heartbeat = 5000,
        .payload_max = 1 << 20,
        .outbox_client = 16 << 20,
        .outbox_link = 64 << 20,
        .clients_max = ENOUGH,
        .subscriptions_max = ENOUGH,
        .link_names_max = ENOUGH,
        .link_interests_max = ENOUGH};
    *self = (bench_t){.core = core_new(&settings, bench_keyring, 0)};
    bench_check(self->core, "out of memory");
    dd_outbox_init(&self->outbox, SIZE_MAX / 2);
}

void bench_close(bench_t *self)
{
    dd_outbox_clear(&self->outbox);
    core_destroy(&self->core);
}

/* ---- turns ----------------------------------------------------------------------------------- */

static void throw_away(bench_t *self, peer_t *peer)
{
    dd_frame_t *frame;
    while ((frame = dd_outbox_take(&peer->outbox))) {
        self->sent += frame->size;
        dd_frame_free(frame);
    }
    core_flushed(self->core, peer);
}

/* What the core sends to anybody goes nowhere. */
static void flush(bench_t *self)
{
    peer_t *peer;
    while ((peer = core_next_dirty(self->core)))
        throw_away(self, peer);
}

void bench_end_turn(bench_t *self, uint64_t began)
{
    core_work(self->core, 0);
    flush(self);
    uint64_t took = bench_clock_us() - began;
    self->spent += took;
    self->turns++;
    if (took > self->stall)
        self->stall = took;
}

void bench_rest(bench_t *self)
{
    while (core_is_busy(self->core))
        bench_end_turn(self, bench_clock_us());
}

static void input(bench_t *self, peer_t *peer, const dd_frame_t *frame)
{
    for (size_t at = 0; at < frame->size;) {
        uint64_t began = bench_clock_us();
        at = core_input_from(self->core, peer, frame->data, frame->size, at, 0);
        bench_end_turn(self, began);
    }
}

void bench_hear(bench_t *self, peer_t *peer)
{
    dd_frame_t *frame;
    while ((frame = dd_outbox_take(&self->outbox))) {
        input(self, peer, frame);
        dd_frame_free(frame);
    }
}

void bench_add(bench_t *self, const dd_record_t *record)
{
    bench_check(dd_outbox_append(&self->outbox, record) == DD_OK, "a record that can't be");
}

void bench_say(bench_t *self, peer_t *peer, const dd_record_t *record)
{
    bench_add(self, record);
    bench_hear(self, peer);
}

/* ---- peers ----------------------------------------------------------------------------------- */

static peer_t *connect_with(bench_t *self, const char *owner)
{
    uint8_t key[DD_KEY_SIZE];
    tenants_key(owner, key);
    peer_t *peer = core_connect(self->core, key, NULL, 0);
    bench_check(peer, "a connection was refused");
    return peer;
}

peer_t *bench_client_of(bench_t *self, const char *tenant, const char *name)
{
    peer_t *peer = connect_with(self, tenant);
    bench_say(self, peer, &(dd_record_t){.type = DD_HELLO, .name = dd_bytes_of(name)});
    bench_check(peer->state == PEER_READY, "a client was refused");
    return peer;
}

peer_t *bench_client(bench_t *self, const char *name)
{
    return bench_client_of(self, "a", name);
}

peer_t *bench_child(bench_t *self, unsigned number)
{
    uint8_t id[DD_BROKER_ID_SIZE] = "a child number";
    char name[32], scope[32];
    id[DD_BROKER_ID_SIZE - 2] = (uint8_t)(number >> 8);
    id[DD_BROKER_ID_SIZE - 1] = (uint8_t)number;
    snprintf(name, sizeof name, "child-%u", number);
    snprintf(scope, sizeof scope, "/1/2/%u/", number + 1);
    peer_t *peer = connect_with(self, KEY_OF_BROKERS);
    bench_say(self, peer,
        &(dd_record_t){.type = DD_JOIN,
            .id = dd_bytes(id, sizeof id),
            .name = dd_bytes_of(name),
            .scope = dd_bytes_of(scope)});
    bench_check(peer->state == PEER_READY, "the child was refused");
    return peer;
}

/* The child says this of each name from first on, or of each topic if the record is of these. */
static void tell(
    bench_t *self, peer_t *child, dd_record_type_t type, unsigned first, unsigned count)
{
    bool is_name = type == DD_ADD_CLIENT || type == DD_DROP_CLIENT;
    for (unsigned i = first; i < first + count; i++) {
        char name[32], topic[32];
        snprintf(name, sizeof name, "a.client-%u", i);
        snprintf(topic, sizeof topic, "client-%u", i);
        dd_record_t record = {.type = (uint8_t)type,
            .number = i + 1,
            .name = dd_bytes_of(name),
            .tenant = dd_bytes_of(is_name ? "" : "a"),
            .topic = dd_bytes_of(is_name ? "" : topic),
            .scope = dd_bytes_of(is_name ? "" : "/")};
        bench_add(self, &record);
        if (i % BENCH_FRAME_NAMES == BENCH_FRAME_NAMES - 1)
            bench_hear(self, child);
    }
    bench_hear(self, child);
    bench_check(child->state == PEER_READY, "the child was ended");
}

void bench_tell_names(bench_t *self, peer_t *child, unsigned first, unsigned count)
{
    tell(self, child, DD_ADD_CLIENT, first, count);
}

void bench_tell_topics(bench_t *self, peer_t *child, unsigned first, unsigned count)
{
    tell(self, child, DD_ADD_INTEREST, first, count);
}

void bench_drop_names(bench_t *self, peer_t *child, unsigned first, unsigned count)
{
    tell(self, child, DD_DROP_CLIENT, first, count);
}

void bench_drop_topics(bench_t *self, peer_t *child, unsigned first, unsigned count)
{
    tell(self, child, DD_DROP_INTEREST, first, count);
}

void bench_synced(bench_t *self, peer_t *child)
{
    bench_say(self, child, &(dd_record_t){.type = DD_SYNCED});
    bench_check(child->state == PEER_READY, "the child was ended");
}

peer_t *bench_parent(bench_t *self)
{
    static const uint8_t ID[DD_BROKER_ID_SIZE] = "a parent's nmber";
    peer_t *peer = core_connect_parent(self->core, NULL, 0);
    bench_check(peer, "out of memory");
    bench_say(self, peer,
        &(dd_record_t){.type = DD_ADMIT,
            .heartbeat = 5000,
            .name = dd_bytes_of("parent"),
            .scope = dd_bytes_of("/1/2/"),
            .id = dd_bytes(ID, sizeof ID)});
    bench_check(peer->state == PEER_READY, "the parent was refused");
    return peer;
}

/* ---- messages -------------------------------------------------------------------------------- */

static void add_message(bench_t *self, const bench_traffic_t *traffic, uint64_t random)
{
    static const uint8_t payload[BENCH_PAYLOAD];
    char name[32];
    unsigned chosen = (unsigned)((random >> 33) % traffic->active);
    snprintf(name, sizeof name, "client-%u", chosen * (traffic->names / traffic->active));
    bench_add(self, &(dd_record_t){.type = (uint8_t)traffic->type,
                        .ref = 1,
                        .destination = dd_bytes_of(name),
                        .topic = dd_bytes_of(name),
                        .payload = dd_bytes(payload, sizeof payload)});
}

double bench_time_traffic(bench_t *self, const bench_traffic_t *traffic)
{
    static unsigned senders;
    char name[32];
    snprintf(name, sizeof name, "sender-%u", senders++);
    peer_t *sender = bench_client(self, name);
    uint64_t random = 1, before = self->spent;
    for (unsigned sent = 0; sent < BENCH_MESSAGES; sent += FRAME_MESSAGES) {
        for (unsigned i = 0; i < FRAME_MESSAGES; i++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            add_message(self, traffic, random);
        }
        bench_hear(self, sender);
    }
    bench_check(sender->state == PEER_READY && sender->count.refused == 0, "messages were refused");
    return (double)(self->spent - before) * 1000 / BENCH_MESSAGES;
}

/* ---- phases ---------------------------------------------------------------------------------- */

static double megabytes(void)
{
    struct mallinfo2 info = mallinfo2();
    return (double)(info.uordblks + info.hblkhd) / 1e6;
}

void bench_begin(bench_t *self)
{
    self->spent = self->stall = self->turns = self->sent = 0;
    self->memory = megabytes();
}

static void print(const bench_t *self, const char *what, double megabytes_of_it)
{
    printf("%-30s %7.1f ms, longest turn %5.1f ms, %6.1f MB\n", what, (double)self->spent / 1000,
        (double)self->stall / 1000, megabytes_of_it);
}

void bench_print(const bench_t *self, const char *what)
{
    print(self, what, fabs(megabytes() - self->memory));
}

void bench_print_text(const bench_t *self, const char *what, double size)
{
    print(self, what, size / 1e6);
}

void bench_print_each(const bench_t *self, const char *what, double count)
{
    printf("%-30s %7.1f ms, longest turn %5.1f ms; each %5.2f us, %4.0f bytes, %4.0f bytes sent\n",
        what, (double)self->spent / 1000, (double)self->stall / 1000, (double)self->spent / count,
        fabs(megabytes() - self->memory) * 1e6 / count, (double)self->sent / count);
}
