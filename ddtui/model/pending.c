/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pending - what this client has sent and may still be answered
 */
#include "pending.h"

#include <stdlib.h>
#include <string.h>

#include "libdd/base/escape.h"

const pending_t *pending_add(
    pending_list_t *self, pending_kind_t kind, uint32_t ref, const char *what, uint64_t now_us)
{
    pending_t *pending = ref != 0 ? calloc(1, sizeof *pending) : NULL;
    if (!pending)
        return NULL;
    pending->kind = kind;
    pending->ref = ref;
    pending->at_us = now_us;
    dd_escape_text(what, strlen(what), pending->what, sizeof pending->what);
    HASH_ADD(hh, self->entries, ref, sizeof pending->ref, pending);
    if (pending->hh.tbl)
        return pending;
    free(pending);
    return NULL;
}

pending_t *pending_find(const pending_list_t *self, uint32_t ref)
{
    pending_t *pending;
    HASH_FIND(hh, self->entries, &ref, sizeof ref, pending);
    return pending;
}

void pending_answered(pending_list_t *self, pending_t *pending)
{
    HASH_DEL(self->entries, pending);
    free(pending);
}

/* A notification without a receipt is never late: the library says what became of it. */
static bool may_be_late(const pending_t *self)
{
    return !self->late && (self->kind == PENDING_RECEIPT || self->kind == PENDING_CONTROL);
}

const pending_t *pending_late(pending_list_t *self, uint64_t now_us)
{
    pending_t *pending = self->entries;
    for (; pending && now_us >= pending->at_us + PENDING_PATIENCE; pending = pending->hh.next) {
        if (!may_be_late(pending))
            continue;
        pending->late = true;
        return pending;
    }
    return NULL;
}

void pending_clear(pending_list_t *self)
{
    pending_t *pending, *next;
    HASH_ITER (hh, self->entries, pending, next)
        pending_answered(self, pending);
}
