/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * requests - requests that were sent and have no reply yet
 *
 * Each is open from its SEND until it ends, once. Not thread-safe. Times are microseconds of a
 * clock that never jumps.
 */
#ifndef DD_REQUESTS_H_INCLUDED
#define DD_REQUESTS_H_INCLUDED

#include "event.h"
#include "libdd/base/hash.h"

/* Requests that may be open at a time. */
#define DD_REQUESTS_MAX 65536

typedef struct dd_requests dd_requests_t;

typedef struct dd_request {
    UT_hash_handle hh;
    struct dd_request *prev, *next; /* in the order in which their time is over */
    uint32_t ref;
    uint64_t until_us;
    dd_handler_t handler; /* that is to have its end */
    uint8_t size;
    char destination[];
} dd_request_t;

/* NULL when out of memory. */
dd_requests_t *dd_requests_new(void);
void dd_requests_destroy(dd_requests_t **self_p);

/* Takes note of one: DD_OK, DD_E_LIMIT or DD_E_MEMORY. */
dd_error_t dd_requests_open(dd_requests_t *self, dd_bytes_t destination, uint32_t ref,
    uint64_t until_us, dd_handler_t handler);

/* The open one of that ref, or NULL. */
dd_request_t *dd_requests_find(const dd_requests_t *self, uint32_t ref);
/* The one whose time is over first, or NULL. */
dd_request_t *dd_requests_first(const dd_requests_t *self);
/* It is open no more, and freed. */
void dd_requests_end(dd_requests_t *self, dd_request_t *request);

/* Whom it went to, as the broker shows that one to this client. */
static inline dd_bytes_t dd_request_destination(const dd_request_t *self)
{
    return dd_bytes(self->destination, self->size);
}

#endif
