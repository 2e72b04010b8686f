/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hash - uthash, set up for names that strangers choose
 *
 * Include this instead of uthash.h. Keys are hashed with SipHash under random bytes that each
 * process draws for itself, so that nobody can choose names that fall into one bucket.
 *
 * Running out of memory ends nothing: an entry that HASH_ADD and its like found no room for has no
 * table (its handle's `tbl` is NULL), and the table is as it was before. Every caller looks at
 * that.
 */
#ifndef DD_HASH_H_INCLUDED
#define DD_HASH_H_INCLUDED

#include <stddef.h>
#include <stdint.h>

/* Any thread may call it. */
unsigned dd_hash_bytes(const void *data, size_t size);
/* The same, so long that no two texts have equal ones by chance. */
uint64_t dd_hash_long(const void *data, size_t size);

/*
 * For the hashes of all beginnings of a text, each made from that of a shorter one: of nothing it
 * is 0, and with size more bytes it is this. A polynomial modulo a prime at a point that each
 * process draws for itself. Any thread may call it.
 */
uint64_t dd_hash_more(uint64_t hash, const void *data, size_t size);

/* For HASH_ADD_KEYPTR_BYHASHVALUE and its like. */
static inline unsigned dd_hash_value(uint64_t hash)
{
    return (unsigned)(hash ^ hash >> 32);
}

#define HASH_FUNCTION(keyptr, keylen, hashv) ((hashv) = dd_hash_bytes(keyptr, keylen))
#define HASH_NONFATAL_OOM 1

#include <uthash.h>
#include <utlist.h>

/* Keys of one bucket before there are more buckets. With uthash's 10, a lookup steps over several
   others' keys, which are cache misses once there are 100,000; with 4 and less, the largest table
   takes long to grow, and meanwhile nothing else moves. */
#undef HASH_BKT_CAPACITY_THRESH
#define HASH_BKT_CAPACITY_THRESH 6U

#endif
