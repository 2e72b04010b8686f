/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * answered - which brokers have answered all questions of a round
 */
#include "answered.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libdd/base/hash.h"
#include "model.h"

#define KEY_ROOM (DD_BROKER_MAX + DD_SCOPE_MAX + 2)

/* A broker is found by its id, and by its place. */
#define ENTRIES_MAX (2 * MODEL_BROKERS_MAX)

typedef struct {
    uint64_t questions; /* answered, from the first on without a gap */
    UT_hash_handle hh;
    char key[];
} entry_t;

struct answered {
    uint64_t questions;
    entry_t *entries;
};

answered_t *answered_new(void)
{
    return calloc(1, sizeof(answered_t));
}

void answered_destroy(answered_t **self_p)
{
    answered_t *self = self_p ? *self_p : NULL;
    if (!self)
        return;
    entry_t *entry, *next;
    HASH_ITER (hh, self->entries, entry, next) {
        HASH_DEL(self->entries, entry);
        free(entry);
    }
    free(self);
    *self_p = NULL;
}

void answered_ask(answered_t *self)
{
    self->questions++;
}

static entry_t *find(const answered_t *self, const char *key)
{
    entry_t *entry;
    HASH_FIND(hh, self->entries, key, strlen(key), entry);
    return entry;
}

static entry_t *entry_of(answered_t *self, const char *key)
{
    size_t size = strlen(key);
    entry_t *entry = find(self, key);
    if (entry || HASH_COUNT(self->entries) >= ENTRIES_MAX ||
        !(entry = calloc(1, sizeof *entry + size + 1)))
        return entry;
    memcpy(entry->key, key, size + 1);
    HASH_ADD_KEYPTR(hh, self->entries, entry->key, size, entry);
    if (entry->hh.tbl)
        return entry;
    free(entry);
    return NULL;
}

static void add_key(answered_t *self, const char *key)
{
    entry_t *entry = entry_of(self, key);
    if (entry && entry->questions + 1 == self->questions)
        entry->questions++;
}

static bool has_key(const answered_t *self, const char *key)
{
    const entry_t *entry = find(self, key);
    return entry && entry->questions == self->questions;
}

/* A name has no blanks, and an id no slashes. */
static const char *place(const char *name, const char *scope, char room[KEY_ROOM])
{
    snprintf(room, KEY_ROOM, "%s %s", name, scope);
    return room;
}

void answered_add(answered_t *self, const char *id, const char *name, const char *scope)
{
    char key[KEY_ROOM];
    if (id[0] != '\0')
        add_key(self, id);
    add_key(self, place(name, scope, key));
}

bool answered_has(const answered_t *self, const char *id, const char *name, const char *scope)
{
    char key[KEY_ROOM];
    return has_key(self, id) || has_key(self, place(name, scope, key));
}
