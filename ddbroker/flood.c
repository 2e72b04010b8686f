/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * flood - lines that peers and strangers cause, limited by who causes them
 */
#include "flood.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libdd/base/hash.h"
#include "libdd/base/utf8.h"

/* Of each sort; those beyond are one source. */
#define SOURCES_MAX 512
/* Of the last line that was left out. */
#define SAMPLE_ROOM 256

typedef struct {
    flood_sort_t sort;
    const char *kind;
    char name[FLOOD_NAME_ROOM];
} flood_key_t;

struct flood {
    flood_key_t key;
    uint64_t begun_ms;
    unsigned lines;
    unsigned left_out;
    dd_log_level_t level;
    char sample[SAMPLE_ROOM];
    UT_hash_handle hh;
};

static void copy(const char *text, char *out, size_t room)
{
    size_t size = dd_utf8_cut(text, strlen(text), room - 1);
    memcpy(out, text, size);
    out[size] = '\0';
}

/* The bytes between the fields count, too. */
static flood_key_t key_of(const flood_line_t *line, const char *name)
{
    flood_key_t key;
    memset(&key, 0, sizeof key);
    key.sort = line->sort;
    key.kind = line->kind;
    copy(name, key.name, sizeof key.name);
    return key;
}

static flood_t *find(const floods_t *self, const flood_key_t *key)
{
    flood_t *found;
    HASH_FIND(hh, self->all, key, sizeof *key, found);
    return found;
}

static flood_t *add(floods_t *self, const flood_key_t *key, uint64_t now_ms)
{
    flood_t *flood = calloc(1, sizeof *flood);
    if (!flood)
        return NULL;
    flood->key = *key;
    flood->begun_ms = now_ms;
    HASH_ADD(hh, self->all, key, sizeof flood->key, flood);
    if (!flood->hh.tbl) {
        free(flood);
        return NULL;
    }
    self->count[key->sort]++;
    return flood;
}

static void drop(floods_t *self, flood_t *flood)
{
    self->count[flood->key.sort]--;
    HASH_DEL(self->all, flood);
    free(flood);
}

/* NULL when out of memory. */
static flood_t *flood_of(floods_t *self, const flood_line_t *line, uint64_t now_ms)
{
    flood_key_t key = key_of(line, line->name);
    flood_t *flood = find(self, &key);
    if (flood || self->count[line->sort] < SOURCES_MAX)
        return flood ? flood : add(self, &key, now_ms);
    key = key_of(line, "");
    flood = find(self, &key);
    return flood ? flood : add(self, &key, now_ms);
}

void floods_clear(floods_t *self)
{
    while (self->all)
        drop(self, self->all);
}

bool floods_admit(floods_t *self, const flood_line_t *line, uint64_t now_ms)
{
    flood_t *flood = flood_of(self, line, now_ms);
    if (!flood)
        return false;
    if (flood->lines++ < FLOOD_LINES)
        return true;
    flood->left_out++;
    flood->level = line->level;
    copy(line->text, flood->sample, sizeof flood->sample);
    return false;
}

static void count_rest(const flood_t *flood, flood_rest_t *rest)
{
    static const char *const SORTS[] = {
        [FLOOD_OF_TENANT] = "tenant",
        [FLOOD_OF_BROKER] = "broker",
        [FLOOD_OF_OPERATORS] = "operators",
        [FLOOD_OF_STRANGERS] = "strangers",
    };
    const flood_key_t *key = &flood->key;
    rest->sort = key->sort;
    rest->level = flood->level;
    memcpy(rest->name, key->name, sizeof rest->name);
    snprintf(rest->text, sizeof rest->text, "%u more like this from %s%s%s: %s", flood->left_out,
        SORTS[key->sort], key->name[0] ? " " : "", key->name, flood->sample);
}

bool floods_rest(floods_t *self, flood_rest_t *rest, uint64_t now_ms)
{
    flood_t *flood, *next;
    HASH_ITER (hh, self->all, flood, next) {
        if (now_ms < flood->begun_ms + FLOOD_WHILE)
            continue;
        bool some = flood->left_out > 0;
        if (some)
            count_rest(flood, rest);
        drop(self, flood);
        if (some)
            return true;
    }
    return false;
}
