/*
 * core_scale - what the broker's core costs as the number of names and subscriptions grows
 *
 * The core alone, without sockets: records go in as frames, and what it sends is thrown away. The
 * figures are CPU time of one thread; a stall is the longest time that one call took, during which
 * no other traffic moves.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "ddbroker/core.h"
#include "libdd/clock.h"
#include "tests/unit/ddbroker/tenants.h"

#define MANY 100000
#define MESSAGES 1000000
/* Messages of one frame, as a busy sender packs them. */
#define FRAME_MESSAGES 200
/* Subscriptions of one client. */
#define SUBSCRIPTIONS_EACH 100
/* Bytes of a sealed message of 64. */
#define PAYLOAD_SIZE 104

typedef struct {
    core_t *core;
    dd_outbox_t outbox; /* what a peer is about to say to the core */
    uint64_t stall;     /* microseconds of the longest call */
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

static void input(bench_t *self, peer_t *peer, const dd_frame_t *frame)
{
    uint64_t began = dd_clock_us();
    core_input(self->core, peer, frame->data, frame->size, 0);
    uint64_t took = dd_clock_us() - began;
    if (took > self->stall)
        self->stall = took;
    flush(self);
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

static void open_bench(bench_t *self, const char *scope, bool has_parent)
{
    core_settings_t settings = {.name = "bench",
        .scope = scope,
        .has_parent = has_parent,
        .heartbeat = 5000,
        .payload_max = 1 << 20,
        .outbox_client = 16 << 20,
        .outbox_link = 64 << 20,
        .clients_max = MANY,
        .subscriptions_max = MANY};
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

static peer_t *add_client(bench_t *self, const char *name)
{
    peer_t *peer = connect_with(self, "a");
    say(self, peer, &(dd_record_t){.type = DD_HELLO, .name = dd_bytes_of(name)});
    check(peer->state == PEER_READY, "a client was refused");
    return peer;
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

/* Nanoseconds for each of MESSAGES that the peer sends to targets at random. */
static double time_messages(bench_t *self, peer_t *from, dd_record_type_t type, unsigned targets)
{
    static const uint8_t payload[PAYLOAD_SIZE];
    uint64_t took = 0, random = 1;
    for (unsigned sent = 0; sent < MESSAGES; sent += FRAME_MESSAGES) {
        for (unsigned i = 0; i < FRAME_MESSAGES; i++) {
            char name[32];
            random = random * 6364136223846793005u + 1442695040888963407u;
            snprintf(name, sizeof name, "client-%u", (unsigned)((random >> 33) % targets));
            add(self, &(dd_record_t){.type = (uint8_t)type,
                          .ref = i + 1,
                          .destination = dd_bytes_of(name),
                          .topic = dd_bytes_of(name),
                          .payload = dd_bytes(payload, sizeof payload)});
        }
        uint64_t began = dd_clock_us();
        hear(self, from);
        took += dd_clock_us() - began;
    }
    check(from->state == PEER_READY && from->count.refused == 0, "messages were refused");
    return (double)took * 1000 / MESSAGES;
}

static double time_notifications(unsigned names)
{
    bench_t self;
    open_bench(&self, "/1/", false);
    add_child(&self, names);
    double result = time_messages(&self, add_client(&self, "sender"), DD_SEND, names);
    close_bench(&self);
    return result;
}

/* Each topic has one subscriber. */
static double time_publications(unsigned topics)
{
    bench_t self;
    open_bench(&self, "/1/", false);
    for (unsigned done = 0; done < topics;) {
        char name[32];
        snprintf(name, sizeof name, "subscriber-%u", done);
        peer_t *client = add_client(&self, name);
        for (unsigned i = 0; i < SUBSCRIPTIONS_EACH && done < topics; i++, done++) {
            snprintf(name, sizeof name, "client-%u", done);
            add(&self, &(dd_record_t){.type = DD_SUBSCRIBE,
                           .ref = i + 1,
                           .topic = dd_bytes_of(name),
                           .scope = dd_bytes_of("/")});
        }
        hear(&self, client);
    }
    double result = time_messages(&self, add_client(&self, "sender"), DD_PUBLISH, topics);
    close_bench(&self);
    return result;
}

static void print_growth(const char *what, double (*measure)(unsigned))
{
    double few = measure(10), some = measure(1000), many = measure(MANY);
    printf("%-22s %6.0f ns at 10 %6.0f ns at 1,000 %6.0f ns at 100,000   %4.2fx\n", what, few, some,
        many, many / few);
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
    open_bench(&self, "/1/2/3/", true);
    peer_t *child = add_child(&self, MANY);
    self.stall = 0;
    double before = megabytes();
    uint64_t began = dd_clock_us();
    add_parent(&self);
    print_link("sync to the parent", dd_clock_us() - began, self.stall, megabytes() - before);
    began = dd_clock_us();
    core_disconnect(self.core, child, 0);
    uint64_t took = dd_clock_us() - began;
    print_link("loss of the child", took, took, before - megabytes());
    close_bench(&self);
}

/* A broker hears of many clients beneath a new child. */
static void measure_above(void)
{
    bench_t self;
    open_bench(&self, "/1/", false);
    double before = megabytes();
    uint64_t began = dd_clock_us();
    add_child(&self, MANY);
    print_link("sync from a child", dd_clock_us() - began, self.stall, megabytes() - before);
    close_bench(&self);
}

int main(void)
{
    keyring = tenants_keyring(TENANTS_ALL);
    check(keyring, "no keys");
    print_growth("notification", time_notifications);
    print_growth("publication", time_publications);
    puts("\n100,000 clients beneath a child:");
    measure_above();
    measure_below();
    dd_keyring_destroy(&keyring);
    return EXIT_SUCCESS;
}
