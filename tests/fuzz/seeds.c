/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * seeds - writes what the corpora of fuzz_record, fuzz_session, fuzz_core and fuzz_payload begin
 * with
 *
 * seeds FOLDER makes FOLDER/record and so on. The other corpora are texts. To be run when a record
 * is added or changed, as tests/fuzz/run does; what libFuzzer finds is added by hand.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "ddperf/payload.h"
#include "libdd/protocol/record.h"

/* Steps of fuzz_session. */
enum {
    HEAR = 0,
    TICK = 2,
    START = 3,
    CONNECTED = 4,
    LOST = 5,
    SEND = 6,
    SUBSCRIBE = 7,
    ASK = 8,
    FLUSH = 9,
    LEAVE = 11
};

static char folder[256];

/* Bytes in the making. */
static struct {
    uint8_t bytes[8192];
    size_t size;
} seed;

static void put(const void *bytes, size_t size)
{
    if (seed.size + size > sizeof seed.bytes)
        abort();
    memcpy(seed.bytes + seed.size, bytes, size);
    seed.size += size;
}

static void put_byte(uint8_t byte)
{
    put(&byte, 1);
}

static void save(const char *corpus, const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s/%s", folder, corpus, name);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(seed.bytes, 1, seed.size, file) != seed.size || fclose(file) != 0) {
        perror(path);
        exit(1);
    }
    seed.size = 0;
}

/* A record of the type, every field filled as a broker might do it. */
static dd_record_t record_of(uint8_t type)
{
    return (dd_record_t){.type = type,
        .flags = type == DD_REPORT ? DD_FLAG_LAST : 0,
        .hops = 1,
        .code = DD_E_NO_DESTINATION,
        .links = 1,
        .ref = type == DD_REPORT ? 0x56789ABE : 0x56789ABD, /* of put_registered()'s question and
                                                               subscription */
        .heartbeat = 2000,
        .limit = 1000,
        .number = 1000000,
        .id = dd_bytes_of("0123456789abcdef"),
        .tenant = dd_bytes_of("a"),
        .name = dd_bytes_of("cli1"),
        .source = dd_bytes_of("cli2"),
        .destination = dd_bytes_of("cli1"),
        .topic = dd_bytes_of("a"),
        .scope = dd_bytes_of("/1/2/"),
        .text = dd_bytes_of("words"),
        .payload = dd_bytes_of("{\"broker\":\"broker0\"}")};
}

static void put_record(const dd_record_t *record)
{
    uint8_t bytes[512];
    size_t size = dd_record_size(record);
    if (size > sizeof bytes)
        abort();
    dd_record_write(record, bytes, size);
    put(bytes, size);
}

static void put_frame_header(void)
{
    put_byte(DD_FRAME_MAGIC);
    put_byte(DD_FRAME_VERSION);
}

/* ---- record: a frame of each type, and one of all -------------------------------------------- */

static void make_record_seeds(void)
{
    for (unsigned type = 0; type < 256; type++) {
        dd_record_t record = record_of((uint8_t)type);
        if (!dd_record_name((uint8_t)type))
            continue;
        put_frame_header();
        put_record(&record);
        save("record", dd_record_name((uint8_t)type));
    }
    put_frame_header();
    for (unsigned type = 0; type < 256; type++) {
        dd_record_t record = record_of((uint8_t)type);
        if (dd_record_name((uint8_t)type))
            put_record(&record);
    }
    save("record", "all");
}

/* ---- session: a whole life, with each record in it ------------------------------------------- */

static void put_step(uint8_t which, uint8_t argument)
{
    put_byte(which);
    put_byte(argument);
}

static void put_heard(const dd_record_t *record)
{
    put_step(HEAR, (uint8_t)dd_record_size(record));
    put_record(record);
}

static void put_registered(void)
{
    dd_record_t welcome = record_of(DD_WELCOME);
    put_step(START, 0);
    put_step(SUBSCRIBE, 1);
    put_step(CONNECTED, 0);
    put_step(FLUSH, 0);
    put_heard(&welcome);
    put_step(ASK, 0);
    put_step(SEND, 3);
}

static void make_session_seeds(void)
{
    for (unsigned type = 0; type < 256; type++) {
        dd_record_t record = record_of((uint8_t)type);
        if (!dd_record_name((uint8_t)type))
            continue;
        put_registered();
        put_heard(&record);
        put_step(FLUSH, 0);
        put_step(TICK, 100);
        put_step(SUBSCRIBE, 0x81);
        put_step(TICK, 100);
        save("session", dd_record_name((uint8_t)type));
    }
    put_registered();
    put_step(LOST, 0);
    for (int i = 0; i < 4; i++)
        put_step(TICK, 100);
    put_registered();
    put_step(LEAVE, 'L');
    dd_record_t bye = record_of(DD_BYE);
    put_heard(&bye);
    save("session", "life");
}

/* ---- core: a full broker, and each record from each kind of peer ------------------------------
 */

/* Places of fuzz_core, and its steps, which stand above the place's bits. */
enum { CLIENT_A = 0, OPERATOR = 4, CHILD = 5, PARENT = 7, PLACES = 8 };
enum {
    CORE_CONNECT = 0,
    CORE_DISCONNECT = 1 * PLACES,
    CORE_FLUSH = 2 * PLACES,
    CORE_TICK = 3 * PLACES,
    CORE_SPECIAL = 4 * PLACES,
    CORE_HEAR = 5 * PLACES
};

/* Clients are called "a", "b" and so on by their place; beneath the child there is a.x. */
static dd_record_t core_record_of(uint8_t type, int place)
{
    dd_record_t record = record_of(type);
    record.source = dd_bytes_of(place == CHILD ? "a.x" : "a.y");
    record.destination = dd_bytes_of(place == CLIENT_A ? "b" : "a.a");
    record.name = dd_bytes_of(type == DD_ADD_CLIENT ? "a.z" : "a.x");
    record.topic = dd_bytes_of("t");
    record.text = dd_bytes_of("clients");
    if (type == DD_INSPECT)
        record.id = dd_bytes_of("");
    if (type != DD_CONTROL)
        return record;
    record.id = dd_bytes("\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0", DD_BROKER_ID_SIZE);
    record.text = dd_bytes_of("end-client");
    record.name = dd_bytes_of("a.b");
    return record;
}

static void put_core_heard(uint8_t type, int place)
{
    dd_record_t record = core_record_of(type, place);
    put_step((uint8_t)(CORE_HEAR + place), (uint8_t)dd_record_size(&record));
    put_record(&record);
}

static void put_broker(void)
{
    for (uint8_t place = 0; place < PLACES; place++)
        put_step((uint8_t)(CORE_CONNECT + place), 1);
    dd_record_t client = core_record_of(DD_ADD_CLIENT, CHILD);
    client.name = dd_bytes_of("a.x");
    put_step(CORE_HEAR + CHILD, (uint8_t)dd_record_size(&client));
    put_record(&client);
    put_core_heard(DD_SUBSCRIBE, CLIENT_A);
    put_core_heard(DD_ADD_INTEREST, PARENT);
}

static void make_core_seeds(void)
{
    static const int FROM[] = {CLIENT_A, OPERATOR, CHILD, PARENT};
    for (unsigned type = 0; type < 256; type++) {
        if (!dd_record_name((uint8_t)type))
            continue;
        put_broker();
        for (size_t i = 0; i < sizeof FROM / sizeof *FROM; i++)
            put_core_heard((uint8_t)type, FROM[i]);
        for (uint8_t place = 0; place < PLACES; place += 2)
            put_step((uint8_t)(CORE_FLUSH + place), 0);
        put_step(CORE_TICK, 40);
        put_step(CORE_DISCONNECT + CHILD, 0);
        save("core", dd_record_name((uint8_t)type));
    }
    put_broker();
    for (uint8_t place = 0; place < PLACES; place++) {
        put_step(CORE_SPECIAL, 'R'); /* with a key file that has no tenant b */
        put_step((uint8_t)(CORE_DISCONNECT + place), 0);
        put_step((uint8_t)(CORE_CONNECT + place), 1);
    }
    put_step(CORE_SPECIAL, 'D');
    save("core", "life");
}

/* ---- payload: messages in order, one too late, one twice, and others' -------------------------
 */

static void put_payload(uint32_t run, uint64_t number)
{
    uint8_t bytes[PAYLOAD_HEADER];
    payload_write(&(payload_t){run, 0, number}, bytes);
    put_byte(sizeof bytes);
    put(bytes, sizeof bytes);
}

static void make_payload_seeds(void)
{
    static const uint64_t NUMBERS[] = {0, 1, 3, 2, 2, 99, 100, PAYLOAD_PROBE};
    for (size_t i = 0; i < sizeof NUMBERS / sizeof NUMBERS[0]; i++)
        put_payload(0x01020304, NUMBERS[i]);
    put_payload(1, 4);
    put_byte(200);
    save("payload", "stream");
}

static void make_folder(const char *corpus)
{
    char path[512];
    snprintf(path, sizeof path, "%s%s%s", folder, corpus[0] ? "/" : "", corpus);
    mkdir(path, 0777);
}

int main(int argc, char *argv[])
{
    if (argc != 2) {
        fprintf(stderr, "usage: seeds FOLDER\n");
        return 2;
    }
    snprintf(folder, sizeof folder, "%s", argv[1]);
    make_folder("");
    make_folder("record");
    make_folder("session");
    make_folder("core");
    make_folder("payload");
    make_record_seeds();
    make_session_seeds();
    make_core_seeds();
    make_payload_seeds();
    return 0;
}
