/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * event - what the application is told, and lists of it
 *
 * An event is one allocation: the public dd_event_t, its strings and its payload. Whoever has it
 * owns it; lists own what is in them.
 */
#ifndef DD_EVENT_H_INCLUDED
#define DD_EVENT_H_INCLUDED

#include <stddef.h>

#include "libdd/base/buffer.h"
#include "libdd/include/dd.h"

/* Who takes an event instead of the queue; without a callback nobody does. */
typedef struct {
    dd_event_callback_t *callback;
    void *arg;
} dd_handler_t;

/* What an event is made from. All bytes are lent, and copied into the event. */
typedef struct {
    dd_event_type_t type;
    dd_error_t error;
    uint32_t ref;
    uint64_t number;
    uint64_t came_us; /* 0: now */
    dd_bytes_t source;
    dd_bytes_t topic;
    dd_bytes_t scope;
    dd_bytes_t text;
    dd_bytes_t endpoint;
    dd_bytes_t sealed; /* payload as it came; only lent on to the event */
    uint32_t arrival;  /* ref of the DATA that brought it */
    bool wants_receipt;
    bool is_request;
    dd_handler_t handler;
} dd_news_t;

/* An event in a list, or on its way to one. */
typedef struct dd_event_node {
    struct dd_event_node *next;
    size_t bytes;      /* of the whole allocation */
    dd_bytes_t sealed; /* payload still to be opened into event.data; lent */
    uint32_t arrival;  /* ref of the DATA that brought it */
    bool wants_receipt;
    dd_handler_t handler;
    dd_event_t event;
    _Alignas(max_align_t) char room[]; /* payload, then strings */
} dd_event_node_t;

/* First in, first out. All zero is an empty list. */
typedef struct {
    dd_event_node_t *first;
    dd_event_node_t *last;
    size_t bytes;
} dd_event_list_t;

/* Makes an event whose data has room for `opened` bytes and a NUL; the caller fills it. NULL when
   out of memory. */
dd_event_node_t *dd_event_new(const dd_news_t *news, size_t opened);

/* The node around an event that came from dd_event_new(). */
static inline dd_event_node_t *dd_event_node(const dd_event_t *event)
{
    return (dd_event_node_t *)((uintptr_t)event - offsetof(dd_event_node_t, event));
}

void dd_event_list_append(dd_event_list_t *self, dd_event_node_t *node);
/* Moves all of `from` to the end of the list. */
void dd_event_list_join(dd_event_list_t *self, dd_event_list_t *from);
/* Takes the oldest out; NULL if there is none. */
dd_event_node_t *dd_event_list_take(dd_event_list_t *self);
/* Frees all. */
void dd_event_list_clear(dd_event_list_t *self);

#endif
