/*
 * hash - uthash, set up for names that strangers choose
 *
 * Include this instead of uthash.h. Keys are hashed with SipHash under a key drawn at start, so
 * that nobody can choose names that fall into one bucket; running out of memory isn't fatal.
 */
#ifndef HASH_H_INCLUDED
#define HASH_H_INCLUDED

#include <stddef.h>

unsigned hash_bytes(const void *data, size_t size);

#define HASH_FUNCTION(keyptr, keylen, hashv) ((hashv) = hash_bytes(keyptr, keylen))
#define HASH_NONFATAL_OOM 1

#include <uthash.h>
#include <utlist.h>

#endif
