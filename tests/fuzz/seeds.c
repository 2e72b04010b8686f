/*
 * seeds - writes what the corpora of fuzz_record and fuzz_session begin with
 *
 * seeds FOLDER makes FOLDER/record and FOLDER/session. To be run when a record is added or changed,
 * as tests/fuzz/run does; what libFuzzer finds is added by hand.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "libdd/record.h"

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
    make_record_seeds();
    make_session_seeds();
    return 0;
}
