/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * messages - the notifications and publications that arrived lately
 */
#include "messages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fair_log.h"
#include "flood.h"

/* One allocation: the message, its payload and its strings. */
typedef struct {
    message_t message;
    char room[];
} slot_t;

struct messages {
    fair_log_t *log; /* of slots */
    flood_t *flood;
    uint64_t arrived;
    uint64_t skipped;
    bool frozen;
    int64_t second;        /* that is running, since 1970 */
    uint64_t unseen;       /* of the log's, that have been counted as skipped */
    uint64_t untold;       /* skipped, and no row says so yet */
    message_kind_t newest; /* kind of the newest row that was added */
};

messages_t *messages_new(void)
{
    messages_t *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    self->log = fair_log_new(MESSAGES_MAX, MESSAGES_BYTES_MAX);
    self->flood = flood_new(MESSAGES_PER_SECOND);
    if (!self->log || !self->flood)
        messages_destroy(&self);
    return self;
}

void messages_clear(messages_t *self)
{
    fair_log_clear(self->log);
}

void messages_destroy(messages_t **self_p)
{
    messages_t *self = self_p ? *self_p : NULL;
    if (!self)
        return;
    fair_log_destroy(&self->log);
    flood_destroy(&self->flood);
    free(self);
    *self_p = NULL;
}

/* ---- Rows ----------------------------------------------------------------------------------- */

static const char *copy_string(char **room, const char *text)
{
    size_t size = strlen(text) + 1;
    const char *copy = memcpy(*room, text, size);
    *room += size;
    return copy;
}

/* Copies a message, its payload cut to what is kept of one. NULL when out of memory. */
static slot_t *slot_new(const message_t *from, size_t *bytes)
{
    size_t size = from->size < MESSAGE_DATA_MAX ? from->size : MESSAGE_DATA_MAX;
    *bytes = sizeof(slot_t) + size + strlen(from->source) + strlen(from->topic) +
             strlen(from->scope) + 3;
    slot_t *self = malloc(*bytes);
    if (!self)
        return NULL;
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

/* Of what there is to be something left, whatever else comes: its kind, sender and topic. */
#define VOICE_ROOM (DD_NAME_MAX + DD_TOPIC_MAX + 16)

static const char *voice_of(const message_t *message, char room[VOICE_ROOM])
{
    snprintf(room, VOICE_ROOM, "%d\n%s\n%s", (int)message->kind, message->source, message->topic);
    return room;
}

static bool append(messages_t *self, const message_t *message, const char *voice)
{
    size_t bytes;
    slot_t *slot = slot_new(message, &bytes);
    if (!slot)
        return false;
    slot->message.serial = fair_log_next(self->log);
    if (!fair_log_append(self->log, slot, bytes, voice)) {
        free(slot);
        return false;
    }
    self->newest = message->kind;
    return true;
}

/* ---- What arrives --------------------------------------------------------------------------- */

static void skip(messages_t *self, uint64_t count)
{
    self->skipped += count;
    self->untold += count;
}

/* Of those that came while it was frozen, some may have made room for others. */
static void skip_unseen(messages_t *self)
{
    uint64_t unseen = fair_log_unseen(self->log);
    skip(self, unseen - self->unseen);
    self->unseen = unseen;
}

/* Tells of what was skipped in one row, which later ones of its kind add to. */
static bool tell_skipped(messages_t *self, int64_t wall_ms)
{
    char voice[VOICE_ROOM];
    size_t count = fair_log_count(self->log);
    skip_unseen(self);
    if (self->untold == 0)
        return false;
    if (self->newest == MESSAGE_SKIPPED && count > 0) {
        slot_t *last = fair_log_at(self->log, count - 1);
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
    if (!append(self, &row, voice_of(&row, voice)))
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
    flood_next(self->flood);
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
    char voice[VOICE_ROOM];
    message_t message = {.kind = kind_of(event),
        .wall_ms = wall_ms,
        .count = event->number,
        .source = event->source,
        .topic = event->topic,
        .scope = event->scope,
        .data = event->data,
        .size = event->size,
        .whole = event->size};
    messages_tick(self, wall_ms);
    self->arrived++;
    voice_of(&message, voice);
    bool wanted = message.kind != MESSAGE_PUBLICATION || flood_admits(self->flood, voice);
    if (!wanted || !append(self, &message, voice))
        skip(self, 1);
}

void messages_freeze(messages_t *self, bool frozen)
{
    skip_unseen(self);
    self->frozen = frozen;
    fair_log_hold(self->log, frozen);
}

size_t messages_count(const messages_t *self)
{
    return self->frozen ? fair_log_held(self->log) : fair_log_count(self->log);
}

const message_t *messages_at(const messages_t *self, size_t number)
{
    const slot_t *slot = fair_log_at(self->log, number);
    return &slot->message;
}

const message_t *messages_find(const messages_t *self, uint64_t serial)
{
    const slot_t *slot = fair_log_find(self->log, serial);
    return slot ? &slot->message : NULL;
}

uint64_t messages_arrived(const messages_t *self)
{
    return self->arrived;
}

uint64_t messages_skipped(const messages_t *self)
{
    return self->skipped;
}
