/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * messages - the notifications and publications that arrived lately
 */
#include "messages.h"

#include <stdlib.h>
#include <string.h>

/* One allocation: the message, its payload and its strings. */
typedef struct {
    message_t message;
    size_t bytes; /* of the allocation */
    char room[];
} slot_t;

struct messages {
    slot_t *ring[MESSAGES_MAX];
    size_t first; /* the oldest one's place in the ring */
    size_t count;
    size_t bytes; /* of all slots */
    uint64_t serial;
    uint64_t arrived;
    uint64_t skipped;
    bool frozen;
    size_t visible;        /* rows that are shown while it is frozen */
    int64_t second;        /* that is running, since 1970 */
    unsigned kept;         /* within that second */
    uint64_t untold;       /* skipped, and no row says so yet */
    message_kind_t newest; /* kind of the newest row that was added */
};

messages_t *messages_new(void)
{
    return calloc(1, sizeof(messages_t));
}

void messages_clear(messages_t *self)
{
    for (; self->count > 0; self->count--) {
        free(self->ring[self->first]);
        self->first = (self->first + 1) % MESSAGES_MAX;
    }
    self->bytes = 0;
    self->visible = 0;
}

void messages_destroy(messages_t **self_p)
{
    messages_t *self = self_p ? *self_p : NULL;
    if (!self)
        return;
    messages_clear(self);
    free(self);
    *self_p = NULL;
}

/* ---- Rows ----------------------------------------------------------------------------------- */

static void drop_oldest(messages_t *self)
{
    slot_t *oldest = self->ring[self->first];
    self->bytes -= oldest->bytes;
    free(oldest);
    self->first = (self->first + 1) % MESSAGES_MAX;
    self->count--;
}

static bool is_full(const messages_t *self, size_t bytes)
{
    return self->count == MESSAGES_MAX || self->bytes + bytes > MESSAGES_BYTES_MAX;
}

static const char *copy_string(char **room, const char *text)
{
    size_t size = strlen(text) + 1;
    const char *copy = memcpy(*room, text, size);
    *room += size;
    return copy;
}

/* Copies a message, its payload cut to what is kept of one. NULL when out of memory. */
static slot_t *slot_new(const message_t *from)
{
    size_t size = from->size < MESSAGE_DATA_MAX ? from->size : MESSAGE_DATA_MAX;
    size_t bytes = sizeof(slot_t) + size + strlen(from->source) + strlen(from->topic) +
                   strlen(from->scope) + 3;
    slot_t *self = malloc(bytes);
    if (!self)
        return NULL;
    self->bytes = bytes;
    self->message = *from;
    char *room = self->room;
    if (size > 0)
        memcpy(room, from->data, size);
    self->message.data = (const uint8_t *)room;
    self->message.size = size;
    room += size;
    self->message.source = copy_string(&room, from->source);
    self->message.topic = copy_string(&room, from->topic);
    self->message.scope = copy_string(&room, from->scope);
    return self;
}

static bool append(messages_t *self, const message_t *message)
{
    slot_t *slot = slot_new(message);
    if (!slot || (self->frozen && is_full(self, slot->bytes))) {
        free(slot);
        return false;
    }
    while (is_full(self, slot->bytes))
        drop_oldest(self);
    slot->message.serial = self->serial++;
    self->ring[(self->first + self->count++) % MESSAGES_MAX] = slot;
    self->bytes += slot->bytes;
    self->newest = message->kind;
    return true;
}

/* ---- What arrives --------------------------------------------------------------------------- */

static void skip(messages_t *self)
{
    self->skipped++;
    self->untold++;
}

/* Tells of what was skipped in one row, which later ones of its kind add to. */
static bool tell_skipped(messages_t *self, int64_t wall_ms)
{
    if (self->untold == 0)
        return false;
    if (self->newest == MESSAGE_SKIPPED && self->count > 0) {
        slot_t *last = self->ring[(self->first + self->count - 1) % MESSAGES_MAX];
        last->message.count += self->untold;
        last->message.wall_ms = wall_ms;
        self->untold = 0;
        return true;
    }
    message_t row = {.kind = MESSAGE_SKIPPED,
        .wall_ms = wall_ms,
        .count = self->untold,
        .source = "",
        .topic = "",
        .scope = ""};
    if (!append(self, &row))
        return false;
    self->untold = 0;
    return true;
}

bool messages_tick(messages_t *self, int64_t wall_ms)
{
    int64_t second = wall_ms / 1000;
    if (second == self->second)
        return false;
    self->second = second;
    self->kept = 0;
    return tell_skipped(self, wall_ms);
}

static message_kind_t kind_of(const dd_event_t *event)
{
    return event->type == DD_EVENT_NOTIFICATION  ? MESSAGE_NOTIFICATION
           : event->type == DD_EVENT_PUBLICATION ? MESSAGE_PUBLICATION
                                                 : MESSAGE_LOST;
}

void messages_add(messages_t *self, const dd_event_t *event, int64_t wall_ms)
{
    messages_tick(self, wall_ms);
    self->arrived++;
    if (self->kept >= MESSAGES_PER_SECOND) {
        skip(self);
        return;
    }
    message_t message = {.kind = kind_of(event),
        .wall_ms = wall_ms,
        .count = event->number,
        .source = event->source,
        .topic = event->topic,
        .scope = event->scope,
        .data = event->data,
        .size = event->size,
        .whole = event->size};
    if (append(self, &message))
        self->kept++;
    else
        skip(self);
}

void messages_freeze(messages_t *self, bool frozen)
{
    self->frozen = frozen;
    self->visible = self->count;
}

size_t messages_count(const messages_t *self)
{
    return self->frozen ? self->visible : self->count;
}

const message_t *messages_at(const messages_t *self, size_t number)
{
    return &self->ring[(self->first + number) % MESSAGES_MAX]->message;
}

const message_t *messages_find(const messages_t *self, uint64_t serial)
{
    /* Each is one more than the one before. */
    uint64_t first = self->serial - self->count;
    return serial >= first && serial < self->serial ? messages_at(self, (size_t)(serial - first))
                                                    : NULL;
}

uint64_t messages_arrived(const messages_t *self)
{
    return self->arrived;
}

uint64_t messages_skipped(const messages_t *self)
{
    return self->skipped;
}
