/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pending - what this client has sent and may still be answered
 *
 * Each stays until it has been answered, however late: the client library answers all of them.
 */
#ifndef PENDING_H_INCLUDED
#define PENDING_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libdd/base/hash.h"

/* Bytes of what an entry is about, with its NUL. */
#define PENDING_ROOM 256
/* us after which a receipt, or a report, is late. */
#define PENDING_PATIENCE 10000000

typedef enum {
    PENDING_NOTIFY,  /* a notification, until its outcome is told */
    PENDING_RECEIPT, /* one with a receipt */
    PENDING_TRACE,   /* one that is traced */
    PENDING_CONTROL  /* a broker is to do something */
} pending_kind_t;

typedef struct {
    pending_kind_t kind;
    uint32_t ref;
    uint64_t at_us;          /* when it was sent */
    bool late;               /* that it was waited for long enough has been told */
    char what[PENDING_ROOM]; /* destination, or what the broker is to do; escaped */
    UT_hash_handle hh;
} pending_t;

/* Begins as all zeros. */
typedef struct {
    pending_t *entries; /* by ref, the oldest first */
} pending_list_t;

/* Adds what was sent just now under a ref; `what` is as it came. Valid until it is answered; NULL
   without a ref or memory. */
const pending_t *pending_add(
    pending_list_t *self, pending_kind_t kind, uint32_t ref, const char *what, uint64_t now_us);
/* NULL if nothing of that ref is waited for; ref 0 is nobody's. */
pending_t *pending_find(const pending_list_t *self, uint32_t ref);
/* It has been answered; it is no more then. */
void pending_answered(pending_list_t *self, pending_t *pending);
/* The next that has become late: each is so once, and waits on. NULL if there is none. */
const pending_t *pending_late(pending_list_t *self, uint64_t now_us);
void pending_clear(pending_list_t *self);

#endif
