/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * requests - requests that were sent and have no reply yet
 */
#include "requests.h"

#include <stdlib.h>

struct dd_requests {
    dd_request_t *by_ref;
    dd_request_t *by_time;
};

dd_requests_t *dd_requests_new(void)
{
    return calloc(1, sizeof(dd_requests_t));
}

void dd_requests_destroy(dd_requests_t **self_p)
{
    if (!self_p || !*self_p)
        return;
    while ((*self_p)->by_time)
        dd_requests_end(*self_p, (*self_p)->by_time);
    free(*self_p);
    *self_p = NULL;
}

/* Looks from the end: most programs give each request as much time as the one before. */
static void add_by_time(dd_requests_t *self, dd_request_t *request)
{
    dd_request_t *before = self->by_time ? self->by_time->prev : NULL;
    while (before && before->until_us > request->until_us)
        before = before == self->by_time ? NULL : before->prev;
    if (before)
        DL_APPEND_ELEM(self->by_time, before, request);
    else
        DL_PREPEND(self->by_time, request);
}

dd_error_t dd_requests_open(dd_requests_t *self, dd_bytes_t destination, uint32_t ref,
    uint64_t until_us, dd_handler_t handler)
{
    if (HASH_COUNT(self->by_ref) >= DD_REQUESTS_MAX)
        return DD_E_LIMIT;
    dd_request_t *request =
        destination.size > UINT8_MAX ? NULL : calloc(1, sizeof *request + destination.size);
    if (!request)
        return DD_E_MEMORY;
    request->ref = ref;
    request->until_us = until_us;
    request->handler = handler;
    request->size = (uint8_t)destination.size;
    memcpy(request->destination, destination.data, destination.size);
    HASH_ADD(hh, self->by_ref, ref, sizeof request->ref, request);
    if (!request->hh.tbl) {
        free(request);
        return DD_E_MEMORY;
    }
    add_by_time(self, request);
    return DD_OK;
}

dd_request_t *dd_requests_find(const dd_requests_t *self, uint32_t ref)
{
    dd_request_t *found;
    HASH_FIND(hh, self->by_ref, &ref, sizeof ref, found);
    return found;
}

dd_request_t *dd_requests_first(const dd_requests_t *self)
{
    return self->by_time;
}

void dd_requests_end(dd_requests_t *self, dd_request_t *request)
{
    HASH_DEL(self->by_ref, request);
    DL_DELETE(self->by_time, request);
    free(request);
}
