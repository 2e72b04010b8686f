/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * event - what the application is told, and lists of it
 */
#include "event.h"

#include <stdlib.h>

#include "libdd/base/clock.h"

/* Copies a string to *room, if it isn't empty, and moves that past it. A NUL in a string from
   outside ends it. */
static const char *place(char **room, dd_bytes_t text)
{
    char *start = *room;
    if (text.size == 0)
        return "";
    memcpy(start, text.data, text.size);
    start[text.size] = '\0';
    *room += text.size + 1;
    return start;
}

dd_event_node_t *dd_event_new(const dd_news_t *news, size_t opened)
{
    size_t strings = news->source.size + news->topic.size + news->scope.size + news->text.size +
                     news->endpoint.size + 5;
    size_t bytes = sizeof(dd_event_node_t) + opened + 1 + strings;
    dd_event_node_t *self = malloc(bytes);
    if (!self)
        return NULL;
    self->room[opened] = '\0';
    char *room = self->room + opened + 1;
    *self = (dd_event_node_t){.bytes = bytes,
        .sealed = news->sealed,
        .arrival = news->arrival,
        .wants_receipt = news->wants_receipt,
        .handler = news->handler,
        .event = {.type = news->type,
            .error = news->error,
            .ref = news->ref,
            .number = news->number,
            .source = place(&room, news->source),
            .topic = place(&room, news->topic),
            .scope = place(&room, news->scope),
            .text = place(&room, news->text),
            .endpoint = place(&room, news->endpoint),
            .data = self->room,
            .size = opened,
            .time_us = news->came_us > 0 ? news->came_us : dd_clock_us(),
            .is_request = news->is_request}};
    return self;
}

void dd_event_destroy(dd_event_t **event_p)
{
    if (!event_p || !*event_p)
        return;
    free(dd_event_node(*event_p));
    *event_p = NULL;
}

void dd_event_list_append(dd_event_list_t *self, dd_event_node_t *node)
{
    node->next = NULL;
    if (self->last)
        self->last->next = node;
    else
        self->first = node;
    self->last = node;
    self->bytes += node->bytes;
}

void dd_event_list_join(dd_event_list_t *self, dd_event_list_t *from)
{
    if (!from->first)
        return;
    if (self->last)
        self->last->next = from->first;
    else
        self->first = from->first;
    self->last = from->last;
    self->bytes += from->bytes;
    *from = (dd_event_list_t){0};
}

dd_event_node_t *dd_event_list_take(dd_event_list_t *self)
{
    dd_event_node_t *node = self->first;
    if (!node)
        return NULL;
    self->first = node->next;
    if (!self->first)
        self->last = NULL;
    self->bytes -= node->bytes;
    return node;
}

void dd_event_list_clear(dd_event_list_t *self)
{
    dd_event_node_t *node;
    while ((node = dd_event_list_take(self)))
        free(node);
}
