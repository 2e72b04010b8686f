/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * random_peer - peers of every role that say anything, against a tree of real brokers
 *
 * random_peer [SECONDS [SEED]]: for so long, 5 without a number, connections with the keys of a
 * tenant, of public, of operators and of brokers come and go, in order or with a reset, and send
 * records, good ones, damaged ones and none at all, in messages that may have no end; now and then
 * a broker reads its configuration anew. Meanwhile two clients of another tenant reach each other
 * through the tree, and at the end the brokers end in order.
 */
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libdd/base/clock.h"
#include "libdd/protocol/record.h"
#include "tests/system/curve.h"
#include "tests/system/scene.h"

#define PEERS 12
#define RECORDS_MAX 8
#define FRAME_ROOM 8192
/* us between two messages of the witnesses. */
#define WITNESS_INTERVAL 500000

static uint64_t duration_us = 5000000, seed;

typedef struct {
    curve_t *curve; /* NULL: not connected */
    bool greeted;   /* it has sent what its role begins with */
    size_t owner;
} peer_t;

static const char *const BROKERS[] = {"root", "mid", "leaf"};
static const char *const OWNERS[] = {"a", "public", "operator", "broker"};
enum { OPERATOR = 2, BROKER = 3 };

/* ---- Chance ------------------------------------------------------------------------------------
 */

static uint32_t chance(uint32_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % below;
}

/* Names and texts that mean something, none of them the witnesses'. An operator may shut a broker
   down, so nobody says how. */
static dd_bytes_t word(void)
{
    static const char *const WORDS[] = {"", "a", "x", "a.x", "a.y", "public.x", "public", "t",
        "alarms", "/", "/1/", "/1/2/3/", "/9/", "noscope", "all", "clients", "tree", "events",
        "subscriptions", "end-client", "0123456789abcdef", "\xff\x1b[2J", "debug"};
    return dd_bytes_of(WORDS[chance(COUNT(WORDS))]);
}

static dd_bytes_t random_payload(void)
{
    static const uint8_t PAYLOAD[2048];
    return dd_bytes(PAYLOAD, chance(8) == 0 ? chance(sizeof PAYLOAD) : chance(64));
}

static uint8_t random_type(void)
{
    uint8_t type;
    do
        type = (uint8_t)chance(256);
    while (!dd_record_name(type));
    return type;
}

static dd_record_t random_record(void)
{
    return (dd_record_t){.type = random_type(),
        .flags = (uint8_t)chance(8),
        .hops = (uint8_t)chance(34),
        .code = (uint16_t)chance(40),
        .ref = chance(16),
        .heartbeat = chance(100000),
        .limit = chance(2) ? chance(1 << 20) : 0,
        .first = chance(4),
        .number = chance(4),
        .id = word(),
        .tenant = word(),
        .name = word(),
        .source = word(),
        .destination = word(),
        .topic = word(),
        .scope = word(),
        .text = word(),
        .payload = random_payload()};
}

/* ---- Frames ------------------------------------------------------------------------------------
 */

static size_t add_record(uint8_t *frame, size_t used, const dd_record_t *record)
{
    size_t size = dd_record_size(record);
    if (size == 0 || used + size > FRAME_ROOM)
        return used;
    dd_record_write(record, frame + used, size);
    return used + size;
}

/* What a peer of that role begins with. */
static dd_record_t greeting(const peer_t *peer, size_t place)
{
    static char name[8], id[DD_BROKER_ID_SIZE + 1];
    snprintf(name, sizeof name, "p%zu", place);
    snprintf(id, sizeof id, "random-peer-%04zu", place);
    return (dd_record_t){.type = peer->owner == BROKER ? DD_JOIN : DD_HELLO,
        .number = chance(1 << 30),
        .name = dd_bytes_of(name),
        .scope = dd_bytes_of(chance(2) ? "/1/2/3/4/" : "/1/7/"),
        .id = dd_bytes_of(id)};
}

static size_t make_frame(peer_t *peer, size_t place, uint8_t frame[FRAME_ROOM])
{
    size_t used = DD_FRAME_HEADER;
    frame[0] = DD_FRAME_MAGIC;
    frame[1] = DD_FRAME_VERSION;
    if (!peer->greeted && chance(8) > 0) {
        dd_record_t record = greeting(peer, place);
        used = add_record(frame, used, &record);
    }
    peer->greeted = true;
    for (uint32_t left = chance(RECORDS_MAX); left > 0; left--) {
        dd_record_t record = random_record();
        used = add_record(frame, used, &record);
    }
    if (chance(20) == 0)
        frame[chance((uint32_t)used)] = (uint8_t)chance(256);
    return chance(50) == 0 ? chance((uint32_t)used) : used;
}

/* ---- Steps -------------------------------------------------------------------------------------
 */

static void leave(peer_t *peer)
{
    if (chance(2))
        curve_reset(&peer->curve);
    else
        curve_close(&peer->curve);
}

static void come(harness_t *harness, peer_t *peer)
{
    peer->owner = chance(COUNT(OWNERS));
    peer->greeted = false;
    peer->curve = curve_open(harness, BROKERS[chance(COUNT(BROKERS))], OWNERS[peer->owner]);
}

static void say(peer_t *peer, size_t place)
{
    uint8_t frame[FRAME_ROOM];
    size_t size = make_frame(peer, place, frame);
    if (curve_is_full(peer->curve) || !curve_send(peer->curve, frame, size, chance(100) == 0))
        leave(peer);
}

static void step(harness_t *harness, peer_t peers[PEERS])
{
    size_t place = chance(PEERS);
    peer_t *peer = &peers[place];
    if (!peer->curve)
        come(harness, peer);
    else if (chance(60) == 0)
        leave(peer);
    else
        say(peer, place);
    if (chance(20000) == 0)
        program_signal(harness_broker(harness, BROKERS[chance(COUNT(BROKERS))]), SIGHUP);
}

static void brokers_and_their_other_tenants_live_on(void **state)
{
    harness_t *harness = *state;
    peer_t peers[PEERS] = {{.curve = NULL}};
    broker_start(harness, "root", NULL, "/1/", NULL);
    scene_broker(harness, "mid", "root", "/1/2/");
    scene_broker(harness, "leaf", "mid", "/1/2/3/");
    client_t *above = client_open(harness, "root", "b", "above");
    client_t *below = client_open(harness, "leaf", "b", "below");
    client_reach(above, "below");
    client_reach(below, "above");
    uint64_t end_us = dd_clock_us() + duration_us, next_us = 0;
    while (dd_clock_us() < end_us) {
        step(harness, peers);
        if (dd_clock_us() < next_us)
            continue;
        client_deliver(above, below, "down");
        client_deliver(below, above, "up");
        next_us = dd_clock_us() + WITNESS_INTERVAL;
    }
    for (size_t i = 0; i < PEERS; i++)
        if (peers[i].curve)
            leave(&peers[i]);
    for (size_t i = COUNT(BROKERS); i-- > 0;) {
        program_t *broker = harness_broker(harness, BROKERS[i]);
        program_signal(broker, SIGTERM);
        int status = program_wait(broker, HARNESS_DEADLINE);
        if (status != 0)
            fail_msg("broker %s ended with %d:\n%s", BROKERS[i], status, program_stderr(broker));
    }
}

int main(int argc, char *argv[])
{
    if (sodium_init() < 0)
        return 1;
    if (argc > 1)
        duration_us = strtoull(argv[1], NULL, 10) * 1000000;
    seed = argc > 2 ? strtoull(argv[2], NULL, 10) : randombytes_random();
    printf("random_peer %llu %llu\n", (unsigned long long)(duration_us / 1000000),
        (unsigned long long)seed);
    const struct CMUnitTest tests[] = {SCENE(brokers_and_their_other_tenants_live_on)};
    return cmocka_run_group_tests_name("random_peer", tests, NULL, NULL);
}
