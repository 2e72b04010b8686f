/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * records - what the protocol says of each type of record, and frames made of it
 */
#include "records.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/unit.h"

const record_field_t RECORD_FIELDS[] = {
    {"hops", offsetof(dd_record_t, hops), 1},
    {"code", offsetof(dd_record_t, code), 2},
    {"suffix", offsetof(dd_record_t, suffix), 1},
    {"links", offsetof(dd_record_t, links), 2},
    {"ref", offsetof(dd_record_t, ref), 4},
    {"run", offsetof(dd_record_t, run), 4},
    {"re", offsetof(dd_record_t, re), 4},
    {"features", offsetof(dd_record_t, features), 4},
    {"window", offsetof(dd_record_t, window), 4},
    {"heartbeat", offsetof(dd_record_t, heartbeat), 4},
    {"limit", offsetof(dd_record_t, limit), 4},
    {"first", offsetof(dd_record_t, first), 4},
    {"number", offsetof(dd_record_t, number), 8},
    {"id", offsetof(dd_record_t, id), 0},
    {"tenant", offsetof(dd_record_t, tenant), 0},
    {"name", offsetof(dd_record_t, name), 0},
    {"source", offsetof(dd_record_t, source), 0},
    {"destination", offsetof(dd_record_t, destination), 0},
    {"topic", offsetof(dd_record_t, topic), 0},
    {"scope", offsetof(dd_record_t, scope), 0},
    {"text", offsetof(dd_record_t, text), 0},
    {"payload", offsetof(dd_record_t, payload), 0},
};

const record_type_t RECORD_TYPES[] = {
    {1, "HELLO", "number features name "},
    {2, "WELCOME", "heartbeat limit window features tenant name id source scope "},
    {3, "JOIN", "features limit id name scope "},
    {4, "ADMIT", "heartbeat limit window features name scope id "},
    {5, "PING", "number "},
    {6, "PONG", "number "},
    {7, "BYE", "code text "},
    {8, "ERROR", "code ref text "},
    {9, "TAKEN", "number "},
    {10, "DRAIN", "code text "},
    {11, "PROVE", "payload "},
    {16, "SEND", "ref run re destination payload "},
    {17, "DATA", "ref run re source payload "},
    {18, "FORWARD", "hops ref run re source destination payload "},
    {19, "RECEIPT", "hops code ref source destination "},
    {20, "HOP", "hops code ref number name scope destination text "},
    {21, "ACK", "hops run source destination payload "},
    {32, "SUBSCRIBE", "ref topic scope "},
    {33, "UNSUBSCRIBE", "ref topic scope "},
    {34, "SUBSCRIBED", "ref topic scope "},
    {35, "UNSUBSCRIBED", "ref topic scope "},
    {36, "PUBLISH", "topic payload "},
    {37, "PUBLICATION", "suffix source topic scope payload "},
    {40, "UNPUBLISHED", "code topic "},
    {38, "RELAY", "hops suffix tenant source topic scope payload "},
    {39, "GAP", "number tenant topic scope "},
    {48, "ADD_CLIENT", "number name "},
    {49, "DROP_CLIENT", "number code name "},
    {50, "ADD_INTEREST", "tenant topic scope "},
    {51, "DROP_INTEREST", "tenant topic scope "},
    {52, "SYNCED", ""},
    {53, "CONTEST", "number name "},
    {54, "KEPT", "number name "},
    {55, "GONE", "number name "},
    {56, "ADD_BROKER", "id "},
    {57, "DROP_BROKER", "id "},
    {64, "INSPECT", "hops ref number tenant id first limit text "},
    {65, "REPORT", "links ref number id payload "},
    {66, "CONTROL", "hops ref number source id name text "},
};

const size_t RECORD_FIELD_COUNT = COUNT(RECORD_FIELDS);
const size_t RECORD_TYPE_COUNT = COUNT(RECORD_TYPES);

bool record_ends_with_payload(size_t type)
{
    return strstr(RECORD_TYPES[type].fields, "payload ") != NULL;
}

dd_record_t record_full(uint8_t type)
{
    static const char *const STRINGS[] = {"0123456789abcdef", "tenant", "the-name", "the-source",
        "the-destination", "topic", "/1/2/", "some words", "\x00\xff payload"};
    dd_record_t record = {.type = type, .flags = 0x75};
    size_t string = 0;
    for (size_t i = 0; i < RECORD_FIELD_COUNT; i++) {
        uint8_t *place = (uint8_t *)&record + RECORD_FIELDS[i].offset;
        if (RECORD_FIELDS[i].size > 0) {
            memset(place, (int)(0x11 + i), RECORD_FIELDS[i].size);
        } else {
            dd_bytes_t bytes = dd_bytes_of(STRINGS[string]);
            if (bytes.size == 0)
                bytes.size = 10;
            *(dd_bytes_t *)(void *)place = bytes;
            string++;
        }
    }
    return record;
}

size_t record_encode(const dd_record_t *record, uint8_t frame[RECORD_FRAME_MAX])
{
    size_t size = dd_record_size(record);
    assert_in_range(size, DD_RECORD_HEADER, RECORD_FRAME_MAX - DD_FRAME_HEADER);
    frame[0] = DD_FRAME_MAGIC;
    frame[1] = DD_FRAME_VERSION;
    dd_record_write(record, frame + DD_FRAME_HEADER, size);
    return DD_FRAME_HEADER + size;
}

int record_decode(const uint8_t *frame, size_t size, dd_record_t *last)
{
    uint8_t *exact = malloc(size > 0 ? size : 1);
    assert_non_null(exact);
    memcpy(exact, frame, size);
    dd_reader_t reader;
    int count = -1;
    if (dd_frame_open(&reader, exact, size)) {
        for (count = 0; dd_frame_more(&reader); count++) {
            if (dd_frame_next(&reader, last) != DD_OK) {
                count = -1;
                break;
            }
            assert_true(count < RECORD_FRAME_MAX);
        }
    }
    free(exact);
    return count;
}

void record_set_length(uint8_t *frame, size_t length)
{
    for (int i = 0; i < 4; i++)
        frame[DD_FRAME_HEADER + i] = (uint8_t)(length >> (8 * i));
}
