/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gauge - whether ZeroMQ's threads keep up with what is sent
 *
 * Such a thread first takes in all that it is told to send, and looks for what has come only when
 * there is no more of that. A publication to thousands, each of whom is sent a frame that has to be
 * encrypted, would keep it from reading for as long. So marks are sent through each of them, from
 * the process to itself: as long as they aren't back, what can wait waits.
 *
 * Not thread-safe.
 */
#ifndef GAUGE_H_INCLUDED
#define GAUGE_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>

typedef struct gauge gauge_t;

/* For so many threads of the context, or the first ones of them. NULL if there can't be one: then
   nothing waits. */
gauge_t *gauge_new(void *context, size_t threads);
void gauge_destroy(gauge_t **self_p);

/* The socket on which marks of a thread come back, as long as some are on their way; else NULL. The
   gauge may be NULL, here and below. */
#define GAUGE_THREADS_MAX 8
void *gauge_socket(const gauge_t *self, size_t thread);

/* Sends a mark behind all that was sent before. */
void gauge_mark(gauge_t *self);

/* Whether any thread is behind by more than it takes to keep it busy. */
bool gauge_is_behind(gauge_t *self);

#endif
