/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * records - what the protocol says of each type of record, and frames made of it
 */
#ifndef TEST_RECORDS_H_INCLUDED
#define TEST_RECORDS_H_INCLUDED

#include "libdd/protocol/record.h"

#define RECORD_FRAME_MAX 4096

typedef struct {
    const char *name;
    size_t offset; /* in a dd_record_t */
    size_t size;   /* of an integer; 0 for a string */
} record_field_t;

typedef struct {
    uint8_t type;
    const char *name;
    const char *fields; /* in order, each followed by a space */
} record_type_t;

extern const record_field_t RECORD_FIELDS[];
extern const size_t RECORD_FIELD_COUNT;
extern const record_type_t RECORD_TYPES[];
extern const size_t RECORD_TYPE_COUNT;

/* Whether the type with this place in RECORD_TYPES has a payload, which is always its last field.
 */
bool record_ends_with_payload(size_t type);

/* A record with every field different from every other, whether the type has it or not. */
dd_record_t record_full(uint8_t type);

/* Encodes a frame of one record; returns its size. */
size_t record_encode(const dd_record_t *record, uint8_t frame[RECORD_FRAME_MAX]);

/* Reads a frame to its end or first fault, from memory of exactly its size, so that a sanitizer
   sees every step beyond it. The number of records, or -1. */
int record_decode(const uint8_t *frame, size_t size, dd_record_t *last);

/* Changes what a frame's first record says its length is. */
void record_set_length(uint8_t *frame, size_t length);

#endif
