/*
 * tally - which messages of a numbered stream have arrived
 */
#ifndef TALLY_H_INCLUDED
#define TALLY_H_INCLUDED

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint64_t expected; /* messages in the whole stream, numbered from 0 */
    uint64_t received; /* different ones */
    uint64_t duplicated;
    uint64_t reordered; /* came after one with a higher number */
    uint64_t next;      /* one above the highest number so far */
    uint8_t *seen;      /* a bit for each number */
} tally_t;

/* False when out of memory. */
bool tally_init(tally_t *self, uint64_t expected);
void tally_clear(tally_t *self);

/* Takes in the arrival of a message. Numbers that the stream can't have are passed over. */
void tally_take(tally_t *self, uint64_t number);

#endif
