/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * flood - which of more publications than a person could read are kept
 */
#include "flood.h"

#include <stdlib.h>
#include <string.h>

#include "fair_share.h"
#include "libdd/base/hash.h"

typedef struct {
    uint64_t came; /* within this second */
    UT_hash_handle hh;
    char name[];
} voice_t;

struct flood {
    uint64_t budget;
    uint64_t share; /* that each voice may have of this second */
    uint64_t came;
    uint64_t kept;
    voice_t *voices; /* of this second, by name */
};

flood_t *flood_new(uint64_t budget)
{
    flood_t *self = calloc(1, sizeof *self);
    if (self)
        *self = (flood_t){.budget = budget, .share = budget};
    return self;
}

static void forget_voices(flood_t *self)
{
    voice_t *voice, *next;
    HASH_ITER (hh, self->voices, voice, next) {
        HASH_DEL(self->voices, voice);
        free(voice);
    }
}

void flood_destroy(flood_t **self_p)
{
    flood_t *self = self_p ? *self_p : NULL;
    if (!self)
        return;
    forget_voices(self);
    free(self);
    *self_p = NULL;
}

/* Each has room for one at least. */
static uint64_t next_share(const flood_t *self)
{
    uint64_t *amounts = calloc(HASH_COUNT(self->voices) + 1, sizeof *amounts), share = 1;
    size_t count = 0;
    voice_t *voice, *next;
    if (!amounts)
        return share;
    HASH_ITER (hh, self->voices, voice, next)
        amounts[count++] = voice->came;
    share = fair_share(amounts, count, self->budget);
    free(amounts);
    return share > 0 ? share : 1;
}

void flood_next(flood_t *self)
{
    self->share = self->came > self->budget ? next_share(self) : self->budget;
    self->came = self->kept = 0;
    forget_voices(self);
}

/* NULL if there is no memory, or more voices than could be kept. */
static voice_t *voice_of(flood_t *self, const char *name)
{
    voice_t *voice;
    size_t size = strlen(name);
    HASH_FIND(hh, self->voices, name, size, voice);
    if (voice || HASH_COUNT(self->voices) >= 2 * self->budget ||
        !(voice = calloc(1, sizeof *voice + size + 1)))
        return voice;
    memcpy(voice->name, name, size + 1);
    HASH_ADD_KEYPTR(hh, self->voices, voice->name, size, voice);
    if (voice->hh.tbl)
        return voice;
    free(voice);
    return NULL;
}

bool flood_admits(flood_t *self, const char *voice_name)
{
    voice_t *voice = voice_of(self, voice_name);
    self->came++;
    if (!voice || ++voice->came > self->share || self->kept >= 2 * self->budget)
        return false;
    self->kept++;
    return true;
}
