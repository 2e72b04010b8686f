/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * messages - the notifications and publications that arrived lately
 *
 * Of bounded count and bytes: the oldest make room for the newest, of those kinds, senders and
 * topics that have most, so that the last of each stay. When more publications arrive than a person
 * could read, some are left out and counted, and a row says how many; notifications and gaps never
 * are. While it is frozen, no row comes or goes: newcomers wait behind those that are shown, and
 * make room among themselves.
 */
#ifndef MESSAGES_H_INCLUDED
#define MESSAGES_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libdd/include/dd.h"

/* Kept at most. */
#define MESSAGES_MAX 10000
#define MESSAGES_BYTES_MAX (32u << 20)
/* Kept of one payload; the rest is left out, and the message says so. */
#define MESSAGE_DATA_MAX (1u << 20)
/* Publications kept of what arrives within one second. */
#define MESSAGES_PER_SECOND 500

typedef enum {
    MESSAGE_NOTIFICATION,
    MESSAGE_PUBLICATION,
    MESSAGE_LOST,   /* publications, for which there was no room or no connection */
    MESSAGE_SKIPPED /* publications that came and are not kept */
} message_kind_t;

typedef struct {
    message_kind_t kind;
    uint64_t serial; /* counts all that were ever kept */
    int64_t wall_ms; /* when it came, since 1970 */
    uint64_t count;  /* of what was lost or skipped; 0: some may be lost */
    const char *source;
    const char *topic;
    const char *scope;
    const uint8_t *data;
    size_t size;  /* of data */
    size_t whole; /* bytes the payload had; more than size if it was cut */
} message_t;

typedef struct messages messages_t;

/* NULL when out of memory. */
messages_t *messages_new(void);
void messages_destroy(messages_t **self_p);

/* Takes a notification, a publication or a gap. */
void messages_add(messages_t *self, const dd_event_t *event, int64_t wall_ms);
/* Lets time pass: tells of what has been left out. True if that added a row. */
bool messages_tick(messages_t *self, int64_t wall_ms);

void messages_freeze(messages_t *self, bool frozen);
void messages_clear(messages_t *self);

size_t messages_count(const messages_t *self);
/* The oldest is number 0. Valid until the next change. */
const message_t *messages_at(const messages_t *self, size_t number);
/* The one with that serial; NULL if it is no longer kept. */
const message_t *messages_find(const messages_t *self, uint64_t serial);

/* Ever arrived, and how many of these are in no row because there were too many. */
uint64_t messages_arrived(const messages_t *self);
uint64_t messages_skipped(const messages_t *self);

#endif
