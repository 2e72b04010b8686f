/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * core_scale - what the broker's core costs as the number of names and subscriptions grows
 *
 * The core alone, without sockets: records go in as frames, and what it sends is thrown away. The
 * figures are CPU time of one thread; a stall is the longest time that one turn of a broker took,
 * during which no other traffic moves.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "ddbroker/core/core.h"
#include "ddbroker/http/metrics.h"
#include "libdd/base/malloc_tuning.h"
#include "tests/unit/ddbroker/tenants.h"

#define MANY 100000
#define MESSAGES 1000000
/* Messages of one frame, as a busy sender packs them. */
#define FRAME_MESSAGES 200
/* Different names that messages go to, at most: as many as the processor's nearest caches hold. */
#define ACTIVE 100
/* Bytes of a sealed message of 64. */
#define PAYLOAD_SIZE 104

typedef struct {
    core_t *core;
    dd_outbox_t outbox; /* what a peer is about to say to the core */
    uint64_t stall;     /* microseconds of the longest turn */
} bench_t;

static dd_keyring_t *keyring;

/* ---- frames ---------------------------------------------------------------------------------- */

static void check(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "core_scale: %s\n", what);
    exit(EXIT_FAILURE);
}

/* Microseconds of CPU time so far: what other processes do doesn't count. */
static uint64_t clock_us(void)
{
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (uint64_t)used.tv_sec * 1000000 + (uint64_t)used.tv_nsec / 1000;
}

static void throw_away(bench_t *self, peer_t *peer)
{
    dd_frame_t *frame;
    while ((frame = dd_outbox_take(&peer->outbox)))
        dd_frame_free(frame);
    core_flushed(self->core, peer);
}

/* What the core sends to anybody goes nowhere. */
static void flush(bench_t *self)
{
    peer_t *peer;
    while ((peer = core_next_dirty(self->core)))
        throw_away(self, peer);
}

/* The end of a turn that began then: as in the loop, some long work, and all is sent. */
static void end_turn(bench_t *self, uint64_t began)
{
    core_work(self->core, 0);
    flush(self);
    uint64_t took = clock_us() - began;
    if (took > self->stall)
        self->stall = took;
}

/* Turns until nothing is left to be done. */
static void rest(bench_t *self)
{
    while (core_is_busy(self->core))
        end_turn(self, clock_us());
}

static void input(bench_t *self, peer_t *peer, const dd_frame_t *frame)
{
    uint64_t began = clock_us();
    core_input(self->core, peer, frame->data, frame->size, 0);
    end_turn(self, began);
}

/* The core hears all that was appended to its outbox. */
static void hear(bench_t *self, peer_t *peer)
{
    dd_frame_t *frame;
    while ((frame = dd_outbox_take(&self->outbox))) {
        input(self, peer, frame);
        dd_frame_free(frame);
    }
}

static void add(bench_t *self, const dd_record_t *record)
{
    check(dd_outbox_append(&self->outbox, record) == DD_OK, "a record that can't be");
}

static void say(bench_t *self, peer_t *peer, const dd_record_t *record)
{
    add(self, record);
    hear(self, peer);
}

/* ---- a broker and its peers ------------------------------------------------------------------ */

static void open_bench(bench_t *self, bool has_parent)
{
    core_settings_t settings = {.name = "bench",
        .scope = "/1/2/",
        .has_parent = has_parent,
        .heartbeat = 5000,
        .payload_max = 1 << 20,
        .outbox_client = 16 << 20,
        .outbox_link = 64 << 20,
        .clients_max = MANY,
        .subscriptions_max = MANY,
        .link_names_max = 10 * MANY,
        .link_interests_max = 10 * MANY};
    *self = (bench_t){.core = core_new(&settings, keyring, 0)};
    check(self->core, "out of memory");
    dd_outbox_init(&self->outbox, SIZE_MAX / 2);
}

static void close_bench(bench_t *self)
{
    dd_outbox_clear(&self->outbox);
    core_destroy(&self->core);
}

static peer_t *connect_with(bench_t *self, const char *owner)
{
    uint8_t key[DD_KEY_SIZE];
    tenants_key(owner, key);
    peer_t *peer = core_connect(self->core, key, NULL, 0);
    check(peer, "a connection was refused");
    return peer;
}

static peer_t *add_client_of(bench_t *self, const char *tenant, const char *name)
{
    peer_t *peer = connect_with(self, tenant);
    say(self, peer, &(dd_record_t){.type = DD_HELLO, .name = dd_bytes_of(name)});
    check(peer->state == PEER_READY, "a client was refused");
    return peer;
}

static peer_t *add_client(bench_t *self, const char *name)
{
    return add_client_of(self, "a", name);
}

static peer_t *add_child(bench_t *self, unsigned clients)
{
    static const uint8_t ID[DD_BROKER_ID_SIZE] = "a child's number";
    peer_t *peer = connect_with(self, KEY_OF_BROKERS);
    add(self, &(dd_record_t){.type = DD_JOIN,
                  .id = dd_bytes(ID, sizeof ID),
                  .name = dd_bytes_of("child"),
                  .scope = dd_bytes_of("/1/2/3/")});
    for (unsigned i = 0; i < clients; i++) {
        char name[32];
        snprintf(name, sizeof name, "a.client-%u", i);
        add(self,
            &(dd_record_t){.type = DD_ADD_CLIENT, .number = i + 1, .name = dd_bytes_of(name)});
    }
    add(self, &(dd_record_t){.type = DD_SYNCED});
    hear(self, peer);
    check(peer->state == PEER_READY, "the child was refused");
    return peer;
}

static peer_t *add_parent(bench_t *self)
{
    static const uint8_t ID[DD_BROKER_ID_SIZE] = "a parent's nmber";
    peer_t *peer = core_connect_parent(self->core, NULL, 0);
    check(peer, "out of memory");
    say(self, peer,
        &(dd_record_t){.type = DD_ADMIT,
            .heartbeat = 5000,
            .name = dd_bytes_of("parent"),
            .scope = dd_bytes_of("/1/2/"),
            .id = dd_bytes(ID, sizeof ID)});
    check(peer->state == PEER_READY, "the parent was refused");
    return peer;
}

/* ---- messages -------------------------------------------------------------------------------- */

typedef struct {
    dd_record_type_t type;
    unsigned names;
    unsigned active; /* of them; messages go to these at random */
} traffic_t;

static void add_message(bench_t *self, const traffic_t *traffic, uint64_t random)
{
    static const uint8_t payload[PAYLOAD_SIZE];
    char name[32];
    unsigned chosen = (unsigned)((random >> 33) % traffic->active);
    snprintf(name, sizeof name, "client-%u", chosen * (traffic->names / traffic->active));
    add(self, &(dd_record_t){.type = (uint8_t)traffic->type,
                  .ref = 1,
                  .destination = dd_bytes_of(name),
                  .topic = dd_bytes_of(name),
                  .payload = dd_bytes(payload, sizeof payload)});
}

/* Nanoseconds for each of MESSAGES from one client. */
static double time_traffic(bench_t *self, const traffic_t *traffic)
{
    peer_t *sender = add_client(self, "sender");
    uint64_t took = 0, random = 1;
    for (unsigned sent = 0; sent < MESSAGES; sent += FRAME_MESSAGES) {
        for (unsigned i = 0; i < FRAME_MESSAGES; i++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            add_message(self, traffic, random);
        }
        uint64_t began = clock_us();
        hear(self, sender);
        took += clock_us() - began;
    }
    check(sender->state == PEER_READY && sender->count.refused == 0, "messages were refused");
    return (double)took * 1000 / MESSAGES;
}

/* All names are beneath one child, and so is a subscriber to each topic. */
static double time_message(dd_record_type_t type, unsigned names, unsigned active)
{
    bench_t self;
    open_bench(&self, false);
    peer_t *child = add_child(&self, type == DD_SEND ? names : 0);
    for (unsigned i = 0; type == DD_PUBLISH && i < names; i++) {
        char topic[32];
        snprintf(topic, sizeof topic, "client-%u", i);
        add(&self, &(dd_record_t){.type = DD_ADD_INTEREST,
                       .tenant = dd_bytes_of("a"),
                       .topic = dd_bytes_of(topic),
                       .scope = dd_bytes_of("/")});
    }
    hear(&self, child);
    double result = time_traffic(&self, &(traffic_t){type, names, active});
    check(child->count.out == MESSAGES, "messages were lost");
    close_bench(&self);
    return result;
}

static void print_growth(const char *what, dd_record_type_t type)
{
    double few = time_message(type, 10, 10), some = time_message(type, 1000, ACTIVE);
    double many = time_message(type, MANY, ACTIVE), spread = time_message(type, MANY, MANY);
    printf("%-14s %4.0f ns with 10, %4.0f ns with 1,000, %4.0f ns with 100,000 (%.2fx);"
           " %4.0f ns spread over all 100,000\n",
        what, few, some, many, many / few, spread);
}

/* ---- links ----------------------------------------------------------------------------------- */

static double megabytes(void)
{
    return (double)mallinfo2().uordblks / 1e6;
}

static void print_link(const char *what, uint64_t took, uint64_t stall, double memory)
{
    printf("%-22s %6.1f ms, longest stall %5.1f ms, %6.1f MB\n", what, (double)took / 1000,
        (double)stall / 1000, memory);
}

/* A broker with many clients beneath it finds its parent, and then loses the child they are on. */
static void measure_below(void)
{
    bench_t self;
    open_bench(&self, true);
    peer_t *child = add_child(&self, MANY);
    self.stall = 0;
    double before = megabytes();
    uint64_t began = clock_us();
    add_parent(&self);
    rest(&self);
    print_link("sync to the parent", clock_us() - began, self.stall, megabytes() - before);
    self.stall = 0;
    began = clock_us();
    core_disconnect(self.core, child, 0);
    end_turn(&self, began);
    rest(&self);
    print_link("loss of the child", clock_us() - began, self.stall, before - megabytes());
    close_bench(&self);
}

/* A broker hears of many clients beneath a new child. */
static void measure_above(void)
{
    bench_t self;
    open_bench(&self, false);
    double before = megabytes();
    uint64_t began = clock_us();
    add_child(&self, MANY);
    print_link("sync from a child", clock_us() - began, self.stall, megabytes() - before);
    close_bench(&self);
}

/* ---- many clients ---------------------------------------------------------------------------- */

static peer_t *add_crowd(bench_t *self, unsigned clients)
{
    peer_t *peer = NULL;
    for (unsigned i = 0; i < clients; i++) {
        char name[32];
        snprintf(name, sizeof name, "member-%u", i);
        peer = add_client(self, name);
        say(self, peer,
            &(dd_record_t){.type = DD_SUBSCRIBE,
                .ref = 1,
                .topic = dd_bytes_of("news"),
                .scope = dd_bytes_of("all")});
    }
    return peer;
}

/* All hear one of them, ask for all, and go because their key does. */
static void measure_crowd(unsigned clients)
{
    static const uint8_t payload[PAYLOAD_SIZE];
    bench_t self;
    open_bench(&self, false);
    peer_t *peer = add_crowd(&self, clients);
    uint64_t began = clock_us();
    self.stall = 0;
    say(&self, peer,
        &(dd_record_t){.type = DD_PUBLISH,
            .topic = dd_bytes_of("news"),
            .payload = dd_bytes(payload, sizeof payload)});
    print_link("one publication to all", clock_us() - began, self.stall, 0);
    began = clock_us();
    self.stall = 0;
    say(&self, peer, &(dd_record_t){.type = DD_INSPECT, .ref = 1, .text = dd_bytes_of("clients")});
    rest(&self);
    print_link("one answer about all", clock_us() - began, self.stall, 0);
    dd_keyring_t *without = tenants_keyring("b,public");
    check(without, "no keys");
    began = clock_us();
    self.stall = 0;
    core_set_keyring(self.core, without, 0);
    end_turn(&self, began);
    rest(&self);
    print_link("end of all for their key", clock_us() - began, self.stall, 0);
    check(peer->state == PEER_ENDED, "a client without a key");
    close_bench(&self);
    dd_keyring_destroy(&without);
}

/* ---- many tenants ---------------------------------------------------------------------------- */

/* Keys of tenants t0, t1 and so on. */
static dd_keyring_t *many_tenants(unsigned count)
{
    char *names = malloc(16 * (size_t)count + 1), *at = names;
    check(names, "out of memory");
    for (unsigned i = 0; i < count; i++)
        at += sprintf(at, "%st%u", i > 0 ? "," : "", i);
    dd_keyring_t *result = tenants_keyring(names);
    check(result, "no keys");
    free(names);
    return result;
}

static void add_clients_of_all(bench_t *self, unsigned tenants, unsigned clients)
{
    for (unsigned i = 0; i < clients; i++) {
        char tenant[16], name[32];
        snprintf(tenant, sizeof tenant, "t%u", i % tenants);
        snprintf(name, sizeof name, "member-%u", i);
        add_client_of(self, tenant, name);
    }
}

/* A monitor asks for all figures. */
static void measure_scrape(unsigned tenants, unsigned clients)
{
    static const metrics_process_t process;
    static char piece[8192];
    bench_t self;
    metrics_t metrics;
    bool more = true;
    size_t size = 0;
    dd_keyring_t *usual = keyring, *keys = keyring = many_tenants(tenants);
    open_bench(&self, false);
    add_clients_of_all(&self, tenants, clients);
    self.stall = 0;
    metrics_begin(&metrics, self.core, &process, true);
    for (uint64_t start = clock_us(), began = start; more; began = clock_us()) {
        dd_writer_t out = dd_writer(piece, sizeof piece);
        more = metrics_write(&metrics, &out, 0);
        size += (size_t)(out.at - (uint8_t *)piece);
        uint64_t took = clock_us() - began;
        self.stall = took > self.stall ? took : self.stall;
        if (!more)
            print_link("one scrape", clock_us() - start, self.stall, (double)size / 1e6);
    }
    close_bench(&self);
    keyring = usual;
    dd_keyring_destroy(&keys);
}

int main(void)
{
    dd_malloc_tuning_even(); /* as brokers do */
    keyring = tenants_keyring(TENANTS_ALL);
    check(keyring, "no keys");
    print_growth("notification", DD_SEND);
    print_growth("publication", DD_PUBLISH);
    puts("\n100,000 clients beneath a child:");
    measure_above();
    measure_below();
    puts("\n50,000 clients of one broker:");
    measure_crowd(50000);
    puts("\n10,000 clients of 1,000 tenants:");
    measure_scrape(1000, 10000);
    dd_keyring_destroy(&keyring);
    return EXIT_SUCCESS;
}
