/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pending - what this client has sent and may still be answered
 *
 * Bounded: when more is sent than there is room for, the oldest is forgotten, and its answer will
 * be nobody's.
 */
#ifndef PENDING_H_INCLUDED
#define PENDING_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PENDING_MAX 64
/* Bytes of what an entry is about, with its NUL. */
#define PENDING_ROOM 256
/* us after which a receipt, or a report, is late. */
#define PENDING_PATIENCE 10000000

typedef enum {
    PENDING_NONE,
    PENDING_NOTIFY,  /* a notification, until its outcome is told */
    PENDING_RECEIPT, /* one with a receipt */
    PENDING_CONTROL  /* a broker is to do something */
} pending_kind_t;

typedef struct {
    pending_kind_t kind; /* PENDING_NONE once it has been answered */
    uint32_t ref;
    uint64_t at_us;          /* when it was sent */
    char what[PENDING_ROOM]; /* destination, or what the broker is to do; escaped */
} pending_t;

/* Begins as all zeros. */
typedef struct {
    pending_t entries[PENDING_MAX]; /* the next to be overwritten is the oldest */
    size_t next;
} pending_list_t;

/* Adds what was sent just now under a ref; `what` is as it came. Valid until the next one. */
const pending_t *pending_add(
    pending_list_t *self, pending_kind_t kind, uint32_t ref, const char *what, uint64_t now_us);
/* NULL if nothing of that ref is waited for; ref 0 is nobody's. */
pending_t *pending_find(pending_list_t *self, uint32_t ref);
/* One that has been waited for long enough: taken out, but for a notification, which still has its
   outcome to come. False if there is none. */
bool pending_take_expired(pending_list_t *self, uint64_t now_us, pending_t *out);

#endif
