/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * last_words - what each broker said last of each client, found without looking through all events
 */
#include "last_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event_text.h"
#include "libdd/base/hash.h"

/* A broker's name, a blank, and a client's full one: neither has blanks in it. */
#define KEY_ROOM (DD_BROKER_MAX + DD_NAME_MAX + 2)
#define NONE SIZE_MAX

/* Events with the same hash are in one chain, the newest first. */
struct last_words {
    size_t *heads;
    size_t *next; /* by the number of the event; older ones */
    size_t room;  /* of both */
    size_t count; /* events that are in it */
};

last_words_t *last_words_new(void)
{
    return calloc(1, sizeof(last_words_t));
}

void last_words_destroy(last_words_t **self_p)
{
    last_words_t *self = self_p ? *self_p : NULL;
    if (!self)
        return;
    free(self->heads);
    free(self->next);
    free(self);
    *self_p = NULL;
}

/* "BROKER TENANT.NAME" of an event that is about a client; its bytes, or 0 if it isn't. */
static size_t key_of(const archived_t *event, char key[KEY_ROOM])
{
    event_text_t about;
    if (!event_text_read(&about, event->text, "client"))
        return 0;
    int size = snprintf(key, KEY_ROOM, "%s %.*s", event->broker, (int)about.size, about.name);
    return size < KEY_ROOM ? (size_t)size : 0;
}

static size_t *head_of(const last_words_t *self, const char *key, size_t size)
{
    return &self->heads[dd_hash_bytes(key, size) % self->room];
}

static bool make_room(last_words_t *self, size_t count)
{
    if (count <= self->room)
        return true;
    free(self->heads);
    free(self->next);
    self->heads = reallocarray(NULL, count, sizeof *self->heads);
    self->next = reallocarray(NULL, count, sizeof *self->next);
    self->room = self->heads && self->next ? count : 0;
    return self->room > 0;
}

void last_words_take(last_words_t *self, const event_archive_t *events)
{
    char key[KEY_ROOM];
    size_t size, count = event_archive_count(events);
    self->count = 0;
    if (count == 0 || !make_room(self, count))
        return;
    memset(self->heads, 0xff, self->room * sizeof *self->heads); /* NONE */
    for (size_t i = 0; i < count; i++) {
        if ((size = key_of(event_archive_at(events, i), key)) == 0)
            continue;
        size_t *head = head_of(self, key, size);
        self->next[i] = *head;
        *head = i;
    }
    self->count = count;
}

/* What an event says of the client whose key that is; NULL if it is about another one. */
static const char *words_of(const archived_t *event, const char *wanted, size_t wanted_size)
{
    char key[KEY_ROOM];
    event_text_t about;
    size_t size = key_of(event, key);
    if (size != wanted_size || memcmp(key, wanted, size) != 0)
        return NULL;
    return event_text_read(&about, event->text, "client") ? about.what : NULL;
}

const char *last_words_of(const last_words_t *self, const event_archive_t *events,
    const char *broker, const char *tenant, const char *client)
{
    char wanted[KEY_ROOM];
    const char *words = NULL;
    int size = snprintf(wanted, sizeof wanted, "%s %s.%s", broker, tenant, client);
    if (self->count == 0 || size >= KEY_ROOM)
        return NULL;
    for (size_t at = *head_of(self, wanted, (size_t)size); at != NONE && !words;
         at = self->next[at])
        words = words_of(event_archive_at(events, at), wanted, (size_t)size);
    return words;
}
