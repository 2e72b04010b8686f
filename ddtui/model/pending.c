/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pending - what this client has sent and may still be answered
 */
#include "pending.h"

#include <string.h>

#include "libdd/base/escape.h"

const pending_t *pending_add(
    pending_list_t *self, pending_kind_t kind, uint32_t ref, const char *what, uint64_t now_us)
{
    pending_t *pending = &self->entries[self->next++ % PENDING_MAX];
    *pending = (pending_t){.kind = kind, .ref = ref, .at_us = now_us};
    dd_escape_text(what, strlen(what), pending->what, sizeof pending->what);
    return pending;
}

pending_t *pending_find(pending_list_t *self, uint32_t ref)
{
    for (size_t i = 0; i < PENDING_MAX && ref != 0; i++)
        if (self->entries[i].kind != PENDING_NONE && self->entries[i].ref == ref)
            return &self->entries[i];
    return NULL;
}

bool pending_take_expired(pending_list_t *self, uint64_t now_us, pending_t *out)
{
    for (size_t i = 0; i < PENDING_MAX; i++) {
        pending_t *pending = &self->entries[i];
        bool expires = pending->kind == PENDING_RECEIPT || pending->kind == PENDING_CONTROL;
        if (!expires || now_us < pending->at_us + PENDING_PATIENCE)
            continue;
        *out = *pending;
        pending->kind = pending->kind == PENDING_RECEIPT ? PENDING_NOTIFY : PENDING_NONE;
        return true;
    }
    return false;
}
