/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reaching - who has reached whom since a round began, and by which kind of message
 */
#include "reaching.h"

#include <stdlib.h>
#include <string.h>

#define PRINTED_MAX 8

struct reaching {
    unsigned clients, fellows;
    uint32_t round;
    uint64_t begun_us, complete_us;
    unsigned left;             /* what is lacking */
    bool *came[REACHING_WAYS]; /* [to][from] */
};

reaching_t *reaching_new(unsigned clients, unsigned fellows)
{
    reaching_t *self = calloc(1, sizeof *self);
    if (!self)
        abort();
    self->clients = clients;
    self->fellows = fellows;
    for (reaching_way_t way = 0; way < REACHING_WAYS; way++)
        if (!(self->came[way] = calloc((size_t)clients * clients, sizeof(bool))))
            abort();
    return self;
}

void reaching_destroy(reaching_t **self_p)
{
    reaching_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    for (reaching_way_t way = 0; way < REACHING_WAYS; way++)
        free(self->came[way]);
    free(self);
}

void reaching_begin(reaching_t *self, uint64_t now_us)
{
    self->round++;
    self->begun_us = now_us;
    self->left = REACHING_WAYS * self->clients * self->fellows;
    for (reaching_way_t way = 0; way < REACHING_WAYS; way++)
        memset(self->came[way], 0, (size_t)self->clients * self->clients * sizeof(bool));
}

uint32_t reaching_round(const reaching_t *self)
{
    return self->round;
}

void reaching_note(reaching_t *self, reaching_way_t way, unsigned to, unsigned from, uint32_t round,
    uint64_t now_us)
{
    if (round != self->round || !reaching_lacks(self, way, to, from))
        return;
    self->came[way][to * self->clients + from] = true;
    self->left--;
    self->complete_us = now_us;
}

bool reaching_lacks(const reaching_t *self, reaching_way_t way, unsigned to, unsigned from)
{
    return self->left > 0 && to / self->fellows == from / self->fellows &&
           !self->came[way][to * self->clients + from];
}

bool reaching_is_complete(const reaching_t *self)
{
    return self->left == 0;
}

int reaching_took_ms(const reaching_t *self)
{
    return (int)((self->complete_us - self->begun_us) / 1000);
}

void reaching_print(const reaching_t *self, FILE *file)
{
    unsigned printed = 0;
    for (unsigned to = 0; to < self->clients; to++)
        for (unsigned from = 0; from < self->clients && printed < PRINTED_MAX; from++) {
            bool notifications = reaching_lacks(self, BY_NOTIFICATION, to, from);
            bool publications = reaching_lacks(self, BY_PUBLICATION, to, from);
            if (!notifications && !publications)
                continue;
            fprintf(file, "    %u is not reached by %u with %s%s\n", to, from,
                notifications ? "notifications " : "", publications ? "publications" : "");
            printed++;
        }
}
