/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * passages - which publications have passed the link to the parent lately, either way
 */
#include "passages.h"

#include <stdlib.h>
#include <string.h>

#include "libdd/base/hash.h"
#include "libdd/keys/box.h"

/* Places of a group: as many as are in one line of the processor's cache. */
#define PLACES 8
#define GROUPS (PASSAGES_MAX / PLACES)

/* A hash, and in its lowest bits those of the link's number; 0: nothing. */
typedef uint64_t passage_t;
#define LINK_BITS ((passage_t)0xff)

struct passages {
    passage_t groups[GROUPS][PLACES]; /* the latest first */
};

passages_t *passages_new(void)
{
    return calloc(1, sizeof(passages_t));
}

/* A sealed payload begins with its nonce, and then its authenticator, which comes of the nonce, the
   key and the text. */
#define NONCE 24
#define AUTHENTICATOR (DD_BOX_OVERHEAD - NONCE)

/* What tells a publication from all others. */
typedef struct {
    uint8_t bytes[AUTHENTICATOR + 2 * (UINT8_MAX + 1)];
    size_t size;
} mark_t;

static void add(mark_t *mark, dd_bytes_t word)
{
    mark->bytes[mark->size++] = (uint8_t)word.size;
    memcpy(mark->bytes + mark->size, word.data, word.size);
    mark->size += word.size;
}

static passage_t hash_of(const dd_record_t *relay)
{
    mark_t mark;
    memcpy(mark.bytes, relay->payload.data + NONCE, AUTHENTICATOR);
    mark.size = AUTHENTICATOR;
    add(&mark, relay->topic);
    add(&mark, relay->source);
    return dd_hash_long(mark.bytes, mark.size) & ~LINK_BITS;
}

/* Where it stands in its group; else the last place, which it gets. */
static int find(const passage_t *group, passage_t hash)
{
    int place = 0;
    while (place < PLACES - 1 && (group[place] & ~LINK_BITS) != hash)
        place++;
    return place;
}

bool passages_again(passages_t *self, const dd_record_t *relay, uint32_t link)
{
    if (!self || relay->payload.size < DD_BOX_OVERHEAD)
        return false;
    passage_t hash = hash_of(relay), passage = hash | (link & LINK_BITS);
    passage_t *group = self->groups[hash >> 8 & (GROUPS - 1)];
    int place = find(group, hash);
    bool again = (group[place] & ~LINK_BITS) == hash && group[place] != passage;
    memmove(group + 1, group, (size_t)place * sizeof *group);
    group[0] = passage;
    return again;
}
